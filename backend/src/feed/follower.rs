use super::{
    failures::{Failures, StopReason},
    lineage::Lineage,
    pace::Pace,
};
use crate::{
    hub::Hub,
    metrics,
    store::stream::{ShardPosition, StreamError, TableStream},
};
use aws_sdk_dynamodbstreams::types::Record;
use futures::{StreamExt, stream};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use tokio::time;

/// The maximum number of shards that are read concurrently.
const MAX_CONCURRENT_READS: usize = 8;
/// The interval between two reads while there are no watchers. The next read then returns all changes since
/// the last one.
const IDLE_INTERVAL: Duration = Duration::from_secs(10);
/// The interval between two listings of the shards while a new shard is expected.
const SHORT_LIST_INTERVAL: Duration = Duration::from_secs(1);
/// The interval between two listings at other times, in case a shard was overlooked.
const LONG_LIST_INTERVAL: Duration = Duration::from_secs(60);

/// A handler of the records of one table's stream.
pub(super) trait StreamHandler {
    /// The name of the table, without its prefix, for metrics and the log.
    const TABLE: &'static str;

    /// Handles the next records of a shard, in the order of the changes.
    fn handle(&self, records: &[Record]);

    /// Called once every shard has a position. From here on no change is missed, but earlier ones may have
    /// been.
    fn started(&self);

    /// Called at the end of following. From here on changes may be missed.
    fn stopped(&self);

    /// Reloads the data that was watched at the last call of [`started`](Self::started). Returns false on
    /// failure.
    async fn catch_up(&self) -> bool;
}

/// A reader of one shard.
struct ShardReader {
    shard: String,
    position: ShardPosition,
    /// The iterator at the position, or `None` if it has to be requested.
    iterator: Option<String>,
    pace: Pace,
    failures: Failures,
    /// The time of the next read.
    due: Instant,
    /// True if the last read skipped records.
    has_skipped: bool,
}

/// The result of one read of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadResult {
    /// The records have been handled, or the iterator has expired and will be replaced without a loss.
    Read,
    /// The records have been handled, and more are available at once.
    ReadMoreAvailable,
    /// The shard has ended and has been read to its end.
    ShardEnded,
    /// Reading continues at the latest record, so changes may have been missed.
    Skipped,
    /// The read was throttled.
    Throttled,
    /// The read failed and will be repeated.
    Failed,
}

/// The state of a gap in the changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// There is no gap.
    None,
    /// Some shards have no position yet, so changes may still be missed.
    Open,
    /// No more changes are missed, but the watched data has not been reloaded yet.
    Closed,
}

/// A follower of a stream, which reads it from its current end.
pub(super) struct Follower<'a, H> {
    stream: &'a TableStream,
    hub: &'a Hub,
    handler: &'a H,
    min_interval: Duration,
    lineage: Lineage,
    readers: Vec<ShardReader>,
    /// True while a new shard is expected.
    is_incomplete: bool,
    /// The time of the next listing of the shards.
    list_due: Instant,
    list_failures: Failures,
    gap: Gap,
}

impl<'a, H: StreamHandler> Follower<'a, H> {
    /// Creates a follower that starts at the current end of the stream.
    pub(super) async fn new(
        stream: &'a TableStream,
        hub: &'a Hub,
        handler: &'a H,
        min_interval: Duration,
    ) -> Result<Self, StreamError> {
        let shards = stream.shards().await?;
        let (lineage, start) = Lineage::new(&shards);
        let mut follower = Self {
            stream,
            hub,
            handler,
            min_interval,
            is_incomplete: lineage.expects_more(&shards, &HashSet::new()),
            lineage,
            readers: Vec::new(),
            list_due: Instant::now(),
            list_failures: Failures::default(),
            gap: Gap::Open,
        };
        follower.add(start);
        follower.schedule_listing();
        Ok(follower)
    }

    fn add(&mut self, shards: Vec<(String, ShardPosition)>) {
        let now = Instant::now();
        let readers = shards.into_iter().map(|(shard, position)| ShardReader {
            shard,
            position,
            iterator: None,
            pace: Pace::new(self.min_interval, now),
            failures: Failures::default(),
            due: now,
            has_skipped: false,
        });
        self.readers.extend(readers);
    }

    fn schedule_listing(&mut self) {
        let interval = if self.is_incomplete {
            SHORT_LIST_INTERVAL
        } else {
            LONG_LIST_INTERVAL
        };
        self.list_due = Instant::now() + interval;
    }

    /// Reads continuously, until the stream ends or has to be abandoned.
    pub(super) async fn run(mut self) -> StopReason {
        loop {
            if Instant::now() >= self.list_due
                && let Err(reason) = self.list_shards().await
            {
                return reason;
            }
            if let Err(reason) = self.read_due().await {
                return reason;
            }
            self.close_gap().await;
            self.wait().await;
        }
    }

    /// Waits until a read or a listing is due. Without watchers, waits for the idle interval instead, or
    /// until a watcher is added.
    async fn wait(&self) {
        let due = self.readers.iter().map(|reader| reader.due);
        let next = due.fold(self.list_due, Instant::min);
        let watcher_added = self.hub.watcher_added();
        if self.hub.has_watchers() || self.gap != Gap::None {
            time::sleep_until(next.into()).await;
        } else {
            let _ = time::timeout(IDLE_INTERVAL, watcher_added).await;
        }
    }

