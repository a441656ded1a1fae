//! A request that has ended, with its outcome.

use super::{
    Item, Request,
    condition::{self, Clause, Evidence},
    pattern::Pattern,
    units::Units,
};
use crate::database::operations::{ItemOperation, Role};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};

/// The HTTP request that caused requests to the tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The method and the path without the query: `POST /actions/play`.
    pub request: String,
    /// The path of the page that sent the request, or that was requested.
    pub page: String,
    /// True if the page itself was requested, false if the request came from a page.
    pub is_page: bool,
}

/// A request to a table that has ended, with all its attempts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The number in the session's log, from 1.
    pub number: u64,
    /// The start time.
    pub at: Timestamp,
    /// The HTTP request that caused it.
    pub cause: Arc<Cause>,
    /// The request, without secrets.
    pub request: Request,
    /// The outcome of the last attempt.
    pub outcome: RequestOutcome,
    /// The attempts, in order.
    pub attempts: Vec<Attempt>,
    /// The time from the call to the response, including waits between attempts.
    pub duration: Duration,
    /// The consumed capacity that the response reports. No response reports that of a failed condition.
    pub units: Vec<Units>,
}

/// The maximum number of items that are kept of a response.
pub const MAX_ANSWER_ITEMS: usize = 3;

/// The outcome of a request.
#[derive(Clone, Debug)]
pub enum RequestOutcome {
    /// The request succeeded.
    Done {
        /// The number of items that were read or written.
        items: usize,
        /// The first items of the response, without secrets.
        answer: Vec<Item>,
    },
    /// The condition did not hold.
    ConditionFailed(Evidence),
    /// The request failed for another reason.
    Failed {
        /// The engine's error code.
        code: String,
    },
}

/// One attempt at a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The duration of the attempt.
    pub duration: Duration,
    /// The engine's error code, or that no answer came. `None` if the attempt succeeded.
    pub failure: Option<String>,
    /// The fault that was switched on and affected the attempt.
    pub fault: Option<String>,
}

impl Entry {
    /// The access pattern of the request.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        Pattern::of(&self.request)
    }

    /// The evaluated clauses of a failed condition. Empty for any other outcome.
    #[must_use]
    pub fn clauses(&self) -> Vec<Clause> {
        let (RequestOutcome::ConditionFailed(evidence), Some(condition)) =
            (&self.outcome, self.request.expression(Role::Condition))
        else {
            return Vec::new();
        };
        condition::evaluate(&self.request, condition, evidence)
    }

    /// Returns true if a condition failed without the item, which the store then reads.
    pub(super) fn lacks_evidence(&self) -> bool {
        matches!(
            self.outcome,
            RequestOutcome::ConditionFailed(Evidence::Nothing)
        ) && self.request.game_id().is_some()
    }

    /// The result of a strongly consistent read of one game, if this is one.
    pub(super) fn read_item(&self) -> Option<Option<&Item>> {
        match &self.outcome {
            RequestOutcome::Done { answer, .. }
                if self.request.operation == ItemOperation::GetItem && self.request.consistent =>
            {
                Some(answer.first())
            }
            _ => None,
        }
    }
}
