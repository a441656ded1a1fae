//! The watchers of games and lists on this instance, and the delivery of changes to them.
//!
//! A change is published only after it has been written. The use case publishes the changes that it wrote
//! on this instance, and the [`feed`](super::feed) publishes those of other instances. A change that arrives
//! both ways is delivered once.
//!
//! Each change goes to the mailbox of every affected watcher, and into a short memory of recent changes. A
//! page is rendered with a [resume token](Hub::resume_token). It later opens its stream with that token, here
//! or on another instance, and receives the changes made in between without a read. If the memory does not
//! reach back that far, the watcher must read again.
//!
//! Lists are read from indexes, which lag behind the table by up to [`MAX_INDEX_LAG`]. For them a token
//! reaches back by that time, and [`LobbyEvent::Stale`] comes again after it.

mod change;
mod mailbox;
mod recent_changes;
mod subscription;
mod token;

pub use change::Change;
pub use mailbox::HubEvent;
pub use recent_changes::{Position, RecentChanges};
pub use subscription::Subscription;
pub use token::Token;

use super::{
    accounts::{Session, SessionKey},
    game::Game,
};
use domain::{
    ids::{GameId, PlayerName},
    views::LobbyEvent,
};
use jiff::Timestamp;
use mailbox::Mailbox;
use parking_lot::Mutex;
use std::{collections::HashMap, fmt, sync::Arc};
use tokio::sync::Notify;

/// The watchers and recent changes of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    /// Identifies this instance in resume tokens.
    instance: uuid::Uuid,
    state: Mutex<State>,
    /// Notified of each new watcher.
    watcher_added: Notify,
}

#[derive(Default)]
struct State {
    recent: RecentChanges,
    watchers: HashMap<Topic, Vec<Arc<Mailbox>>>,
}

