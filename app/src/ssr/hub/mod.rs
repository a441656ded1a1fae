//! Who watches which game and whose lists on this instance, and how they hear of a change.
//!
//! A change is published after it has been written, never before. It goes to the mailbox of each
//! watcher concerned, and into a short memory of recent changes: a page that was rendered with the
//! token [`Hub::now`] and then opens its stream gets what happened in between without a read. Where
//! the memory does not reach back that far, or the token is another instance's, the watcher is told
//! to read again.

mod change;
mod mailbox;
mod token;

pub use change::Change;
pub use mailbox::HubEvent;

use super::{
    auth::{Session, SessionId},
    game::Game,
};
use crate::{
    ids::{GameId, PlayerName},
    view_model::LobbyEvent,
};
use mailbox::Mailbox;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use token::Token;

/// How many changes are remembered: at a thousand changes a second, the last four seconds.
const MEMORY: usize = 4096;

/// The live side of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    instance: uuid::Uuid,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the latest change.
    latest: u64,
    recent: VecDeque<Arc<Change>>,
    watchers: HashMap<Topic, Vec<Arc<Mailbox>>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Topic {
    Game(GameId),
    Lists(PlayerName),
    Session(SessionId),
}

impl Hub {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                instance: uuid::Uuid::new_v4(),
                state: Mutex::default(),
            }),
        }
    }

    /// A token for "from here on". Take it before reading what a page shows.
    #[must_use]
    pub fn now(&self) -> String {
        let token = Token {
            instance: self.shared.instance,
            change: self.shared.lock().latest,
        };
        token.to_string()
    }

    /// Tells the watchers that a game is now as given.
    pub fn changed(&self, game: &Game) {
        self.publish(Change::now_is(game));
    }

    /// Tells the watchers that a game is there no longer.
    pub fn removed(&self, game: &Game) {
        self.publish(Change::is_gone(game));
    }

    fn publish(&self, change: Change) {
        let change = Arc::new(change);
        let mut state = self.shared.lock();
        state.latest += 1;
        state.recent.push_back(Arc::clone(&change));
        if state.recent.len() > MEMORY {
            state.recent.pop_front();
        }
        state.post(&Topic::Game(change.game_id), &change.game_event());
        for player in [&change.host, &change.opponent] {
            let topic = Topic::Lists(player.clone());
            state.post(&topic, &HubEvent::Lobby(change.lobby_event(player)));
        }
    }

    /// Ends the streams of a session that was logged out here.
    pub fn logged_out(&self, session: &SessionId) {
        let mut state = self.shared.lock();
        state.post(&Topic::Session(session.clone()), &HubEvent::LoggedOut);
    }

    /// Watches a game, a player's lists, or both, from the moment of `since` on.
    ///
    /// Without a `since`, or with one that is too old or another instance's, the game comes as
    /// [`HubEvent::Reread`] first; the lists are [`LobbyEvent::Stale`] only if a `since` was given
    /// that could not be honoured.
    #[must_use]
    pub fn watch(
        &self,
        game: Option<GameId>,
        player: Option<&Session>,
        since: Option<&str>,
    ) -> Subscription {
        let mailbox = Arc::new(Mailbox::default());
        let mut topics = Vec::new();
        topics.extend(game.map(Topic::Game));
        if let Some(session) = player {
            topics.push(Topic::Lists(session.player.clone()));
            topics.push(Topic::Session(session.id.clone()));
        }
        let mut state = self.shared.lock();
        match since.map(|text| self.missed_since(&state, text)) {
            Some(Some(missed)) => {
                for change in missed {
                    if game == Some(change.game_id) {
                        mailbox.post(change.game_event());
                    }
                    if let Some(session) = player
                        && change.concerns(&session.player)
                    {
                        mailbox.post(HubEvent::Lobby(change.lobby_event(&session.player)));
                    }
                }
            }
            unknown => {
                if game.is_some() {
                    mailbox.post(HubEvent::Reread);
                }
                if player.is_some() && unknown.is_some() {
                    mailbox.post(HubEvent::Lobby(LobbyEvent::Stale));
                }
            }
        }
        for topic in &topics {
            let watchers = state.watchers.entry(topic.clone()).or_default();
            watchers.push(Arc::clone(&mailbox));
        }
        drop(state);
        Subscription {
            shared: Arc::clone(&self.shared),
            topics,
            mailbox,
        }
    }

    /// The changes after a token, oldest first; `None` where that is not known here.
    fn missed_since(&self, state: &State, token: &str) -> Option<Vec<Arc<Change>>> {
        let token: Token = token.parse().ok()?;
        if token.instance != self.shared.instance {
            return None;
        }
        let missed = usize::try_from(state.latest.checked_sub(token.change)?).ok()?;
        let known = state.recent.len().checked_sub(missed)?;
        Some(state.recent.iter().skip(known).cloned().collect())
    }
}

impl Shared {
    /// A panic while it was held can't leave it half changed in a way that matters more than going
    /// on: the streams that missed something reconnect.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn post(&mut self, topic: &Topic, event: &HubEvent) {
        for mailbox in self.watchers.get(topic).into_iter().flatten() {
            mailbox.post(event.clone());
        }
    }
}

/// One watcher's events. Dropping it ends the watch.
pub struct Subscription {
    shared: Arc<Shared>,
    topics: Vec<Topic>,
    mailbox: Arc<Mailbox>,
}

impl Subscription {
    /// The next event; waits for it. Safe to cancel: an event that was not returned stays.
    pub async fn next(&mut self) -> HubEvent {
        self.mailbox.take().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        for topic in &self.topics {
            if let Some(watchers) = state.watchers.get_mut(topic) {
                watchers.retain(|mailbox| !Arc::ptr_eq(mailbox, &self.mailbox));
                if watchers.is_empty() {
                    state.watchers.remove(topic);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
