//! Who wants to know of every operation on the tables: what it was, how it ended, how long it took and what
//! it consumed. Between the store and the SDK, so that neither has to think of it.

use app::ssr::{
    inspector::intercept::consumed,
    store::error::{error_code, is_throttling},
};
use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
    operation as tables,
    types::{ConsumedCapacity, ReturnConsumedCapacity},
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
use std::{
    fmt::Debug,
    sync::Arc,
    time::{Duration, Instant},
};

/// An operation that has ended, with all its attempts.
#[derive(Debug)]
pub struct Operation<'a> {
    /// As the API calls it: `GetItem`.
    pub name: &'a str,
    /// The table, where the operation is about one.
    pub table: Option<&'a str>,
    /// The index, where one is queried.
    pub index: Option<&'a str>,
    /// How it ended.
    pub outcome: Outcome,
    /// How often it was tried.
    pub attempts: u32,
    /// From the call to the answer, waits between attempts included.
    pub duration: Duration,
    /// The capacity that it consumed, as far as the answer tells: that of a write whose condition failed, no
    /// answer tells.
    pub consumed: &'a [ConsumedCapacity],
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With what was asked for.
    Done,
    /// The condition of the write did not hold: a normal thing.
    ConditionFailed,
    /// The service refused for the number of requests.
    Throttled,
    /// In any other way.
    Failed,
}

/// Hears of every operation.
pub trait Observer: Debug + Send + Sync {
    /// An operation has ended.
    fn observe(&self, operation: &Operation<'_>);
}

/// Where an observer sits in the SDK.
#[derive(Clone, Debug)]
pub(super) struct Observed(pub(super) Arc<dyn Observer>);

/// What is known of an operation from its beginning on.
#[derive(Clone, Debug)]
struct Begun {
    at: Instant,
    subject: Subject,
}

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

/// What an operation is about.
#[derive(Clone, Debug, Default)]
struct Subject {
    table: Option<String>,
    index: Option<String>,
}

impl Intercept for Observed {
    fn name(&self) -> &'static str {
        "Observed"
    }

    /// Also asks for what the operation will consume: that costs some bytes of the answer.
    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(Begun {
            at: Instant::now(),
            subject: Subject::of(context.input_mut()),
        });
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Begun { at, subject }) = config.load::<Begun>() else {
            return Ok(());
        };
        let output = context.output_or_error().and_then(Result::ok);
        let attempts = config.load::<RequestAttempts>();
        self.0.observe(&Operation {
            name: config.load::<Metadata>().map_or("", Metadata::name),
            table: subject.table.as_deref(),
            index: subject.index.as_deref(),
            outcome: match output {
                Some(_) => Outcome::Done,
                None => Outcome::of_failure(context.response()),
            },
            attempts: attempts.map_or(1, RequestAttempts::attempts),
            duration: at.elapsed(),
            consumed: output.map(consumed).unwrap_or_default(),
        });
        Ok(())
    }
}

impl Subject {
    /// Reads what an operation is about, and has it tell what it consumes.
    fn of(input: &mut Input) -> Self {
        macro_rules! one_table {
            ($($input:ty),*) => {$(
                if let Some(input) = input.downcast_mut::<$input>() {
                    return Self { table: input.table_name.clone(), index: None };
                }
            )*};
        }
        macro_rules! one_item {
            ($($input:ty),*) => {$(
                if let Some(input) = input.downcast_mut::<$input>() {
                    input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                    return Self { table: input.table_name.clone(), index: None };
                }
            )*};
        }
        one_item!(
            tables::get_item::GetItemInput,
            tables::update_item::UpdateItemInput,
            tables::put_item::PutItemInput,
            tables::delete_item::DeleteItemInput
        );
        if let Some(input) = input.downcast_mut::<tables::query::QueryInput>() {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
            return Self {
                table: input.table_name.clone(),
                index: input.index_name.clone(),
            };
        }
        if let Some(input) = input.downcast_mut::<tables::batch_get_item::BatchGetItemInput>() {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
            let mut tables = input.request_items.iter().flatten();
            return Self {
                // The store asks for items of one table at a time.
                table: tables.next().map(|(table, _)| table.clone()),
                index: None,
            };
        }
        one_table!(
            tables::describe_table::DescribeTableInput,
            tables::create_table::CreateTableInput,
            tables::update_time_to_live::UpdateTimeToLiveInput,
            tables::describe_time_to_live::DescribeTimeToLiveInput
        );
        let stream =
            if let Some(input) = input.downcast_ref::<streams::get_records::GetRecordsInput>() {
                // Not documented, but the ARN of the stream is in it.
                input.shard_iterator()
            } else if let Some(input) =
                input.downcast_ref::<streams::get_shard_iterator::GetShardIteratorInput>()
            {
                input.stream_arn()
            } else if let Some(input) =
                input.downcast_ref::<streams::describe_stream::DescribeStreamInput>()
            {
                input.stream_arn()
            } else {
                None
            };
        Self {
            table: stream.and_then(table_of_stream),
            index: None,
        }
    }
}

/// The table in `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`.
fn table_of_stream(arn: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":table/")?;
    rest.split_once('/').map(|(table, _)| table.to_owned())
}

impl Outcome {
    fn of_failure(response: Option<&HttpResponse>) -> Self {
        match response.and_then(error_code).as_deref() {
            Some("ConditionalCheckFailedException") => Self::ConditionFailed,
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
    fn the_table_is_in_the_address_of_its_stream() {
        let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/test-Games/stream/2026-01-01T00:00:00.000";
        assert_eq!(table_of_stream(arn).as_deref(), Some("test-Games"));
        let iterator = format!("{arn}|1|AAAAAAAAAAEvJp6D");
        assert_eq!(table_of_stream(&iterator).as_deref(), Some("test-Games"));
        assert_eq!(table_of_stream("opaque"), None);
    }

    #[test]
    fn a_failure_is_told_by_its_name() {
        let outcome = |body: &'static str| {
            let response = HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body));
            Outcome::of_failure(Some(&response))
        };
        for (body, expected) in [
            (
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":""}"#,
                Outcome::ConditionFailed,
            ),
            (
                r#"{"__type":"com.amazon.coral.availability#ThrottlingException"}"#,
                Outcome::Throttled,
            ),
            (
                r#"{"__type":"com.amazon.coral.service#SerializationException"}"#,
                Outcome::Failed,
            ),
            ("not JSON", Outcome::Failed),
        ] {
            assert_eq!(outcome(body), expected, "{body}");
        }
        assert_eq!(Outcome::of_failure(None), Outcome::Failed);
    }
}
