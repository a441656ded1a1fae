//! The DynamoDB stream of a table: who reads it learns of every change that any instance has made.
//!
//! A stream consists of shards. A shard ends after some hours or when its partition is split; what
//! comes after it is in its children. A place in a shard is an iterator, which expires after 15
//! minutes; records are kept for 24 hours. Reading a stream costs no read units of the table.
//! (Amazon DynamoDB Developer Guide, "Change data capture for DynamoDB Streams".)

use super::{Store, StoreError, error::is_throttling};
use aws_sdk_dynamodb::types::StreamViewType;
use aws_sdk_dynamodbstreams::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{Record, ShardIteratorType, StreamStatus},
};
use std::error::Error;

/// The most records that one answer has.
const FULL: usize = 1000;

/// The stream of one table.
#[derive(Clone, Debug)]
pub struct TableStream {
    client: Client,
    arn: String,
}

/// A part of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// What it is called.
    pub id: String,
    /// The one that it continues, which may be forgotten by now.
    pub parent: Option<String>,
    /// Whether more records may be added to it.
    pub is_open: bool,
}

/// From where to read a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// After its latest record: only what happens from now on.
    Latest,
    /// From its first record.
    First,
    /// After the record with this sequence number.
    After(String),
}

/// What one reading of a shard gave.
#[derive(Debug)]
pub struct Batch {
    /// In the order of the changes.
    pub records: Vec<Record>,
    /// Where to go on; `None` when the shard has ended and has been read to its end.
    pub next: Option<String>,
}

impl Batch {
    /// Whether there is probably more to read at once.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.records.len() >= FULL
    }

    /// Behind its last record.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let last = self.records.last()?.dynamodb()?;
        Some(Position::After(last.sequence_number()?.to_owned()))
    }
}

/// Why a stream could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// It is read too often, by all its readers together.
    #[error("the stream is read too often")]
    Throttled,
    /// The iterator is too old.
    #[error("the iterator has expired")]
    Expired,
    /// The records there have been removed for their age.
    #[error("the records have been trimmed")]
    Trimmed,
    /// There is no such stream or shard any more, or nothing is added to it any more.
    #[error("the stream has ended")]
    Ended,
    /// There is no right to read it.
    #[error("the stream may not be read: {0}")]
    Denied(String),
    /// The service could not be reached, did not answer in time, or failed.
    #[error("the stream is unavailable: {0}")]
    Unavailable(String),
}

impl StreamError {
    /// One word for it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
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
        // Told by code, because the service throttles with several that the operations do not list.
        match error.code() {
            Some(code) if is_throttling(code) => Self::Throttled,
            // The second is what DynamoDB Local says of an iterator from before it was restarted.
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
    /// The stream of `Games`, if it has one with both images of each item.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::MissingTable`].
    pub async fn games_stream(&self) -> Result<Option<TableStream>, StoreError> {
        let both = |view: &StreamViewType| *view == StreamViewType::NewAndOldImages;
        self.stream(&self.tables.games, both).await
    }

    /// The stream of `Sessions`, whatever images it has: the keys are enough.
    ///
    /// # Errors
    ///
    /// As [`Self::games_stream`].
    pub async fn sessions_stream(&self) -> Result<Option<TableStream>, StoreError> {
        self.stream(&self.tables.sessions, |_| true).await
    }

    async fn stream(
        &self,
        table: &str,
        has_enough: impl Fn(&StreamViewType) -> bool,
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
        // The ARN stays when a stream is switched off; the specification goes.
        let view = described
            .stream_specification
            .filter(|stream| stream.stream_enabled)
            .and_then(|stream| stream.stream_view_type);
        Ok(match (view, described.latest_stream_arn) {
            (Some(view), Some(arn)) if has_enough(&view) => Some(TableStream {
                client: client.clone(),
                arn,
            }),
            _ => None,
        })
    }
}

impl TableStream {
    /// All shards that are still known, those that have ended included.
    ///
    /// # Errors
    ///
    /// [`StreamError::Ended`] also where nothing will be added to the stream any more.
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
                return Err(StreamError::Unavailable("no description".to_owned()));
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

    /// An iterator at a position of a shard; `None` where there is nothing to read from there.
    ///
    /// # Errors
    ///
    /// [`StreamError`]; [`StreamError::Trimmed`] when the position lies too far back.
    pub async fn iterator(
        &self,
        shard: &str,
        position: &Position,
    ) -> Result<Option<String>, StreamError> {
        let (kind, sequence_number) = match position {
            Position::Latest => (ShardIteratorType::Latest, None),
            Position::First => (ShardIteratorType::TrimHorizon, None),
            Position::After(number) => (ShardIteratorType::AfterSequenceNumber, Some(number)),
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
            // It is the position, then, that is not known any more.
            Err(StreamError::Expired) => Err(StreamError::Trimmed),
            Err(error) => Err(error),
        }
    }

    /// What there is from an iterator on.
    ///
    /// # Errors
    ///
    /// [`StreamError`]; [`StreamError::Expired`] for an iterator older than 15 minutes.
    pub async fn read(&self, iterator: &str) -> Result<Batch, StreamError> {
        let answer = self
            .client
            .get_records()
            .shard_iterator(iterator)
            .send()
            .await?;
        Ok(Batch {
            records: answer.records.unwrap_or_default(),
            next: answer.next_shard_iterator,
        })
    }
}
