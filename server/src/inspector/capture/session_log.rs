//! The log of one session: its last requests, their cost, and the faults that are switched on.

use super::{Entry, units::Totals};
use crate::inspector::faults::Faults;
use jiff::Timestamp;
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::watch;
use uuid::Uuid;

/// The maximum number of requests in a log.
pub const MAX_ENTRIES: usize = 100;
/// The maximum number of pages with a meter in a log.
const MAX_PAGES: usize = 20;

/// The log of one session.
#[derive(Debug)]
pub struct SessionLog {
    /// Identifies this log in positions, so that those of another or of a forgotten log are recognised.
    epoch: Uuid,
    records: Mutex<Records>,
    /// The number of the last request.
    latest: watch::Sender<u64>,
    /// The faults that the session has switched on.
    pub faults: Faults,
}

#[derive(Debug, Default)]
struct Records {
    entries: VecDeque<Arc<Entry>>,
    last: u64,
    pages: VecDeque<(String, Meter)>,
    panel: Totals,
}

/// The cost of a page or a game since a point in time.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// The start of the measurement.
    pub started_at: Timestamp,
    /// The totals since then.
    pub totals: Totals,
}

impl Meter {
    /// A meter that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started_at: Timestamp::now(),
            totals: Totals::default(),
        }
    }
}

impl Default for SessionLog {
    fn default() -> Self {
        Self {
            epoch: Uuid::new_v4(),
            records: Mutex::default(),
            latest: watch::Sender::new(0),
            faults: Faults::default(),
        }
    }
}

impl SessionLog {
    /// Adds a request that has ended.
    pub(super) fn add(&self, mut entry: Entry, totals: Totals) {
        let mut records = self.records.lock();
        records.page(&entry.cause.page).totals += totals;
        records.last += 1;
        entry.number = records.last;
        if records.entries.len() == MAX_ENTRIES {
            records.entries.pop_front();
        }
        records.entries.push_back(Arc::new(entry));
        self.latest.send_replace(records.last);
    }

    /// Counts a request of the panel itself, which is not shown.
    pub(super) fn add_panel_totals(&self, totals: Totals) {
        self.records.lock().panel += totals;
    }

    /// Restarts the meter of a page that was loaded.
    pub(super) fn restart_page(&self, page: &str) {
        *self.records.lock().page(page) = Meter::start();
    }

    /// The requests after the one with this number, oldest first.
    #[must_use]
    pub fn after(&self, number: u64) -> Vec<Arc<Entry>> {
        let records = self.records.lock();
        let later = records.entries.iter().filter(|entry| entry.number > number);
        later.cloned().collect()
    }

    /// The position after the request with this number, from which a stream can resume.
    #[must_use]
    pub fn position(&self, number: u64) -> String {
        format!("{}.{number}", self.epoch)
    }

    /// The number of the request before a position. `None` if the position belongs to another log.
    #[must_use]
    pub fn number_at(&self, position: &str) -> Option<u64> {
        let (epoch, number) = position.split_once('.')?;
        let is_own = epoch == self.epoch.to_string();
        number.parse().ok().filter(|_| is_own)
    }

    /// A receiver of the number of the last request.
    #[must_use]
    pub fn latest(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    /// The cost of a page since it was loaded.
    #[must_use]
    pub fn page(&self, page: &str) -> Meter {
        let records = self.records.lock();
        let found = records.pages.iter().find(|(path, _)| path == page);
        found.map_or_else(Meter::start, |(_, meter)| *meter)
    }

    /// The cost of the panel's own requests.
    #[must_use]
    pub fn panel_totals(&self) -> Totals {
        self.records.lock().panel
    }
}

impl Records {
    /// The meter of a page, which is created if it is missing.
    fn page(&mut self, page: &str) -> &mut Meter {
        let index = self.pages.iter().position(|(path, _)| path == page);
        let index = index.unwrap_or_else(|| {
            if self.pages.len() == MAX_PAGES {
                self.pages.pop_front();
            }
            self.pages.push_back((page.to_owned(), Meter::start()));
            self.pages.len() - 1
        });
        &mut self.pages[index].1
    }
}
