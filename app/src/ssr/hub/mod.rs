//! Who watches which game and whose lists on this instance, and how they hear of a change.
//!
//! A change is published after it has been written, never before: by the use case that wrote it here,
//! and by the [`feed`](super::feed) that follows what other instances write. What is known already is
//! not told twice, whichever way it comes first. A change goes to the mailbox of each watcher
//! concerned, and into a short memory of recent changes: a page that was rendered with the token
//! [`Hub::now`] and then opens its stream, here or on another instance, gets what happened in between
//! without a read. Where the memory does not reach back that far, the watcher is told to read again.

mod change;
mod mailbox;
mod memory;
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
use jiff::{SignedDuration, Timestamp};
use mailbox::Mailbox;
use memory::Memory;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use token::Token;
use tokio::sync::Notify;

/// By how much the clocks of two instances may differ for a token of one to be honoured by the other.
/// What happened within that time before the token is told again, which changes nothing.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(5);

/// The live side of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    instance: uuid::Uuid,
    state: Mutex<State>,
    /// Somebody began to watch.
    arrived: Notify,
}

#[derive(Default)]
struct State {
    recent: Memory,
    watchers: HashMap<Topic, Vec<Arc<Mailbox>>>,
}

/// What is watched on one instance, each once.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// Games.
    pub games: Vec<GameId>,
    /// Players whose lists are.
    pub players: Vec<PlayerName>,
    /// Sessions with open streams.
    pub sessions: Vec<SessionId>,
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
                arrived: Notify::new(),
            }),
        }
    }

    /// A token for "from here on". Take it before reading what a page shows.
    #[must_use]
    pub fn now(&self) -> String {
        self.token(&self.shared.lock())
    }

    fn token(&self, state: &State) -> String {
        let token = Token {
            instance: self.shared.instance,
            change: state.recent.latest(),
            at: Timestamp::now(),
        };
        token.to_string()
    }

    /// Tells the watchers that a game is now as given; `false` if that is no news here.
    pub fn changed(&self, game: &Game) -> bool {
        self.publish(Change::now_is(game))
    }

    /// Tells the watchers that a game is there no longer; `false` if that is no news here.
    pub fn removed(&self, game: &Game) -> bool {
        self.publish(Change::is_gone(game))
    }

    fn publish(&self, change: Change) -> bool {
        let change = Arc::new(change);
        let mut state = self.shared.lock();
        if !state.recent.add(&change, Timestamp::now()) {
            return false;
        }
        state.post(&Topic::Game(change.game_id), &change.game_event());
        for player in [&change.host, &change.opponent] {
            let topic = Topic::Lists(player.clone());
            state.post(&topic, &HubEvent::Lobby(change.lobby_event(player)));
        }
        true
    }

    /// Tells those who watch a game that there is none with this id.
    pub fn missing(&self, id: GameId) {
        let state = self.shared.lock();
        state.post(&Topic::Game(id), &HubEvent::Gone(id));
    }

    /// Has those who watch a game read it themselves.
    pub fn reread(&self, id: GameId) {
        let state = self.shared.lock();
        state.post(&Topic::Game(id), &HubEvent::Reread);
    }

    /// Tells a player's pages that their lists may have missed something.
    pub fn stale(&self, player: &PlayerName) {
        let state = self.shared.lock();
        let event = HubEvent::Lobby(LobbyEvent::Stale);
        state.post(&Topic::Lists(player.clone()), &event);
    }

    /// From now on all changes by other instances are told here. What happened before may have been
    /// missed: who comes with an older token reads again, and so do all lists that are watched. Returns
    /// the watched games, which are for the caller to read.
    #[must_use]
    pub fn begin_feed(&self) -> Vec<GameId> {
        let mut state = self.shared.lock();
        state.recent.begin(Timestamp::now());
        let event = HubEvent::Lobby(LobbyEvent::Stale);
        let mut games = Vec::new();
        for topic in state.watchers.keys() {
            match topic {
                Topic::Game(id) => games.push(*id),
                Topic::Lists(_) => state.post(topic, &event),
                Topic::Session(_) => {}
            }
        }
        games
    }

    /// Changes by other instances are not told here any more.
    pub fn end_feed(&self) {
        self.shared.lock().recent.end();
    }

    /// What is watched here.
    #[must_use]
    pub fn watched(&self) -> Watched {
        let mut watched = Watched::default();
        for topic in self.shared.lock().watchers.keys() {
            match topic {
                Topic::Game(id) => watched.games.push(*id),
                Topic::Lists(player) => watched.players.push(player.clone()),
                Topic::Session(id) => watched.sessions.push(id.clone()),
            }
        }
        watched
    }

    /// Whether anybody watches anything here.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        !self.shared.lock().watchers.is_empty()
    }

    /// Ready when somebody has begun to watch since this was called.
    pub fn arrival(&self) -> impl Future<Output = ()> {
        self.shared.arrived.notified()
    }

    /// The changes after a token, oldest first, and a token for going on from here; `None` for the
    /// changes where they are not all known.
    #[must_use]
    pub fn since(&self, token: &str) -> (Option<Vec<Arc<Change>>>, String) {
        let state = self.shared.lock();
        let missed = self.missed_since(&state, token);
        (missed, self.token(&state))
    }

    /// Ends the streams of a session that was logged out.
    pub fn logged_out(&self, session: &SessionId) {
        let state = self.shared.lock();
        state.post(&Topic::Session(session.clone()), &HubEvent::LoggedOut);
    }

    /// Watches a game, a player's lists, or both, from the moment of `since` on.
    ///
    /// Without a `since`, or with one from before the memory of this instance, the game comes as
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
        let missed = since.map(|text| self.missed_since(&state, text));
        match missed {
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
        self.shared.arrived.notify_waiters();
        Subscription {
            shared: Arc::clone(&self.shared),
            topics,
            mailbox,
        }
    }

    /// The changes after a token, oldest first; `None` where that is not known here.
    fn missed_since(&self, state: &State, token: &str) -> Option<Vec<Arc<Change>>> {
        let token: Token = token.parse().ok()?;
        if token.instance == self.shared.instance {
            return Some(state.recent.since(token.change)?.cloned().collect());
        }
        let at = token.at.checked_sub(CLOCKS_DIFFER).ok()?;
        state.recent.since_moment(at)
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
    fn post(&self, topic: &Topic, event: &HubEvent) {
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
