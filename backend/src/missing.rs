//! Keys that turned out to exist in no table.

use crate::accounts::SessionKey;
use domain::ids::GameId;
use moka::sync::Cache;
use std::time::Duration;

/// The time for which an id is remembered.
const MISSING_TTL: Duration = Duration::from_secs(10);

/// The keys of sessions and games that were not found in the last seconds, so that repeated requests for them cost no
/// reads. Cheap to clone.
///
/// Only reads for callers without a session rely on it. Players' reads and decisions always ask the table.
#[derive(Clone, Debug)]
pub struct MissingIds {
    sessions: Cache<SessionKey, ()>,
    games: Cache<GameId, ()>,
}

impl MissingIds {
    pub(crate) fn new() -> Self {
        Self {
            sessions: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(MISSING_TTL)
                .build(),
            games: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(MISSING_TTL)
                .build(),
        }
    }

    /// Returns true if a session was not found a moment ago. It cannot have started since: nobody knows the token
    /// of a session before it is stored.
    #[must_use]
    pub fn has_session(&self, key: &SessionKey) -> bool {
        self.sessions.contains_key(key)
    }

    /// Remembers that a strongly consistent read did not find a session.
    pub(crate) fn add_session(&self, key: &SessionKey) {
        self.sessions.insert(key.clone(), ());
    }

    /// Returns true if a game was not found a moment ago, and no change of it is known since.
    #[must_use]
    pub fn has_game(&self, id: GameId) -> bool {
        self.games.contains_key(&id)
    }

    /// Remembers that a strongly consistent read did not find a game.
    pub(crate) fn add_game(&self, id: GameId) {
        self.games.insert(id, ());
    }

    /// Forgets a game of which there is news.
    pub(crate) fn remove_game(&self, id: GameId) {
        self.games.invalidate(&id);
    }
}