    /// Reads every shard that is due.
    async fn read_due(&mut self) -> Result<(), StopReason> {
        let now = Instant::now();
        let all = std::mem::take(&mut self.readers).into_iter();
        let (due, others): (Vec<ShardReader>, _) = all.partition(|reader| reader.due <= now);
        self.readers = others;
        let (table, handler) = (self.stream, self.handler);
        let read = due.into_iter().map(async |mut reader: ShardReader| {
            let result = reader.read(table, handler).await;
            (reader, result)
        });
        let results: Vec<(ShardReader, Result<ReadResult, StopReason>)> = stream::iter(read)
            .buffer_unordered(MAX_CONCURRENT_READS)
            .collect()
            .await;
        for (reader, result) in results {
            match result? {
                ReadResult::ShardEnded => {
                    // The children of the shard may not be listed yet.
                    self.is_incomplete = true;
                    self.list_due = now;
                    continue;
                }
                ReadResult::Skipped => self.gap = Gap::Open,
                ReadResult::Read
                | ReadResult::ReadMoreAvailable
                | ReadResult::Throttled
                | ReadResult::Failed => {}
            }
            self.readers.push(reader);
        }
        Ok(())
    }

    /// Lists the shards, and starts to read new ones.
    async fn list_shards(&mut self) -> Result<(), StopReason> {
        match self.stream.shards().await {
            Ok(shards) => {
                self.list_failures.succeeded();
                let reading = self.readers.iter().map(|reader| reader.shard.as_str());
                let reading: HashSet<&str> = reading.collect();
                let next = self.lineage.next_shards(&shards, &reading);
                self.is_incomplete = self.lineage.expects_more(&shards, &reading);
                self.add(next);
            }
            Err(StreamError::Ended) => return Err(StopReason::StreamEnded),
            Err(error) => {
                tracing::warn!(%error, "the shards of a stream could not be listed");
                // If no new shard is expected, no changes are missed.
                if self.is_incomplete {
                    self.list_failures.failed(error, Instant::now())?;
                }
            }
        }
        self.schedule_listing();
        Ok(())
    }

    /// Closes an open gap once every shard has an iterator, because no more changes are missed from there on.
    async fn close_gap(&mut self) {
        let mut iterators = self.readers.iter().map(|reader| &reader.iterator);
        if self.gap == Gap::Open && !self.is_incomplete && iterators.all(Option::is_some) {
            self.handler.started();
            self.gap = Gap::Closed;
        }
        if self.gap == Gap::Closed && self.handler.catch_up().await {
            metrics::feed_gap_closed(H::TABLE);
            self.gap = Gap::None;
        }
    }
}

impl ShardReader {
    /// Reads the shard once, and schedules the next read.
    async fn read<H: StreamHandler>(
        &mut self,
        stream: &TableStream,
        handler: &H,
    ) -> Result<ReadResult, StopReason> {
        let started = Instant::now();
        let result = self.try_read(stream, handler).await;
        metrics::feed_read(
            H::TABLE,
            result.as_ref().map_or_else(StreamError::label, |_| "ok"),
        );
        let result = match result {
            Ok(result) => result,
            Err(StreamError::Expired) => {
                self.iterator = None;
                // Before the first record there is no sequence number to resume from.
                if self.position == ShardPosition::Latest {
                    ReadResult::Skipped
                } else {
                    ReadResult::Read
                }
            }
            Err(StreamError::Trimmed) => {
                self.iterator = None;
                self.position = ShardPosition::Latest;
                ReadResult::Skipped
            }
            Err(StreamError::Throttled) => ReadResult::Throttled,
            Err(error) => {
                tracing::debug!(%error, shard = self.shard, "a shard could not be read");
                self.failures.failed(error, Instant::now())?;
                ReadResult::Failed
            }
        };
        if !matches!(result, ReadResult::Throttled | ReadResult::Failed) {
            self.failures.succeeded();
        }
        self.schedule(started, result);
        Ok(result)
    }

    /// Schedules the next read.
    fn schedule(&mut self, started: Instant, result: ReadResult) {
        let now = Instant::now();
        match result {
            ReadResult::Throttled => self.pace.throttled(now),
            ReadResult::Failed => self.pace.failed(now),
            _ => self.pace.succeeded(now),
        }
        let skipped = result == ReadResult::Skipped;
        // After a skip, watchers wait for the missed changes. Repeated skips must not cause a busy loop.
        let is_urgent = result == ReadResult::ReadMoreAvailable || skipped && !self.has_skipped;
        self.has_skipped = skipped;
        self.due = if is_urgent {
            now
        } else {
            started + self.pace.interval(random_fraction())
        };
    }

    /// Reads the next records, if possible, and hands them to the handler.
    async fn try_read<H: StreamHandler>(
        &mut self,
        stream: &TableStream,
        handler: &H,
    ) -> Result<ReadResult, StreamError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => match stream.iterator(&self.shard, &self.position).await? {
                Some(iterator) => iterator,
                None => return Ok(ReadResult::ShardEnded),
            },
        };
        // Kept for the next attempt, in case this read fails.
        let iterator = self.iterator.insert(iterator);
        let batch = stream.read(iterator).await?;
        metrics::feed_records(H::TABLE, batch.records.len());
        handler.handle(&batch.records);
        if let Some(position) = batch.position() {
            self.position = position;
        }
        let is_full = batch.is_full();
        self.iterator = batch.next_iterator;
        Ok(match (&self.iterator, is_full) {
            (None, _) => ReadResult::ShardEnded,
            (Some(_), true) => ReadResult::ReadMoreAvailable,
            (Some(_), false) => ReadResult::Read,
        })
    }
}

/// Returns a random number from 0 to 1, or 0.5 if the system provides none.
fn random_fraction() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
