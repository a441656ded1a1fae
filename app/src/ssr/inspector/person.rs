//! What is kept for one person: the last requests, what they cost, and the faults switched on.

use super::{Entry, faults::Faults, units::Totals};
use jiff::Timestamp;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;
use uuid::Uuid;

/// So many requests are kept of a person.
pub const KEPT: usize = 100;
/// So many pages' sums are kept of a person.
const PAGES: usize = 20;

/// One person, that is a session.
#[derive(Debug)]
pub struct Person {
    /// Tells these requests from those of another, or of the same before they were forgotten.
    epoch: Uuid,
    log: Mutex<Log>,
    /// The number of the last request.
    latest: watch::Sender<u64>,
    /// The faults that the person has switched on.
    pub faults: Faults,
}

#[derive(Debug, Default)]
struct Log {
    entries: VecDeque<Arc<Entry>>,
    last: u64,
    pages: VecDeque<(String, Meter)>,
    panel: Totals,
}

/// What a page or a game has cost since a moment.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Since when it is counted.
    pub since: Timestamp,
    /// The sum.
    pub totals: Totals,
}

impl Meter {
    /// One that begins now.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            since: Timestamp::now(),
            totals: Totals::default(),
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        Self {
            epoch: Uuid::new_v4(),
            log: Mutex::default(),
            latest: watch::Sender::new(0),
            faults: Faults::default(),
        }
    }
}

impl Person {
    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a request that has ended.
    pub(super) fn add(&self, mut entry: Entry, totals: Totals) {
        let mut log = self.lock();
        log.page(&entry.cause.page).totals += totals;
        log.last += 1;
        entry.number = log.last;
        if log.entries.len() == KEPT {
            log.entries.pop_front();
        }
        log.entries.push_back(Arc::new(entry));
        self.latest.send_replace(log.last);
    }

    /// Counts a request of the panel itself, which is not shown.
    pub(super) fn count_own(&self, totals: Totals) {
        self.lock().panel += totals;
    }

    /// A page was loaded: what it costs is counted from here on.
    pub(super) fn begin_page(&self, page: &str) {
        *self.lock().page(page) = Meter::begin();
    }

    /// The requests after the one with this number, oldest first.
    #[must_use]
    pub fn after(&self, number: u64) -> Vec<Arc<Entry>> {
        let log = self.lock();
        let later = log.entries.iter().filter(|entry| entry.number > number);
        later.cloned().collect()
    }

    /// The place after the request with this number, for going on from there.
    #[must_use]
    pub fn place(&self, number: u64) -> String {
        format!("{}.{number}", self.epoch)
    }

    /// The number that a place is after; `None` if it is another person's, or is no longer known.
    #[must_use]
    pub fn number(&self, place: &str) -> Option<u64> {
        let (epoch, number) = place.split_once('.')?;
        let is_here = epoch == self.epoch.to_string();
        number.parse().ok().filter(|_| is_here)
    }

    /// Tells of the number of the last request, now and whenever there is another.
    #[must_use]
    pub fn latest(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    /// What a page has cost since it was loaded.
    #[must_use]
    pub fn page(&self, page: &str) -> Meter {
        let log = self.lock();
        let found = log.pages.iter().find(|(path, _)| path == page);
        found.map_or_else(Meter::begin, |(_, meter)| *meter)
    }

    /// What the panel itself has asked of the tables.
    #[must_use]
    pub fn own(&self) -> Totals {
        self.lock().panel
    }
}

impl Log {
    fn page(&mut self, page: &str) -> &mut Meter {
        let place = self.pages.iter().position(|(path, _)| path == page);
        let place = place.unwrap_or_else(|| {
            if self.pages.len() == PAGES {
                self.pages.pop_front();
            }
            self.pages.push_back((page.to_owned(), Meter::begin()));
            self.pages.len() - 1
        });
        &mut self.pages[place].1
    }
}