/// The distinct topics that are watched on an instance.
#[derive(Clone, Debug, Default)]
pub struct WatchedTopics {
    /// Watched games.
    pub games: Vec<GameId>,
    /// Players whose lists are watched.
    pub players: Vec<PlayerName>,
    /// Sessions with open streams.
    pub sessions: Vec<SessionKey>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Topic {
    Game(GameId),
    Lists(PlayerName),
    Session(SessionKey),
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hub")
    }
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                instance: uuid::Uuid::new_v4(),
                state: Mutex::default(),
                watcher_added: Notify::new(),
            }),
        }
    }

    /// Returns a resume token for the current position in the changes. Take it before reading the data of a
    /// page.
    #[must_use]
    pub fn resume_token(&self) -> String {
        let token = self.shared.token(&self.shared.state.lock());
        token.to_string()
    }

    /// Returns the current position. Take it before asking the table.
    #[must_use]
    pub fn position(&self) -> Position {
        self.shared.state.lock().recent.position()
    }

    /// Publishes the current state of a game. Returns false if this instance knows it, or a later state,
    /// already.
    #[allow(clippy::must_use_candidate, reason = "it publishes")]
    pub fn publish_update(&self, game: &Game) -> bool {
        self.publish(Change::updated(game))
    }

    /// Publishes the deletion of a game. Returns false if this instance knows of it, or of a later state,
    /// already.
    #[allow(clippy::must_use_candidate, reason = "it publishes")]
    pub fn publish_deletion(&self, game: &Game) -> bool {
        self.publish(Change::deleted(game))
    }

    fn publish(&self, change: Change) -> bool {
        self.shared.state.lock().publish(change)
    }

    /// Publishes that a game is not in the table, although its last state and its players may not be known:
    /// its watchers and all watchers of lists are told. Returns false if this instance knows that already, or
    /// has learned of a later state since `before`, when the table was asked.
    #[allow(clippy::must_use_candidate, reason = "it publishes")]
    pub fn publish_missing(&self, id: GameId, before: Position) -> bool {
        let mut state = self.shared.state.lock();
        let change = state.recent.missing(id, before);
        change.is_some_and(|change| state.publish(change))
    }

    /// Makes the watchers of a game read it again.
    pub fn request_reread(&self, id: GameId) {
        let state = self.shared.state.lock();
        state.post(&Topic::Game(id), &HubEvent::Reread);
    }

    /// Tells the watchers of a player's lists that they may have missed changes.
    pub fn mark_lists_stale(&self, player: &PlayerName) {
        let state = self.shared.state.lock();
        let event = HubEvent::Lobby(LobbyEvent::Stale);
        state.post(&Topic::Lists(player.clone()), &event);
    }

    /// Starts to rely on the feed: from now on it publishes every change by other instances.
    ///
    /// Earlier changes may have been missed. Older resume tokens are therefore no longer accepted, and all
    /// watched lists are marked stale. Returns the watched games, which the caller has to read again.
    #[must_use]
    pub fn feed_started(&self) -> Vec<GameId> {
        let mut state = self.shared.state.lock();
        state.recent.feed_started(Timestamp::now());
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

    /// Stops relying on the feed: from now on changes by other instances may be missed.
    pub fn feed_stopped(&self) {
        self.shared.state.lock().recent.feed_stopped();
    }

    /// Returns the watched topics of this instance.
    #[must_use]
    pub fn watched(&self) -> WatchedTopics {
        let mut watched = WatchedTopics::default();
        for topic in self.shared.state.lock().watchers.keys() {
            match topic {
                Topic::Game(id) => watched.games.push(*id),
                Topic::Lists(player) => watched.players.push(player.clone()),
                Topic::Session(id) => watched.sessions.push(id.clone()),
            }
        }
        watched
    }

    /// Returns true if this instance has any watchers.
    #[must_use]
    pub fn has_watchers(&self) -> bool {
        !self.shared.state.lock().watchers.is_empty()
    }

    /// Returns a future that completes when a watcher is added after this call.
    pub fn watcher_added(&self) -> impl Future<Output = ()> {
        self.shared.watcher_added.notified()
    }

    /// Returns the changes after a resume token, oldest first, and a token for the current position. The
    /// changes are `None` if this instance does not know all of them.
    #[must_use]
    pub fn changes_since(&self, resume_token: &str) -> (Option<Vec<Arc<Change>>>, String) {
        let state = self.shared.state.lock();
        let changes = self.changes_since_token(&state, resume_token);
        (changes, self.shared.token(&state).to_string())
    }

    /// Closes the streams of a session that has ended.
    pub fn session_ended(&self, session: &SessionKey) {
        let state = self.shared.state.lock();
        state.post(&Topic::Session(session.clone()), &HubEvent::SessionEnded);
    }

    /// Watches a game, a player's lists, or both. The events begin with the changes since `resume_token`.
    ///
    /// Without a token, or with one that this instance cannot resume from, [`HubEvent::Reread`] comes first
    /// for the game. For the lists, a missing token counts as one of this moment, because the watcher reads
    /// the lists itself. [`LobbyEvent::Stale`] comes first if this instance cannot resume from the token.
    #[must_use]
    pub fn watch(
        &self,
        game: Option<GameId>,
        player: Option<&Session>,
        resume_token: Option<&str>,
    ) -> Subscription {
        let mailbox = Arc::new(Mailbox::default());
        let mut topics = Vec::new();
        topics.extend(game.map(Topic::Game));
        if let Some(session) = player {
            topics.push(Topic::Lists(session.key.player.clone()));
            topics.push(Topic::Session(session.key.clone()));
        }
        let mut state = self.shared.state.lock();
        if let Some(game) = game {
            match resume_token.and_then(|token| self.changes_since_token(&state, token)) {
                Some(changes) => {
                    let changes = changes.iter().filter(|change| change.game_id == game);
                    changes.for_each(|change| mailbox.post(change.game_event()));
                }
                None => mailbox.post(HubEvent::Reread),
            }
        }
        if let Some(SessionKey { player, .. }) = player.map(|session| &session.key) {
            match self.list_changes_since(&state, resume_token) {
                Some(changes) => {
                    let changes = changes.iter().filter(|change| change.affects(player));
                    changes.for_each(|change| {
                        mailbox.post(HubEvent::Lobby(change.lobby_event(player)));
                    });
                }
                None => mailbox.post(HubEvent::Lobby(LobbyEvent::Stale)),
            }
        }
        for topic in &topics {
            let watchers = state.watchers.entry(topic.clone()).or_default();
            watchers.push(Arc::clone(&mailbox));
        }
        drop(state);
        self.shared.watcher_added.notify_waiters();
        let expires_at = player.map(|session| session.expires_at);
        Subscription::new(Arc::clone(&self.shared), topics, mailbox, expires_at)
    }

    /// Returns the changes after a token, oldest first, or `None` if this instance does not know all of them.
    fn changes_since_token(&self, state: &State, token: &str) -> Option<Vec<Arc<Change>>> {
        state
            .recent
            .after_token(&token.parse().ok()?, self.shared.instance)
    }

    /// Returns the changes that lists may lack which were read at the time of a token, or now without one.
    /// Returns `None` if this instance does not know all of them.
    fn list_changes_since(&self, state: &State, token: Option<&str>) -> Option<Vec<Arc<Change>>> {
        let token = match token {
            Some(token) => token.parse().ok()?,
            None => self.shared.token(state),
        };
        state
            .recent
            .after_token_of_lists(&token, self.shared.instance)
    }
}

impl Shared {
    /// Returns a resume token for the current position in the changes.
    fn token(&self, state: &State) -> Token {
        Token {
            instance: self.instance,
            change: state.recent.latest(),
            at: Timestamp::now(),
        }
    }
}

impl State {
    fn publish(&mut self, change: Change) -> bool {
        let change = Arc::new(change);
        if !self.recent.add(&change, Timestamp::now()) {
            return false;
        }
        self.post(&Topic::Game(change.game_id), &change.game_event());
        let post = |player: &PlayerName| {
            let event = HubEvent::Lobby(change.lobby_event(player));
            self.post(&Topic::Lists(player.clone()), &event);
        };
        match &change.players {
            Some(players) => [&players.host, &players.opponent]
                .into_iter()
                .for_each(post),
            None => self.list_watchers().for_each(post),
        }
        true
    }

    /// Returns the players whose lists are watched.
    fn list_watchers(&self) -> impl Iterator<Item = &PlayerName> {
        self.watchers.keys().filter_map(|topic| match topic {
            Topic::Lists(player) => Some(player),
            Topic::Game(_) | Topic::Session(_) => None,
        })
    }

    fn post(&self, topic: &Topic, event: &HubEvent) {
        for mailbox in self.watchers.get(topic).into_iter().flatten() {
            mailbox.post(event.clone());
        }
    }
}

#[cfg(test)]
mod tests;
