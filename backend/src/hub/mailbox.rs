use domain::{
    ids::GameId,
    views::{GameView, LobbyEvent},
};
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::Notify;

/// An event for one watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubEvent {
    /// The current state of the watched game.
    Game(Arc<GameView>),
    /// The watched game was deleted or does not exist.
    Deleted(GameId),
    /// One of the player's lists has changed.
    Lobby(LobbyEvent),
    /// The watcher may have missed changes and must read the watched game again.
    Reread,
    /// The session has ended, and the stream must be closed.
    SessionEnded,
}

/// The maximum number of queued list changes. Beyond that, [`LobbyEvent::Stale`] replaces all of them.
const MAX_LOBBY_EVENTS: usize = 64;

/// The queue of events for one watcher. It stays short even if the watcher is slow, because it holds only the
/// newest state of a game and a limited number of list changes.
#[derive(Default)]
pub(super) struct Mailbox {
    queue: Mutex<VecDeque<HubEvent>>,
    posted: Notify,
}

impl Mailbox {
    pub(super) fn post(&self, event: HubEvent) {
        let mut queue = self.queue.lock();
        match &event {
            HubEvent::Game(new) => {
                let is_newer =
                    |e: &HubEvent| matches!(e, HubEvent::Game(g) if g.version > new.version);
                if queue.iter().any(is_newer) {
                    return;
                }
                queue.retain(|e| !matches!(e, HubEvent::Game(_)));
            }
            HubEvent::Lobby(_) if queue.len() >= MAX_LOBBY_EVENTS => {
                queue.retain(|e| !matches!(e, HubEvent::Lobby(_)));
                queue.push_back(HubEvent::Lobby(LobbyEvent::Stale));
            }
            _ => {}
        }
        queue.push_back(event);
        drop(queue);
        self.posted.notify_one();
    }

    pub(super) async fn take(&self) -> HubEvent {
        loop {
            if let Some(event) = self.pop() {
                return event;
            }
            self.posted.notified().await;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.lock().is_empty()
    }

    fn pop(&self) -> Option<HubEvent> {
        self.queue.lock().pop_front()
    }
}
