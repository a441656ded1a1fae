use super::{lineage::Lineage, pace::Pace};
use crate::ssr::{
    hub::Hub,
    store::stream::{Position, StreamError, TableStream},
};
use aws_sdk_dynamodbstreams::types::Record;
use futures::{StreamExt, stream};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use tokio::time;

/// How many shards are read at once.
const AT_ONCE: usize = 8;
/// Between two readings while nobody watches: what comes then is all that was missed, in one reading.
const UNWATCHED: Duration = Duration::from_secs(10);

/// What a follower does with what it reads.
pub(super) trait Reader {
    /// The next records of a shard, in the order of the changes.
    fn read(&self, records: &[Record]);

    /// Something may have been missed before what comes next: reads afresh what is watched here.
    /// `false` if that did not succeed.
    async fn catch_up(&self) -> bool;
}

/// Nothing is added to the stream any more; there may be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StreamEnded;

/// A shard that is being read.
struct Reading {
    shard: String,
    position: Position,
    /// For the position; `None` when it must be asked for.
    iterator: Option<String>,
}

/// What became of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// What there was, or it will be from where it was.
    Read,
    /// There is more at once.
    ReadAndMore,
    /// The shard has ended and was read to its end.
    ShardEnded,
    /// It goes on further ahead: something may have been missed.
    Skipped,
    /// Too many readings, not this one.
    Refused,
    /// Not this time.
    Failed,
    StreamEnded,
}

/// Reads a stream from now on.
pub(super) struct Follower<'a, R> {
    stream: &'a TableStream,
    hub: &'a Hub,
    reader: &'a R,
    lineage: Lineage,
    readings: Vec<Reading>,
    pace: Pace,
    /// Whether the shards must be listed again, because one has ended.
    shards_changed: bool,
    /// Whether something may have been missed and has not been caught up with.
    behind: bool,
}

impl<'a, R: Reader> Follower<'a, R> {
    /// Finds the present end of the stream.
    pub(super) async fn begin(
        stream: &'a TableStream,
        hub: &'a Hub,
        reader: &'a R,
        fastest: Duration,
    ) -> Result<Self, StreamError> {
        let (lineage, start) = Lineage::begin(stream.shards().await?);
        let mut follower = Self {
            stream,
            hub,
            reader,
            lineage,
            readings: Vec::new(),
            pace: Pace::new(fastest, Instant::now()),
            shards_changed: false,
            behind: true,
        };
        follower.add(start);
        Ok(follower)
    }

    fn add(&mut self, shards: Vec<(String, Position)>) {
        let readings = shards.into_iter().map(|(shard, position)| Reading {
            shard,
            position,
            iterator: None,
        });
        self.readings.extend(readings);
    }

    /// Reads round after round, until the stream ends.
    pub(super) async fn run(mut self) -> StreamEnded {
        loop {
            let began = Instant::now();
            match self.round().await {
                Ok(true) => {}
                Ok(false) => self.pause(began).await,
                Err(ended) => return ended,
            }
        }
    }

    /// Waits for the next round, after one that began then.
    async fn pause(&self, began: Instant) {
        let pause = self.pace.pause(chance());
        let arrival = self.hub.arrival();
        if self.hub.is_watched() {
            time::sleep_until((began + pause).into()).await;
        } else {
            let _ = time::timeout_at((began + pause.max(UNWATCHED)).into(), arrival).await;
        }
    }

