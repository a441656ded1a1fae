//! A request that has ended, and how.

use super::{
    Item, Request,
    condition::{self, Clause},
    pattern::Pattern,
    request::{Operation, Role},
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

/// So many items of an answer are kept.
pub const SHOWN: usize = 3;

/// How a request ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With what was asked for.
    Done {
        /// How many items were read or written.
        items: usize,
        /// The first of those that came with the answer, without what is secret.
        answer: Vec<Item>,
    },
    /// The condition did not hold.
    ConditionFailed(Evidence),
    /// In any other way.
    Failed {
        /// The engine's name for the reason.
        code: String,
    },
}

/// What is known of the item that a condition did not hold for.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// It came with the refusal.
    Returned(Item),
    /// It did not, and was read right afterwards; there may be none.
    ReadAfterwards(Option<Item>),
    /// Nothing.
    Nothing,
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
        let (Outcome::ConditionFailed(evidence), Some(condition)) =
            (&self.outcome, self.request.expression(Role::Condition))
        else {
            return Vec::new();
        };
        condition::judge(&self.request, condition, evidence)
    }

    /// Whether a refusal has come without the item, which the store then reads.
    pub(super) fn lacks_evidence(&self) -> bool {
        matches!(self.outcome, Outcome::ConditionFailed(Evidence::Nothing))
            && self.request.game_id().is_some()
    }

    /// The item that a strongly consistent read of one game found, if this is one.
    pub(super) fn found(&self) -> Option<Option<&Item>> {
        match &self.outcome {
            Outcome::Done { answer, .. }
                if self.request.operation == Operation::GetItem && self.request.consistent =>
            {
                Some(answer.first())
            }
            _ => None,
        }
    }
}
