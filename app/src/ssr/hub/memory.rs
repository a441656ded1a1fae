use super::Change;
use crate::{ids::GameId, ssr::game::Recency};
use jiff::Timestamp;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

/// How many changes are remembered: at a thousand changes a second, the last four seconds.
pub(super) const CAPACITY: usize = 4096;

/// The latest changes, numbered in the order in which this instance heard of them.
#[derive(Default)]
pub(super) struct Memory {
    /// The number of the latest.
    latest: u64,
    changes: VecDeque<Heard>,
    /// The latest remembered change of each game, by number.
    newest: HashMap<GameId, (u64, Recency)>,
    /// Since when every change by any instance is remembered; `None` where others' are not heard of.
    complete_since: Option<Timestamp>,
}

struct Heard {
    at: Timestamp,
    change: Arc<Change>,
}

impl Memory {
    pub(super) const fn latest(&self) -> u64 {
        self.latest
    }

    /// Adds a change; `false` if that or a later state of the game is remembered already: the same
    /// news come from the one who wrote it here and from the table's stream.
    pub(super) fn add(&mut self, change: &Arc<Change>, now: Timestamp) -> bool {
        let known = self.newest.get(&change.game_id);
        if known.is_some_and(|(_, recency)| *recency >= change.recency) {
            return false;
        }
        self.latest += 1;
        self.changes.push_back(Heard {
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
        let Some(Heard { at, change }) = self.changes.pop_front() else {
            return;
        };
        let newest = self.newest.get(&change.game_id);
        if newest.is_some_and(|(newest, _)| *newest == number) {
            self.newest.remove(&change.game_id);
        }
        self.complete_since = self.complete_since.map(|since| since.max(at));
    }

    /// Forgets everything: after a gap nobody can go on from before it. From now on everything is heard
    /// that any instance changes.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.latest += 1;
        self.changes.clear();
        self.newest.clear();
        self.complete_since = Some(now);
    }

    /// Others' changes are not heard of any more.
    pub(super) const fn end(&mut self) {
        self.complete_since = None;
    }

    /// The changes after a number, oldest first; `None` where they are not all remembered.
    pub(super) fn since(&self, number: u64) -> Option<impl Iterator<Item = &Arc<Change>>> {
        let missed = usize::try_from(self.latest.checked_sub(number)?).ok()?;
        let known = self.changes.len().checked_sub(missed)?;
        Some(self.changes.iter().skip(known).map(|heard| &heard.change))
    }

    /// The changes after a moment, oldest first; `None` where they are not all remembered.
    pub(super) fn since_moment(&self, at: Timestamp) -> Option<Vec<Arc<Change>>> {
        if self.complete_since? > at {
            return None;
        }
        let first = self.changes.partition_point(|heard| heard.at < at);
        let changes = self.changes.iter().skip(first);
        Some(changes.map(|heard| Arc::clone(&heard.change)).collect())
    }

    fn number_of_oldest(&self) -> u64 {
        let others = u64::try_from(self.changes.len()).unwrap_or(u64::MAX);
        (self.latest + 1).saturating_sub(others)
    }
}
