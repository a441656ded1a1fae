use crate::{
    ids::GameId,
    view_model::{GameView, LobbyEvent},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// What a watcher is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubEvent {
    /// The watched game is now like this.
    Game(Arc<GameView>),
    /// The watched game is gone.
    Gone(GameId),
    /// One of the player's lists has changed.
    Lobby(LobbyEvent),
    /// Something may have been missed: read the watched game again.
    Reread,
    /// The session has ended: close the stream.
    LoggedOut,
}

/// How many changes of lists wait for a slow reader before they become one "read again".
const FULL: usize = 64;

/// The events that one watcher has not taken yet. Never more than a few: of a game only the newest
/// state waits, however slow the reader is.
#[derive(Default)]
pub(super) struct Mailbox {
    waiting: Mutex<VecDeque<HubEvent>>,
    arrived: Notify,
}

impl Mailbox {
    pub(super) fn post(&self, event: HubEvent) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match &event {
            HubEvent::Game(new) => {
                let is_newer =
                    |e: &HubEvent| matches!(e, HubEvent::Game(g) if g.version > new.version);
                if waiting.iter().any(is_newer) {
                    return;
                }
                waiting.retain(|e| !matches!(e, HubEvent::Game(_)));
            }
            HubEvent::Lobby(_) if waiting.len() >= FULL => {
                waiting.retain(|e| !matches!(e, HubEvent::Lobby(_)));
                waiting.push_back(HubEvent::Lobby(LobbyEvent::Stale));
            }
            _ => {}
        }
        waiting.push_back(event);
        drop(waiting);
        self.arrived.notify_one();
    }

    pub(super) async fn take(&self) -> HubEvent {
        loop {
            if let Some(event) = self.next_waiting() {
                return event;
            }
            self.arrived.notified().await;
        }
    }

    fn next_waiting(&self) -> Option<HubEvent> {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}
