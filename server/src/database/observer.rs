//! The observer of every operation on the tables: its name, outcome, duration and consumed capacity. It sits
//! between the store and the SDK, so that the store contains no metrics code.

use super::operations::{self, ItemRequest};
use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
    operation as tables,
    types::ConsumedCapacity,
};
use aws_sdk_dynamodbstreams::operation as streams;
use aws_smithy_runtime_api::client::{
    interceptors::context::{
        BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef, Input,
    },
    orchestrator::{HttpResponse, Metadata},
    retries::RequestAttempts,
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use backend::store::error::{CONDITION_FAILED, error_code, is_throttling};
use std::{
    fmt::Debug,
    sync::Arc,
    time::{Duration, Instant},
};

/// An operation that has ended, with all its attempts.
#[derive(Debug)]
pub struct CompletedOperation<'a> {
    /// The name in the API: `GetItem`.
    pub name: &'a str,
    /// The table, if the operation is on one table.
    pub table: Option<&'a str>,
    /// The index, if the operation queries one.
    pub index: Option<&'a str>,
    /// The outcome of the last attempt.
    pub outcome: OperationOutcome,
    /// The number of attempts.
    pub attempts: u32,
    /// The time from the call to the response, including waits between attempts.
    pub duration: Duration,
    /// The consumed capacity that the response reports. No response reports that of a failed condition.
    pub consumed: &'a [ConsumedCapacity],
}

/// The outcome of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationOutcome {
    /// The operation succeeded.
    Done,
    /// The condition of the write did not hold. That is part of normal play.
    ConditionFailed,
    /// The service throttled the operation.
    Throttled,
    /// The operation failed for another reason.
    Failed,
}

/// A receiver of every operation.
pub trait Observer: Debug + Send + Sync {
    /// Receives an operation that has ended.
    fn observe(&self, operation: &CompletedOperation<'_>);
}

/// The interceptor of the SDK that calls an observer.
#[derive(Clone, Debug)]
pub(super) struct ObserverInterceptor(pub(super) Arc<dyn Observer>);

/// The start time and the target of an operation under way.
#[derive(Clone, Debug)]
struct StartedOperation {
    at: Instant,
    target: Target,
}

impl Storable for StartedOperation {
    type Storer = StoreReplace<Self>;
}

/// The table and the index of an operation.
#[derive(Clone, Debug, Default)]
struct Target {
    table: Option<String>,
    index: Option<String>,
}

impl Intercept for ObserverInterceptor {
    fn name(&self) -> &'static str {
        "Observer"
    }

    /// Also requests the consumed capacity, which adds some bytes to the response.
    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        operations::request_capacity(context.input_mut());
        config.interceptor_state().store_put(StartedOperation {
            at: Instant::now(),
            target: Target::read(context.input()),
        });
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(StartedOperation { at, target }) = config.load::<StartedOperation>() else {
            return Ok(());
        };
        let output = context.output_or_error().and_then(Result::ok);
        let attempts = config.load::<RequestAttempts>();
        self.0.observe(&CompletedOperation {
            name: config.load::<Metadata>().map_or("", Metadata::name),
            table: target.table.as_deref(),
            index: target.index.as_deref(),
            outcome: match output {
                Some(_) => OperationOutcome::Done,
                None => OperationOutcome::from_failure(context.response()),
            },
            attempts: attempts.map_or(1, RequestAttempts::attempts),
            duration: at.elapsed(),
            consumed: output.map(operations::consumed).unwrap_or_default(),
        });
        Ok(())
    }
}

impl Target {
    /// Reads the table and the index of an operation.
    fn read(input: &Input) -> Self {
        if let Some(request) = ItemRequest::read(input) {
            return Self {
                table: Some(request.table.to_owned()),
                index: request.index.map(str::to_owned),
            };
        }
        Self {
            table: managed_table(input).or_else(|| table_in_arn(stream_arn(input)?)),
            index: None,
        }
    }
}

/// The table of an operation that manages a table.
fn managed_table(input: &Input) -> Option<String> {
    macro_rules! table_name {
        ($($type:ty),*) => {
            $(if let Some(input) = input.downcast_ref::<$type>() {
                return input.table_name.clone();
            })*
        };
    }
    table_name!(
        tables::describe_table::DescribeTableInput,
        tables::create_table::CreateTableInput,
        tables::update_time_to_live::UpdateTimeToLiveInput,
        tables::describe_time_to_live::DescribeTimeToLiveInput
    );
    None
}

/// A text that contains the stream ARN of an operation on a stream.
fn stream_arn(input: &Input) -> Option<&str> {
    if let Some(input) = input.downcast_ref::<streams::get_records::GetRecordsInput>() {
        // Undocumented: the iterator contains the ARN of the stream.
        return input.shard_iterator();
    }
    if let Some(input) = input.downcast_ref::<streams::get_shard_iterator::GetShardIteratorInput>()
    {
        return input.stream_arn();
    }
    input
        .downcast_ref::<streams::describe_stream::DescribeStreamInput>()?
        .stream_arn()
}

/// The table in `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`.
fn table_in_arn(arn: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":table/")?;
    rest.split_once('/').map(|(table, _)| table.to_owned())
}

impl OperationOutcome {
    fn from_failure(response: Option<&HttpResponse>) -> Self {
        match response.and_then(error_code).as_deref() {
            Some(CONDITION_FAILED) => Self::ConditionFailed,
            Some(code) if is_throttling(code) => Self::Throttled,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn stream_arn_contains_the_table() {
        let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/test-Games/stream/2026-01-01T00:00:00.000";
        assert_eq!(table_in_arn(arn).as_deref(), Some("test-Games"));
        let iterator = format!("{arn}|1|AAAAAAAAAAEvJp6D");
        assert_eq!(table_in_arn(&iterator).as_deref(), Some("test-Games"));
        assert_eq!(table_in_arn("opaque"), None);
    }

    #[test]
    fn error_code_decides_the_outcome() {
        let outcome = |body: &'static str| {
            let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body));
            OperationOutcome::from_failure(Some(&response))
        };
        for (body, expected) in [
            (
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":""}"#,
                OperationOutcome::ConditionFailed,
            ),
            (
                r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed"}]}"#,
                OperationOutcome::ConditionFailed,
            ),
            (
                r#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"TransactionConflict"}]}"#,
                OperationOutcome::Failed,
            ),
            (
                r#"{"__type":"com.amazon.coral.availability#ThrottlingException"}"#,
                OperationOutcome::Throttled,
            ),
            (
                r#"{"__type":"com.amazon.coral.service#SerializationException"}"#,
                OperationOutcome::Failed,
            ),
            ("not JSON", OperationOutcome::Failed),
        ] {
            assert_eq!(outcome(body), expected, "{body}");
        }
        assert_eq!(
            OperationOutcome::from_failure(None),
            OperationOutcome::Failed
        );
    }
}
