use super::{Change, Token};
use crate::game::Recency;
use domain::ids::GameId;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use uuid::Uuid;

/// The maximum number of changes in memory. At a thousand changes a second they cover four seconds.
pub(super) const CAPACITY: usize = 4096;

/// The clock skew between two instances up to which one accepts a resume token of the other. The changes made
/// within this time before the token are delivered again, which is harmless.
pub(super) const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// The most recent changes, numbered in the order in which this instance learned of them.
///
/// It has neither a lock nor a clock, so that the model of the protocol can run it as well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecentChanges {
    /// The number of the latest change.
    latest: u64,
    changes: VecDeque<TimedChange>,
    /// The number and the recency of the latest change of each game in memory.
    newest: BTreeMap<GameId, (u64, Recency)>,
    /// The time since which the memory is complete, including the changes by other instances. `None` while
    /// the change feed is stopped.
    complete_since: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TimedChange {
    /// The time at which this instance learned of the change.
    at: Timestamp,
    change: Arc<Change>,
}

impl RecentChanges {
    /// Returns the number of the latest change.
    #[must_use]
    pub const fn latest(&self) -> u64 {
        self.latest
    }

    /// Adds a change. Returns false if the same or a later state of the game is in memory already, because
    /// most changes arrive twice: from the use case that made them, and from the table's stream.
    #[allow(clippy::must_use_candidate, reason = "it adds")]
    pub fn add(&mut self, change: &Arc<Change>, now: Timestamp) -> bool {
        let known = self.newest.get(&change.game_id);
        if known.is_some_and(|(_, recency)| *recency >= change.recency) {
            return false;
        }
        self.latest += 1;
        self.changes.push_back(TimedChange {
            at: now,
            change: Arc::clone(change),
        });
        self.newest
            .insert(change.game_id, (self.latest, change.recency));
        if self.changes.len() > CAPACITY {
            self.drop_oldest();
        }
        true
    }

    fn drop_oldest(&mut self) {
        let number = self.number_of_oldest();
        let Some(TimedChange { at, change }) = self.changes.pop_front() else {
            return;
        };
        let newest = self.newest.get(&change.game_id);
        if newest.is_some_and(|(newest, _)| *newest == number) {
            self.newest.remove(&change.game_id);
        }
        self.complete_since = self.complete_since.map(|since| since.max(at));
    }

    /// Clears the memory, so that no watcher can resume from before the gap. From now on the memory is
    /// complete.
    pub fn feed_started(&mut self, now: Timestamp) {
        self.latest += 1;
        self.changes.clear();
        self.newest.clear();
        self.complete_since = Some(now);
    }

    /// Marks the memory as incomplete, because changes by other instances no longer arrive.
    pub const fn feed_stopped(&mut self) {
        self.complete_since = None;
    }

    /// Returns the changes after a resume token, oldest first, or `None` if some of them are not in memory.
    /// `instance` is the one that this memory belongs to.
    #[must_use]
    pub fn after_token(&self, token: &Token, instance: Uuid) -> Option<Vec<Arc<Change>>> {
        if token.instance == instance {
            return Some(self.after(token.change)?.cloned().collect());
        }
        self.since(token.at.checked_sub(MAX_CLOCK_SKEW).ok()?)
    }

    /// Returns the changes after the one with this number, oldest first, or `None` if some of them are no
    /// longer in memory.
    fn after(&self, number: u64) -> Option<impl Iterator<Item = &Arc<Change>>> {
        let newer = usize::try_from(self.latest.checked_sub(number)?).ok()?;
        let known = self.changes.len().checked_sub(newer)?;
        Some(self.changes.iter().skip(known).map(|entry| &entry.change))
    }

    /// Returns the changes since a time, oldest first, or `None` if some of them are not in memory.
    fn since(&self, at: Timestamp) -> Option<Vec<Arc<Change>>> {
        if self.complete_since? > at {
            return None;
        }
        let first = self.changes.partition_point(|entry| entry.at < at);
        let changes = self.changes.iter().skip(first);
        Some(changes.map(|entry| Arc::clone(&entry.change)).collect())
    }

    fn number_of_oldest(&self) -> u64 {
        let others = u64::try_from(self.changes.len()).unwrap_or(u64::MAX);
        (self.latest + 1).saturating_sub(others)
    }
}
