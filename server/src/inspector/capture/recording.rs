//! The database requests of one HTTP request. They are held back until its session is known.

use super::{
    Entry, Inspector, SessionLog,
    condition::Evidence,
    entry::{Cause, RequestOutcome},
    session_log::MAX_ENTRIES,
    units::Totals,
};
use backend::{
    accounts::SessionKey,
    request_context::{RequestContext, RequestObserver},
};
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};

/// The database requests of one HTTP request, and the log of its session once that is known.
#[derive(Debug)]
pub struct Recording {
    inspector: Inspector,
    /// The cause of the requests. A server function may correct the page.
    cause: Mutex<Arc<Cause>>,
    kind: Kind,
    log: OnceLock<Arc<SessionLog>>,
    pending: Mutex<Pending>,
}

/// Requests that are not in a log yet.
#[derive(Debug, Default)]
struct Pending {
    /// The requests before the session is known. When collecting, all requests.
    entries: Vec<(Entry, Totals)>,
    /// Failed conditions without the item, which the store reads next.
    without_item: Vec<(Entry, Totals)>,
}

/// The destination of the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The log of the session, for display.
    Shown,
    /// The totals of the panel itself, which are not displayed as requests.
    Own,
    /// The caller of [`Recording::collect`].
    Collected,
}

impl Recording {
    /// A recording of the requests that an HTTP request causes.
    #[must_use]
    pub fn new(inspector: &Inspector, cause: Cause) -> Arc<Self> {
        Self::of_kind(inspector, Arc::new(cause), Kind::Shown)
    }

    /// A recording of the requests that the panel itself causes.
    #[must_use]
    pub fn own(inspector: &Inspector) -> Arc<Self> {
        Self::of_kind(inspector, Arc::default(), Kind::Own)
    }

    fn of_kind(inspector: &Inspector, cause: Arc<Cause>, kind: Kind) -> Arc<Self> {
        Arc::new(Self {
            inspector: inspector.clone(),
            cause: Mutex::new(cause),
            kind,
            log: OnceLock::new(),
            pending: Mutex::default(),
        })
    }

    /// The recording of the HTTP request that is being served, if there is one.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        RequestContext::current()?.observer()
    }

    /// Runs `work` as part of serving the HTTP request.
    pub async fn scope<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        RequestContext::new(self).scope(work).await
    }

    /// Runs `work` for the panel itself. Its requests are counted, but not shown.
    pub async fn unrecorded<F: Future>(
        inspector: &Inspector,
        log: Option<Arc<SessionLog>>,
        work: F,
    ) -> F::Output {
        let own = Self::own(inspector);
        if let Some(log) = log {
            let _ = own.log.set(log);
        }
        own.scope(work).await
    }

    /// Runs `work` and also returns its requests, in the order in which they ended. The session's faults apply
    /// to them, and they are shown among its other requests.
    pub async fn collect<F: Future>(
        inspector: &Inspector,
        log: &Arc<SessionLog>,
        work: F,
    ) -> (F::Output, Vec<Entry>) {
        let outer = Self::current();
        let cause = outer.as_ref().map(|outer| outer.cause());
        let inner = Self::of_kind(inspector, cause.unwrap_or_default(), Kind::Collected);
        let _ = inner.log.set(Arc::clone(log));
        let output = Arc::clone(&inner).scope(work).await;
        let collected = {
            let mut pending = inner.pending.lock();
            let without_item = std::mem::take(&mut pending.without_item);
            pending.entries.extend(without_item);
            std::mem::take(&mut pending.entries)
        };
        let mut entries = Vec::with_capacity(collected.len());
        for (entry, totals) in collected {
            entries.push(entry.clone());
            if let Some(outer) = &outer {
                outer.add(entry, totals);
            }
        }
        (output, entries)
    }

    /// The log of the session, once it is known.
    pub(in crate::inspector) fn log(&self) -> Option<&Arc<SessionLog>> {
        self.log.get()
    }

    pub(super) fn cause(&self) -> Arc<Cause> {
        Arc::clone(&self.cause.lock())
    }

    /// Returns true for the panel's own requests, to which faults do not apply.
    pub(in crate::inspector) fn is_own(&self) -> bool {
        self.kind == Kind::Own
    }

    /// Adds a request that has ended.
    pub(super) fn add(&self, entry: Entry, totals: Totals) {
        // Locked until the entry is stored, so that identifying the session meanwhile misses no entry.
        let mut pending = self.pending.lock();
        if entry.lacks_evidence() {
            pending.without_item.push((entry, totals));
            return;
        }
        if let Some(item) = entry.read_item() {
            let is_same_game =
                |(failed, _): &(Entry, Totals)| failed.request.game_id() == entry.request.game_id();
            if let Some(index) = pending.without_item.iter().position(is_same_game) {
                let (mut failed, failed_totals) = pending.without_item.remove(index);
                failed.outcome =
                    RequestOutcome::ConditionFailed(Evidence::ReadAfterwards(item.cloned()));
                self.store(&mut pending, failed, failed_totals);
            }
        }
        self.store(&mut pending, entry, totals);
    }

    fn store(&self, pending: &mut Pending, entry: Entry, totals: Totals) {
        match (self.kind, self.log.get()) {
            (Kind::Shown, Some(log)) => log.add(entry, totals),
            (Kind::Own, Some(log)) => log.add_panel_totals(totals),
            (Kind::Own, None) => {}
            // A visitor's event stream never has a session and can last for ever.
            (Kind::Shown, None) if pending.entries.len() >= MAX_ENTRIES => {}
            (Kind::Shown, None) | (Kind::Collected, _) => pending.entries.push((entry, totals)),
        }
    }
}

impl RequestObserver for Recording {
    fn session_identified(&self, session: &SessionKey) {
        let mut pending = self.pending.lock();
        if self.kind == Kind::Collected || self.log.get().is_some() {
            return;
        }
        let log = self.log.get_or_init(|| self.inspector.session_log(session));
        if self.kind == Kind::Own {
            return;
        }
        let cause = self.cause();
        if cause.is_page {
            log.restart_page(&cause.page);
        }
        for (entry, totals) in pending.entries.drain(..) {
            log.add(entry, totals);
        }
    }

    /// Called before [`session_identified`](RequestObserver::session_identified).
    fn page_identified(&self, path: &str) {
        let mut cause = self.cause.lock();
        // A page that reloads its own data does not restart its meter.
        if cause.page != path {
            *cause = Arc::new(Cause {
                request: cause.request.clone(),
                page: path.to_owned(),
                is_page: true,
            });
        }
    }
}

/// Stores the failed conditions without an item. Once the HTTP request is served, the item stays unknown.
impl Drop for Recording {
    fn drop(&mut self) {
        let mut pending = std::mem::take(self.pending.get_mut());
        for (entry, totals) in std::mem::take(&mut pending.without_item) {
            self.store(&mut pending, entry, totals);
        }
    }
}
