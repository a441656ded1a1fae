//! The watchers of games and lists on this instance, and the delivery of changes to them.
//!
//! A change is published only after it has been written. The use case publishes the changes that it wrote
//! on this instance, and the [`feed`](super::feed) publishes those of other instances. A change that arrives
//! both ways is delivered once.
//!
//! Each change goes to the mailbox of every affected watcher, and into a short memory of recent changes. A
//! page is rendered with the resume token [`Hub::now`]. It later opens its stream with that token, here or on
//! another instance, and receives the changes made in between without a read. If the memory does not reach
//! back that far, the watcher must read again.

mod change;
mod mailbox;
mod recent_changes;
mod token;

pub use change::Change;
pub use mailbox::HubEvent;
pub use recent_changes::RecentChanges;
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
use std::{collections::HashMap, fmt, future, sync::Arc};
use tokio::{
    sync::Notify,
    time::{self, Instant},
};

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

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
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
        self.shared.token(&self.shared.state.lock())
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
        let change = Arc::new(change);
        let mut state = self.shared.state.lock();
        if !state.recent.add(&change, Timestamp::now()) {
            return false;
        }
        state.post(&Topic::Game(change.game_id), &change.game_event());
        for player in [&change.players.host, &change.players.opponent] {
            let topic = Topic::Lists(player.clone());
            state.post(&topic, &HubEvent::Lobby(change.lobby_event(player)));
        }
        true
    }

    /// Tells the watchers of a game that it does not exist.
    pub fn game_not_found(&self, id: GameId) {
        let state = self.shared.state.lock();
        state.post(&Topic::Game(id), &HubEvent::Deleted(id));
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
        (changes, self.shared.token(&state))
    }

    /// Closes the streams of a session that has ended.
    pub fn session_ended(&self, session: &SessionKey) {
        let state = self.shared.state.lock();
        state.post(&Topic::Session(session.clone()), &HubEvent::SessionEnded);
    }

    /// Watches a game, a player's lists, or both. The events begin with the changes since `resume_token`.
    ///
    /// Without a token, or with one that this instance cannot resume from, [`HubEvent::Reread`] comes first
    /// for the game. [`LobbyEvent::Stale`] comes first for the lists, but only if there was a token.
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
        let missed = resume_token.map(|token| self.changes_since_token(&state, token));
        match missed {
            Some(Some(changes)) => {
                for change in changes {
                    if game == Some(change.game_id) {
                        mailbox.post(change.game_event());
                    }
                    if let Some(session) = player
                        && change.affects(&session.key.player)
                    {
                        mailbox.post(HubEvent::Lobby(change.lobby_event(&session.key.player)));
                    }
                }
            }
            _ => {
                if game.is_some() {
                    mailbox.post(HubEvent::Reread);
                }
                if player.is_some() && resume_token.is_some() {
                    mailbox.post(HubEvent::Lobby(LobbyEvent::Stale));
                }
            }
        }
        for topic in &topics {
            let watchers = state.watchers.entry(topic.clone()).or_default();
            watchers.push(Arc::clone(&mailbox));
        }
        drop(state);
        self.shared.watcher_added.notify_waiters();
        Subscription {
            shared: Arc::clone(&self.shared),
            topics,
            mailbox,
            expires_at: player.map(|session| instant(session.expires_at)),
        }
    }

    /// Returns the changes after a token, oldest first, or `None` if this instance does not know all of them.
    fn changes_since_token(&self, state: &State, token: &str) -> Option<Vec<Arc<Change>>> {
        state
            .recent
            .after_token(&token.parse().ok()?, self.shared.instance)
    }
}

impl Shared {
    /// Returns a resume token for the current position in the changes.
    fn token(&self, state: &State) -> String {
        let token = Token {
            instance: self.instance,
            change: state.recent.latest(),
            at: Timestamp::now(),
        };
        token.to_string()
    }
}

impl State {
    fn post(&self, topic: &Topic, event: &HubEvent) {
        for mailbox in self.watchers.get(topic).into_iter().flatten() {
            mailbox.post(event.clone());
        }
    }
}

/// The events of one watcher. Dropping it removes the watcher.
pub struct Subscription {
    shared: Arc<Shared>,
    topics: Vec<Topic>,
    mailbox: Arc<Mailbox>,
    /// The expiry of the session, if there is one.
    expires_at: Option<Instant>,
}

impl Subscription {
    /// Waits for the next event. After the session has expired, it is [`HubEvent::SessionEnded`]. Cancel-safe: an
    /// event that was not returned stays in the queue.
    pub async fn next(&mut self) -> HubEvent {
        let expiry = async {
            match self.expires_at {
                Some(at) => time::sleep_until(at).await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = expiry => HubEvent::SessionEnded,
            event = self.mailbox.take() => event,
        }
    }

    /// Returns a resume token that continues after the events taken so far, or `None` while more are waiting.
    ///
    /// Take it before reading data for the watcher, so that changes made during the read come after it.
    #[must_use]
    pub fn resume_token(&self) -> Option<String> {
        // Changes are posted under this lock, so an empty mailbox means that the watcher has all of them.
        let state = self.shared.state.lock();
        (self.mailbox.is_empty()).then(|| self.shared.token(&state))
    }
}

/// Returns the instant of a time. A time in the past is now.
fn instant(at: Timestamp) -> Instant {
    let remaining = at.duration_since(Timestamp::now());
    Instant::now() + remaining.try_into().unwrap_or_default()
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
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
