//! The DynamoDB stream of a table, which contains the changes made by every instance.
//!
//! A stream consists of shards. A shard ends after some hours or when its partition is split, and its
//! children contain the later changes. A shard iterator is a position in a shard and expires after 15
//! minutes. Records are kept for 24 hours. Reading a stream consumes no read capacity units of the table.
//!
//! Source: Amazon DynamoDB Developer Guide, "Change data capture for DynamoDB Streams",
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>.

use super::{Store, StoreError, error::is_throttling};
use aws_sdk_dynamodb::types::StreamViewType;
use aws_sdk_dynamodbstreams::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{Record, ShardIteratorType, StreamStatus},
};
use std::error::Error;

/// The maximum number of records in one response.
const MAX_RECORDS: usize = 1000;

/// The stream of one table.
#[derive(Clone, Debug)]
pub struct TableStream {
    client: Client,
    arn: String,
}

/// A shard of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The id of the shard.
    pub id: String,
    /// The id of the parent shard, which may have been deleted already.
    pub parent: Option<String>,
    /// True if the shard may still receive records.
    pub is_open: bool,
}

/// A position in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardPosition {
    /// After the latest record, so that only new records are read.
    Latest,
    /// Before the first record.
    TrimHorizon,
    /// After the record with this sequence number.
    AfterSequenceNumber(String),
}

/// The records of one read of a shard.
#[derive(Debug)]
pub struct RecordBatch {
    /// The records, in the order of the changes.
    pub records: Vec<Record>,
    /// The iterator for the next read, or `None` if the shard has ended and has been read to its end.
    pub next_iterator: Option<String>,
}

impl RecordBatch {
    /// Returns true if more records are probably available at once.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.records.len() >= MAX_RECORDS
    }

    /// Returns the position after the last record, or `None` if there are no records.
    #[must_use]
    pub fn position(&self) -> Option<ShardPosition> {
        let last = self.records.last()?.dynamodb()?;
        Some(ShardPosition::AfterSequenceNumber(
            last.sequence_number()?.to_owned(),
        ))
    }
}

/// An error of reading a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The read was throttled, because all readers together read the stream too often.
    #[error("reads of the stream are throttled")]
    Throttled,
    /// The iterator has expired.
    #[error("the iterator has expired")]
    Expired,
    /// The records at the position were trimmed because of their age.
    #[error("the records have been trimmed")]
    Trimmed,
    /// The stream or shard no longer exists, or the stream receives no more records.
    #[error("the stream has ended")]
    Ended,
    /// Access to the stream is denied.
    #[error("access to the stream is denied: {0}")]
    Denied(String),
    /// The service could not be reached, did not respond in time, or failed.
    #[error("the stream is unavailable: {0}")]
    Unavailable(String),
}

impl StreamError {
    /// Returns the value of the label `outcome` in metrics.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Throttled => "refused",
            Self::Expired => "expired",
            Self::Trimmed => "trimmed",
            Self::Ended => "ended",
            Self::Denied(_) => "denied",
            Self::Unavailable(_) => "failed",
        }
    }
}

impl<E, R> From<SdkError<E, R>> for StreamError
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        // Matched by code, because the service throttles with several codes that the operations do not
        // declare.
        match error.code() {
            Some(code) if is_throttling(code) => Self::Throttled,
            // DynamoDB Local returns `ValidationException` for an iterator from before its restart.
            Some("ExpiredIteratorException" | "ValidationException") => Self::Expired,
            Some("TrimmedDataAccessException") => Self::Trimmed,
            Some("ResourceNotFoundException") => Self::Ended,
            Some("AccessDeniedException" | "UnrecognizedClientException") => {
                Self::Denied(DisplayErrorContext(&error).to_string())
            }
            _ => Self::Unavailable(DisplayErrorContext(&error).to_string()),
        }
    }
}

impl Store {
    /// Returns the stream of `Games`, if it is enabled with new and old images.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::MissingTable`].
    pub async fn games_stream(&self) -> Result<Option<TableStream>, StoreError> {
        let has_both_images = |view: &StreamViewType| *view == StreamViewType::NewAndOldImages;
        self.stream(&self.tables.games, has_both_images).await
    }

