//! Metrics of the operations on the tables.

use crate::database::{CompletedOperation, Observer, OperationOutcome};
use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};
use metrics::{counter, describe_counter, describe_histogram, histogram};

const DURATION: &str = "ttt_dynamodb_operation_duration_seconds";
const OPERATIONS: &str = "ttt_dynamodb_operations_total";
const RETRIES: &str = "ttt_dynamodb_retries_total";
const READ_UNITS: &str = "ttt_dynamodb_consumed_read_units";
const WRITE_UNITS: &str = "ttt_dynamodb_consumed_write_units";

/// The table names without a prefix. Any other name is not used as a label.
const TABLES: [&str; 3] = ["Games", "Players", "Sessions"];

pub(super) fn describe() {
    describe_counter!(
        OPERATIONS,
        "Operations on the tables and their streams, by outcome: ok, condition_failed, throttled, failed"
    );
    describe_histogram!(
        DURATION,
        "Duration of an operation in seconds, including waits between attempts"
    );
    describe_counter!(RETRIES, "Attempts beyond the first");
    describe_histogram!(
        READ_UNITS,
        "Read units consumed by an operation; the sum is the total. An empty index is the table itself"
    );
    describe_histogram!(
        WRITE_UNITS,
        "Write units consumed by an operation; the sum is the total. Excludes writes whose condition failed"
    );
}

/// An observer that records every operation.
#[derive(Debug)]
pub struct OperationMetrics {
    /// The prefix of the table names.
    prefix: String,
}

impl OperationMetrics {
    /// Creates the observer for the tables with this prefix.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// The table's name without the prefix, or an empty text for an unknown table.
    fn table(&self, name: Option<&str>) -> &'static str {
        let name = name.and_then(|name| name.strip_prefix(&self.prefix));
        let known = TABLES.into_iter().find(|table| Some(*table) == name);
        known.unwrap_or_default()
    }

    fn record_units(&self, metric: &'static str, consumed: &ConsumedCapacity) {
        let table = self.table(consumed.table_name());
        let record = |index: &str, capacity: &Capacity| {
            let units = capacity.capacity_units().unwrap_or_default();
            if units > 0.0 {
                histogram!(metric, "table" => table, "index" => index.to_owned()).record(units);
            }
        };
        if let Some(capacity) = consumed.table() {
            record("", capacity);
        }
        for (index, capacity) in consumed.global_secondary_indexes().into_iter().flatten() {
            record(index, capacity);
        }
    }
}

impl Observer for OperationMetrics {
    fn observe(&self, operation: &CompletedOperation<'_>) {
        let (name, table) = (operation.name.to_owned(), self.table(operation.table));
        let outcome = match operation.outcome {
            OperationOutcome::Done => "ok",
            OperationOutcome::ConditionFailed => "condition_failed",
            OperationOutcome::Throttled => "throttled",
            OperationOutcome::Failed => "failed",
        };
        let retries = operation.attempts.saturating_sub(1);
        if retries > 0 {
            counter!(RETRIES, "operation" => name.clone(), "table" => table)
                .increment(retries.into());
        }
        histogram!(DURATION, "operation" => name.clone(), "table" => table)
            .record(operation.duration);
        let units = if is_read(&name) {
            READ_UNITS
        } else {
            WRITE_UNITS
        };
        for consumed in operation.consumed {
            self.record_units(units, consumed);
        }
        let index = operation.index.unwrap_or_default().to_owned();
        counter!(OPERATIONS, "operation" => name, "table" => table, "index" => index, "outcome" => outcome)
            .increment(1);
    }
}

fn is_read(operation: &str) -> bool {
    matches!(operation, "GetItem" | "BatchGetItem" | "Query")
}
