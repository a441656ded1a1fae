use super::{Change, Token};
use crate::game::Recency;
use domain::ids::GameId;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use uuid::Uuid;

/// The maximum number of changes in memory. At a thousand changes a second they cover sixteen seconds, which
/// is longer than any token of a page reaches back.
pub(super) const CAPACITY: usize = 16_384;

/// The clock skew between two instances up to which one accepts a resume token of the other. The changes made
/// within this time before the token are delivered again, which is harmless.
pub(super) const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// The time by which an index may lag behind its table. An entry usually follows its item within a second. The
/// changes made within this time before lists are read are delivered again, which is harmless.
pub(super) const MAX_INDEX_LAG: SignedDuration = SignedDuration::from_secs(5);

/// The number of a change, which is a position in the sequence of changes on this instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(u64);

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

    /// Returns the current position.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position(self.latest)
    }

    /// Returns the deletion of a game that is not in the table, although its last state may not be known.
    /// Returns `None` if a later state has become known since `before`, when the table was asked.
    #[must_use]
    pub fn missing(&self, id: GameId, before: Position) -> Option<Change> {
        let recency = match self.newest.get(&id) {
            Some((number, _)) if *number > before.0 => return None,
            Some((_, recency)) => recency.deletion(),
            None => Recency::UNKNOWN_DELETION,
        };
        Some(Change::missing(id, recency))
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
        let from = token.at.checked_sub(MAX_CLOCK_SKEW).ok()?;
        let is_complete = self.complete_since? <= from;
        is_complete.then(|| self.since(from).cloned().collect())
    }

    /// Like [`after_token`](Self::after_token), for lists that were read when the token was issued. Indexes
    /// lag, so the changes shortly before the token are included. Of each game, only the latest is.
    #[must_use]
    pub fn after_token_of_lists(&self, token: &Token, instance: Uuid) -> Option<Vec<Arc<Change>>> {
        let from = token.at.checked_sub(MAX_INDEX_LAG).ok()?;
        let from = if token.instance == instance {
            let is_too_old = self.after(token.change).is_none();
            // What other instances changed before the feed started is not known.
            let has_gap = self.complete_since.is_some_and(|since| since > from);
            (!is_too_old && !has_gap).then_some(from)?
        } else {
            let from = from.checked_sub(MAX_CLOCK_SKEW).ok()?;
            (self.complete_since? <= from).then_some(from)?
        };
        let is_latest = |change: &&Arc<Change>| {
            let newest = self.newest.get(&change.game_id);
            newest.is_none_or(|(_, recency)| *recency == change.recency)
        };
        Some(self.since(from).filter(is_latest).cloned().collect())
    }

    /// Returns the changes after the one with this number, oldest first, or `None` if some of them are no
    /// longer in memory.
    fn after(&self, number: u64) -> Option<impl Iterator<Item = &Arc<Change>>> {
        let newer = usize::try_from(self.latest.checked_sub(number)?).ok()?;
        let known = self.changes.len().checked_sub(newer)?;
        Some(self.changes.iter().skip(known).map(|entry| &entry.change))
    }

    /// Returns the changes in memory since a time, oldest first.
    fn since(&self, at: Timestamp) -> impl Iterator<Item = &Arc<Change>> {
        let first = self.changes.partition_point(|entry| entry.at < at);
        self.changes.iter().skip(first).map(|entry| &entry.change)
    }

    fn number_of_oldest(&self) -> u64 {
        let others = u64::try_from(self.changes.len()).unwrap_or(u64::MAX);
        (self.latest + 1).saturating_sub(others)
    }
}