    /// Returns the stream of `Sessions`, if it is enabled. Any view type is sufficient, because only the keys
    /// are needed.
    ///
    /// # Errors
    ///
    /// As [`Self::games_stream`].
    pub async fn sessions_stream(&self) -> Result<Option<TableStream>, StoreError> {
        self.stream(&self.tables.sessions, |_| true).await
    }

    /// Returns the stream of a table, if it is enabled with a sufficient view type.
    async fn stream(
        &self,
        table: &str,
        is_sufficient: impl Fn(&StreamViewType) -> bool,
    ) -> Result<Option<TableStream>, StoreError> {
        let Some(client) = &self.streams else {
            return Ok(None);
        };
        let answer = self
            .client
            .describe_table()
            .table_name(table)
            .send()
            .await?;
        let described = answer
            .table
            .ok_or_else(|| StoreError::MissingTable(table.to_owned()))?;
        // A disabled stream keeps its ARN and loses its specification.
        let view = described
            .stream_specification
            .filter(|stream| stream.stream_enabled)
            .and_then(|stream| stream.stream_view_type);
        Ok(match (view, described.latest_stream_arn) {
            (Some(view), Some(arn)) if is_sufficient(&view) => Some(TableStream {
                client: client.clone(),
                arn,
            }),
            _ => None,
        })
    }
}

impl TableStream {
    /// Lists all shards of the stream, including those that have ended.
    ///
    /// # Errors
    ///
    /// [`StreamError`]. It is [`StreamError::Ended`] also for a disabled stream, which receives no more
    /// records.
    pub async fn shards(&self) -> Result<Vec<Shard>, StreamError> {
        let mut shards = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .describe_stream()
                .stream_arn(&self.arn)
                .set_exclusive_start_shard_id(start)
                .send()
                .await?;
            let Some(stream) = answer.stream_description else {
                return Err(StreamError::Unavailable(
                    "the response contains no description".to_owned(),
                ));
            };
            if matches!(
                stream.stream_status,
                Some(StreamStatus::Disabled | StreamStatus::Disabling)
            ) {
                return Err(StreamError::Ended);
            }
            shards.extend(stream.shards.into_iter().flatten().filter_map(|shard| {
                let range = shard.sequence_number_range;
                Some(Shard {
                    id: shard.shard_id?,
                    parent: shard.parent_shard_id,
                    is_open: range.is_none_or(|range| range.ending_sequence_number.is_none()),
                })
            }));
            start = stream.last_evaluated_shard_id;
            if start.is_none() {
                return Ok(shards);
            }
        }
    }

    /// Returns an iterator at a position in a shard, or `None` if the shard has no records from there on.
    ///
    /// # Errors
    ///
    /// [`StreamError`]. It is [`StreamError::Trimmed`] if the position no longer exists.
    pub async fn iterator(
        &self,
        shard: &str,
        position: &ShardPosition,
    ) -> Result<Option<String>, StreamError> {
        let (kind, sequence_number) = match position {
            ShardPosition::Latest => (ShardIteratorType::Latest, None),
            ShardPosition::TrimHorizon => (ShardIteratorType::TrimHorizon, None),
            ShardPosition::AfterSequenceNumber(number) => {
                (ShardIteratorType::AfterSequenceNumber, Some(number))
            }
        };
        let answer = self
            .client
            .get_shard_iterator()
            .stream_arn(&self.arn)
            .shard_id(shard)
            .shard_iterator_type(kind)
            .set_sequence_number(sequence_number.cloned())
            .send()
            .await;
        match answer.map_err(StreamError::from) {
            Ok(answer) => Ok(answer.shard_iterator),
            // There is no iterator yet that could expire, so the position no longer exists.
            Err(StreamError::Expired) => Err(StreamError::Trimmed),
            Err(error) => Err(error),
        }
    }

    /// Reads the records from an iterator on, up to a thousand.
    ///
    /// # Errors
    ///
    /// [`StreamError`]. It is [`StreamError::Expired`] if the iterator is older than 15 minutes.
    pub async fn read(&self, iterator: &str) -> Result<RecordBatch, StreamError> {
        let answer = self
            .client
            .get_records()
            .shard_iterator(iterator)
            .send()
            .await?;
        Ok(RecordBatch {
            records: answer.records.unwrap_or_default(),
            next_iterator: answer.next_shard_iterator,
        })
    }
}
