//! A request that has ended, and how.

use super::{
    Item, Request,
    condition::{self, Clause},
    pattern::Pattern,
    request::Role,
    units::Units,
};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};

/// Why requests were made: what somebody's browser asked the server for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// `POST /actions/play`, without the query.
    pub request: String,
    /// The path of the page that it came from, or that it is.
    pub page: String,
    /// Whether the page itself was asked for, rather than something for it.
    pub is_page: bool,
}

/// A request to a table that has ended, with all its attempts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which one of the person's, from 1.
    pub number: u64,
    /// When it began.
    pub at: Timestamp,
    /// Why it was made.
    pub cause: Arc<Cause>,
    /// What was asked.
    pub request: Request,
    /// How it ended.
    pub outcome: Outcome,
    /// Its attempts, in order; the last one decided.
    pub attempts: Vec<Attempt>,
    /// From the call to the answer, waits between attempts included.
    pub duration: Duration,
    /// What it consumed, as the answer says: that of a write whose condition failed, no answer says.
    pub units: Vec<Units>,
}

/// How a request ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With what was asked for: so many items.
    Done {
        /// The items read or written.
        items: usize,
    },
    /// The condition did not hold; the item as it was, where the engine gave it.
    ConditionFailed {
        /// The item, without what is secret; `None` if there was none.
        item: Option<Item>,
    },
    /// In any other way.
    Failed {
        /// The engine's name for the reason.
        code: String,
    },
}

/// One attempt at a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How long it took.
    pub duration: Duration,
    /// What came of it: nothing to say, or the engine's name for the error, or that no answer came.
    pub failure: Option<String>,
    /// A fault that was switched on and met it.
    pub fault: Option<String>,
}

impl Entry {
    /// Which access pattern it is.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        Pattern::of(&self.request)
    }

    /// The clauses of its condition, judged on the item as it was; empty unless the condition failed.
    #[must_use]
    pub fn clauses(&self) -> Vec<Clause> {
        match (&self.outcome, self.request.expression(Role::Condition)) {
            (Outcome::ConditionFailed { item }, Some(condition)) => {
                condition::judge(&self.request, condition, item.as_ref())
            }
            _ => Vec::new(),
        }
    }
}