    /// Reads every shard once. `true` if there is more to read at once.
    async fn round(&mut self) -> Result<bool, StreamEnded> {
        if self.shards_changed {
            self.list_shards().await?;
        }
        let (table, reader) = (self.stream, self.reader);
        let all = std::mem::take(&mut self.readings).into_iter();
        let read = all.map(async |mut reading: Reading| {
            let outcome = reading.read(table, reader).await;
            (reading, outcome)
        });
        let (readings, outcomes): (Vec<Reading>, Vec<Outcome>) =
            stream::iter(read).buffered(AT_ONCE).unzip().await;
        self.readings = readings;
        if outcomes.contains(&Outcome::StreamEnded) {
            return Err(StreamEnded);
        }
        let now = Instant::now();
        if outcomes.contains(&Outcome::Failed) {
            self.pace.failed(now);
        } else if outcomes.contains(&Outcome::Refused) {
            self.pace.refused(now);
        } else {
            self.pace.succeeded(now);
        }
        let mut ended = outcomes
            .iter()
            .map(|outcome| *outcome == Outcome::ShardEnded);
        self.readings.retain(|_| !ended.next().unwrap_or(false));
        self.shards_changed |= outcomes.contains(&Outcome::ShardEnded);
        self.behind |= outcomes.contains(&Outcome::Skipped);
        // Only from where every shard has its place on can nothing be missed any more.
        if self.behind
            && self
                .readings
                .iter()
                .all(|reading| reading.iterator.is_some())
        {
            self.behind = !self.reader.catch_up().await;
            if self.behind {
                self.pace.failed(Instant::now());
            }
        }
        Ok(self.shards_changed || outcomes.contains(&Outcome::ReadAndMore))
    }

    /// Begins with the children of what has ended. They may not be listed at once.
    async fn list_shards(&mut self) -> Result<(), StreamEnded> {
        match self.stream.shards().await {
            Ok(shards) => {
                let reading = self.readings.iter().map(|reading| reading.shard.as_str());
                let next = self.lineage.next(&shards, &reading.collect::<HashSet<_>>());
                self.shards_changed = next.is_empty() && self.readings.is_empty();
                self.add(next);
                if self.shards_changed {
                    self.wait().await;
                }
                Ok(())
            }
            Err(StreamError::Ended) => Err(StreamEnded),
            Err(error) => {
                tracing::warn!(%error, "the shards of a stream could not be listed");
                self.wait().await;
                Ok(())
            }
        }
    }

    async fn wait(&mut self) {
        self.pace.failed(Instant::now());
        time::sleep(self.pace.pause(chance())).await;
    }
}

impl Reading {
    async fn read(&mut self, stream: &TableStream, reader: &impl Reader) -> Outcome {
        match self.try_read(stream, reader).await {
            Ok(outcome) => outcome,
            Err(StreamError::Ended) => Outcome::StreamEnded,
            Err(StreamError::Expired) => {
                self.iterator = None;
                // Where nothing has been read yet, there is no place to come back to.
                if self.position == Position::Latest {
                    Outcome::Skipped
                } else {
                    Outcome::Read
                }
            }
            Err(StreamError::Trimmed) => {
                self.iterator = None;
                self.position = Position::Latest;
                Outcome::Skipped
            }
            Err(StreamError::Throttled) => Outcome::Refused,
            Err(error @ StreamError::Unavailable(_)) => {
                tracing::debug!(%error, shard = self.shard, "a shard was not read");
                Outcome::Failed
            }
        }
    }

    async fn try_read(
        &mut self,
        stream: &TableStream,
        reader: &impl Reader,
    ) -> Result<Outcome, StreamError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => match stream.iterator(&self.shard, &self.position).await? {
                Some(iterator) => iterator,
                None => return Ok(Outcome::ShardEnded),
            },
        };
        // Kept for the next time, should this reading fail.
        let iterator = self.iterator.insert(iterator);
        let batch = stream.read(iterator).await?;
        reader.read(&batch.records);
        if let Some(position) = batch.position() {
            self.position = position;
        }
        let is_full = batch.is_full();
        self.iterator = batch.next;
        Ok(match (&self.iterator, is_full) {
            (None, _) => Outcome::ShardEnded,
            (Some(_), true) => Outcome::ReadAndMore,
            (Some(_), false) => Outcome::Read,
        })
    }
}

/// A random number from 0 to 1; the middle where the system has none.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
