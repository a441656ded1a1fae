//! A cache of the sessions used recently on this instance.

use super::{Session, SessionKey};
use moka::sync::Cache;
use std::time::Duration;

/// The time that an instance caches a session. A log-out on another instance takes effect here within this
/// time.
const SESSION_TTL: Duration = Duration::from_secs(10);

/// The time that an ended session is remembered, which is longer than any request to the table takes.
const ENDED_TTL: Duration = Duration::from_secs(60);

/// A cache of the sessions used in the last seconds. It also remembers the sessions that ended recently, so
/// that a delayed response of the table cannot bring one of them back. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SessionCache {
    active: Cache<SessionKey, Session>,
    ended: Cache<SessionKey, ()>,
}

impl SessionCache {
    pub(crate) fn new() -> Self {
        Self {
            active: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(SESSION_TTL)
                .build(),
            ended: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(ENDED_TTL)
                .build(),
        }
    }

    /// Returns a cached session that has not ended.
    #[must_use]
    pub fn get(&self, key: &SessionKey) -> Option<Session> {
        self.active.get(key).filter(|_| !self.has_ended(key))
    }

    /// Caches a session that was read from the table.
    pub fn insert(&self, session: Session) {
        self.active.insert(session.key.clone(), session);
    }

    /// Removes a session from the cache, and remembers that it has ended.
    pub fn mark_ended(&self, key: &SessionKey) {
        self.ended.insert(key.clone(), ());
        self.active.invalidate(key);
    }

    /// Returns true if a session is known to have ended.
    #[must_use]
    pub fn has_ended(&self, key: &SessionKey) -> bool {
        self.ended.contains_key(key)
    }
}
