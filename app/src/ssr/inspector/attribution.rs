//! Whose requests they are: carried along while one of somebody's HTTP requests is served.

use super::{
    Entry, Inspector, Person,
    entry::{Cause, Evidence, Outcome},
    person::KEPT,
    units::Totals,
};
use crate::ssr::auth::SessionId;
use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

tokio::task_local! {
    static CURRENT: Attribution;
}

/// The HTTP request that is being served, and the person who sent it as soon as that is known. Cheap to
/// clone.
#[derive(Clone, Debug)]
pub struct Attribution(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    inspector: Inspector,
    /// Why, as far as it is known: a server function may know better which page it is for.
    cause: Mutex<Arc<Cause>>,
    kind: Kind,
    person: OnceLock<Arc<Person>>,
    waiting: Mutex<Waiting>,
}

/// Requests that are not yet where they belong.
#[derive(Debug, Default)]
struct Waiting {
    /// What was asked before it was known for whom, and for one who collects, all of it.
    entries: Vec<(Entry, Totals)>,
    /// Refusals that came without the item: the store reads it next.
    refusals: Vec<(Entry, Totals)>,
}

/// What becomes of the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// They are shown to the person.
    Shown,
    /// They are the panel's own: counted, not shown.
    Own,
    /// They are for whoever called, and for nobody else.
    Collected,
}

impl Attribution {
    /// For an HTTP request of somebody.
    #[must_use]
    pub fn new(inspector: &Inspector, cause: Cause) -> Self {
        Self::of_kind(inspector, Arc::new(cause), Kind::Shown)
    }

    /// For an HTTP request of the panel itself.
    #[must_use]
    pub fn own(inspector: &Inspector) -> Self {
        Self::of_kind(inspector, Arc::default(), Kind::Own)
    }

    fn of_kind(inspector: &Inspector, cause: Arc<Cause>, kind: Kind) -> Self {
        Self(Arc::new(Shared {
            inspector: inspector.clone(),
            cause: Mutex::new(cause),
            kind,
            person: OnceLock::new(),
            waiting: Mutex::default(),
        }))
    }

    /// The one whose request is being served, if it is being looked at.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Does something as part of serving that request.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// Does something for the panel itself: what it asks of the tables is counted and not shown.
    pub async fn aside<F: Future>(
        inspector: &Inspector,
        person: Option<Arc<Person>>,
        work: F,
    ) -> F::Output {
        let aside = Self::own(inspector);
        if let Some(person) = person {
            let _ = aside.0.person.set(person);
        }
        aside.during(work).await
    }

    /// Does something, and gives its requests to the tables too, in the order in which they ended. They are
    /// under the same faults as the person's others, and shown among them.
    pub async fn collecting<F: Future>(
        inspector: &Inspector,
        person: &Arc<Person>,
        work: F,
    ) -> (F::Output, Vec<Entry>) {
        let outer = Self::current();
        let cause = match &outer {
            Some(outer) => outer.cause(),
            None => Arc::default(),
        };
        let collecting = Self::of_kind(inspector, cause, Kind::Collected);
        let _ = collecting.0.person.set(Arc::clone(person));
        let output = collecting.clone().during(work).await;
        let collected = {
            let mut waiting = collecting.waiting();
            let refusals = std::mem::take(&mut waiting.refusals);
            waiting.entries.extend(refusals);
            std::mem::take(&mut waiting.entries)
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

    /// The request being served turns out to be of this session's.
    pub fn belongs_to(session: &SessionId) {
        let Some(current) = Self::current() else {
            return;
        };
        let cause = current.cause();
        let Shared {
            inspector,
            kind,
            person,
            ..
        } = &*current.0;
        let mut waiting = current.waiting();
        if *kind == Kind::Collected || person.get().is_some() {
            return;
        }
        let person = person.get_or_init(|| inspector.person(session));
        if *kind == Kind::Own {
            return;
        }
        if cause.is_page {
            person.begin_page(&cause.page);
        }
        for (entry, totals) in waiting.entries.drain(..) {
            person.add(entry, totals);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose it is, as far as that is known.
    pub(super) fn person(&self) -> Option<&Arc<Person>> {
        self.0.person.get()
    }

    pub(super) fn cause(&self) -> Arc<Cause> {
        Arc::clone(&self.0.cause.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The request being served is for showing this page. Comes before it is known whose it is.
    pub fn shows_page(page: &str) {
        let Some(current) = Self::current() else {
            return;
        };
        let mut cause = current
            .0
            .cause
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A page that asks for its own data once more goes on.
        if cause.page != page {
            *cause = Arc::new(Cause {
                request: cause.request.clone(),
                page: page.to_owned(),
                is_page: true,
            });
        }
    }

    /// Whether faults apply: not to what the panel itself asks.
    pub(super) fn is_own(&self) -> bool {
        self.0.kind == Kind::Own
    }

    /// A request to a table has ended.
    pub(super) fn add(&self, entry: Entry, totals: Totals) {
        // Held while it is looked whose they are: what waits is not overlooked when that becomes known.
        let mut waiting = self.waiting();
        if entry.lacks_evidence() {
            waiting.refusals.push((entry, totals));
            return;
        }
        if let Some(item) = entry.found() {
            let is_same = |(refusal, _): &(Entry, Totals)| {
                refusal.request.game_id() == entry.request.game_id()
            };
            if let Some(place) = waiting.refusals.iter().position(is_same) {
                let (mut refusal, refusal_totals) = waiting.refusals.remove(place);
                refusal.outcome = Outcome::ConditionFailed(Evidence::ReadAfterwards(item.cloned()));
                self.0.pass_on(&mut waiting, refusal, refusal_totals);
            }
        }
        self.0.pass_on(&mut waiting, entry, totals);
    }
}

impl Shared {
    fn pass_on(&self, waiting: &mut Waiting, entry: Entry, totals: Totals) {
        match (self.kind, self.person.get()) {
            (Kind::Shown, Some(person)) => person.add(entry, totals),
            (Kind::Own, Some(person)) => person.count_own(totals),
            (Kind::Own, None) => {}
            // A stream of somebody who is not logged in can go on for ever.
            (Kind::Shown, None) if waiting.entries.len() >= KEPT => {}
            (Kind::Shown, None) | (Kind::Collected, _) => waiting.entries.push((entry, totals)),
        }
    }
}

/// The HTTP request has been served: nothing more will be known.
impl Drop for Shared {
    fn drop(&mut self) {
        let waiting = self
            .waiting
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let mut waiting = std::mem::take(waiting);
        for (entry, totals) in std::mem::take(&mut waiting.refusals) {
            self.pass_on(&mut waiting, entry, totals);
        }
    }
}
