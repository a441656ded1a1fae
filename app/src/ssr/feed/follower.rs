use super::{lineage::Lineage, pace::Pace};
use crate::ssr::{
    hub::Hub,
    metrics,
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
/// Between two listings of the shards while one is expected to appear.
const LIST_SOON: Duration = Duration::from_secs(1);
/// And while none is: a shard that is overlooked for whatever reason is not overlooked for long.
const LIST_LATER: Duration = Duration::from_secs(60);
/// How long a shard, or the list of them, may fail before the stream is done without.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a follower does with what it reads.
pub(super) trait Reader {
    /// The table whose stream it is, as people call it.
    const TABLE: &'static str;

    /// The next records of a shard, in the order of the changes.
    fn read(&self, records: &[Record]);

    /// From here on nothing is missed; what happened before may have been.
    fn begin(&self);

    /// Whatever happens from here on may be missed.
    fn end(&self);

    /// Reads afresh what was watched here when it last began. `false` if that did not succeed.
    async fn catch_up(&self) -> bool;
}

/// Why a follower does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing is added to the stream any more; there may be another.
    StreamEnded,
    /// It has failed for too long, and what is in it is missed.
    Failing(StreamError),
    /// There is no right to read it.
    Denied(StreamError),
}

/// Since when something fails.
#[derive(Debug, Default)]
struct Failures {
    since: Option<Instant>,
}

impl Failures {
    fn succeeded(&mut self) {
        self.since = None;
    }

    /// Whether that is reason enough to do without the stream.
    fn failed(&mut self, error: StreamError, now: Instant) -> Result<(), End> {
        let since = *self.since.get_or_insert(now);
        match error {
            StreamError::Ended => Err(End::StreamEnded),
            StreamError::Denied(_) => Err(End::Denied(error)),
            _ if now.duration_since(since) > PATIENCE => Err(End::Failing(error)),
            _ => Ok(()),
        }
    }
}

/// A shard that is being read.
struct Reading {
    shard: String,
    position: Position,
    /// For the position; `None` when it must be asked for.
    iterator: Option<String>,
    pace: Pace,
    failures: Failures,
    /// When to read next.
    due: Instant,
    /// Whether the last reading was skipped ahead.
    has_skipped: bool,
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
}

/// How far the follower is with what it may have missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    None,
    /// Not every shard has its place yet, from which on nothing is missed.
    Open,
    /// Nothing more is missed, but what is watched has not been read afresh.
    Closed,
}

/// Reads a stream from now on.
pub(super) struct Follower<'a, R> {
    stream: &'a TableStream,
    hub: &'a Hub,
    reader: &'a R,
    fastest: Duration,
    lineage: Lineage,
    readings: Vec<Reading>,
    /// Whether a shard is expected to appear.
    is_incomplete: bool,
    /// When to list the shards next.
    list_due: Instant,
    list_failures: Failures,
    gap: Gap,
}

impl<'a, R: Reader> Follower<'a, R> {
    /// Finds the present end of the stream.
    pub(super) async fn begin(
        stream: &'a TableStream,
        hub: &'a Hub,
        reader: &'a R,
        fastest: Duration,
    ) -> Result<Self, StreamError> {
        let shards = stream.shards().await?;
        let (lineage, start) = Lineage::begin(&shards);
        let mut follower = Self {
            stream,
            hub,
            reader,
            fastest,
            is_incomplete: lineage.expects_more(&shards, &HashSet::new()),
            lineage,
            readings: Vec::new(),
            list_due: Instant::now(),
            list_failures: Failures::default(),
            gap: Gap::Open,
        };
        follower.add(start);
        follower.plan_listing();
        Ok(follower)
    }

    fn add(&mut self, shards: Vec<(String, Position)>) {
        let now = Instant::now();
        let readings = shards.into_iter().map(|(shard, position)| Reading {
            shard,
            position,
            iterator: None,
            pace: Pace::new(self.fastest, now),
            failures: Failures::default(),
            due: now,
            has_skipped: false,
        });
        self.readings.extend(readings);
    }

    fn plan_listing(&mut self) {
        let pause = if self.is_incomplete {
            LIST_SOON
        } else {
            LIST_LATER
        };
        self.list_due = Instant::now() + pause;
    }

    /// Reads on and on, until the stream ends or can't be read.
    pub(super) async fn run(mut self) -> End {
        loop {
            if Instant::now() >= self.list_due
                && let Err(end) = self.list_shards().await
            {
                return end;
            }
            if let Err(end) = self.read_due().await {
                return end;
            }
            self.close_gap().await;
            self.wait().await;
        }
    }

    /// Until something is due; or, while nobody watches, for a while, or until somebody does.
    async fn wait(&self) {
        let readings = self.readings.iter().map(|reading| reading.due);
        let next = readings.fold(self.list_due, Instant::min);
        let arrival = self.hub.arrival();
        if self.hub.is_watched() || self.gap != Gap::None {
            time::sleep_until(next.into()).await;
        } else {
            let _ = time::timeout_at((Instant::now() + UNWATCHED).into(), arrival).await;
        }
    }

    /// Reads every shard that is due.
    async fn read_due(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let all = std::mem::take(&mut self.readings).into_iter();
        let (due, others): (Vec<Reading>, _) = all.partition(|reading| reading.due <= now);
        self.readings = others;
        let (table, reader) = (self.stream, self.reader);
        let read = due.into_iter().map(async |mut reading: Reading| {
            let outcome = reading.read(table, reader).await;
            (reading, outcome)
        });
        let results: Vec<(Reading, Result<Outcome, End>)> =
            stream::iter(read).buffer_unordered(AT_ONCE).collect().await;
        for (reading, outcome) in results {
            match outcome? {
                Outcome::ShardEnded => {
                    // Its children may not be listed at once.
                    self.is_incomplete = true;
                    self.list_due = now;
                    continue;
                }
                Outcome::Skipped => self.gap = Gap::Open,
                Outcome::Read | Outcome::ReadAndMore | Outcome::Refused | Outcome::Failed => {}
            }
            self.readings.push(reading);
        }
        Ok(())
    }

    /// Begins with shards that have appeared.
    async fn list_shards(&mut self) -> Result<(), End> {
        match self.stream.shards().await {
            Ok(shards) => {
                self.list_failures.succeeded();
                let reading = self.readings.iter().map(|reading| reading.shard.as_str());
                let reading: HashSet<&str> = reading.collect();
                let next = self.lineage.next(&shards, &reading);
                self.is_incomplete = self.lineage.expects_more(&shards, &reading);
                self.add(next);
            }
            Err(StreamError::Ended) => return Err(End::StreamEnded),
            Err(error) => {
                tracing::warn!(%error, "the shards of a stream could not be listed");
                // Where no shard is expected, nothing is missed.
                if self.is_incomplete {
                    self.list_failures.failed(error, Instant::now())?;
                }
            }
        }
        self.plan_listing();
        Ok(())
    }

    /// Only from where every shard has its place on can nothing be missed any more.
    async fn close_gap(&mut self) {
        let mut places = self.readings.iter().map(|reading| &reading.iterator);
        if self.gap == Gap::Open && !self.is_incomplete && places.all(Option::is_some) {
            self.reader.begin();
            self.gap = Gap::Closed;
        }
        if self.gap == Gap::Closed && self.reader.catch_up().await {
            metrics::feed_gap_closed(R::TABLE);
            self.gap = Gap::None;
        }
    }
}

impl Reading {
    async fn read<R: Reader>(&mut self, stream: &TableStream, reader: &R) -> Result<Outcome, End> {
        let began = Instant::now();
        let result = self.try_read(stream, reader).await;
        metrics::feed_read(
            R::TABLE,
            result.as_ref().map_or_else(StreamError::name, |_| "ok"),
        );
        let outcome = match result {
            Ok(outcome) => outcome,
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
            Err(error) => {
                tracing::debug!(%error, shard = self.shard, "a shard was not read");
                self.failures.failed(error, Instant::now())?;
                Outcome::Failed
            }
        };
        if !matches!(outcome, Outcome::Refused | Outcome::Failed) {
            self.failures.succeeded();
        }
        self.plan(began, outcome);
        Ok(outcome)
    }

    /// When to read next, after a reading that began then.
    fn plan(&mut self, began: Instant, outcome: Outcome) {
        let now = Instant::now();
        match outcome {
            Outcome::Refused => self.pace.refused(now),
            Outcome::Failed => self.pace.failed(now),
            _ => self.pace.succeeded(now),
        }
        let skips = outcome == Outcome::Skipped;
        // What was missed is waited for; but not again and again.
        let is_urgent = outcome == Outcome::ReadAndMore || skips && !self.has_skipped;
        self.has_skipped = skips;
        self.due = if is_urgent {
            now
        } else {
            began + self.pace.pause(chance())
        };
    }

    async fn try_read<R: Reader>(
        &mut self,
        stream: &TableStream,
        reader: &R,
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
        metrics::feed_records(R::TABLE, batch.records.len());
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_stream_is_given_up_when_it_fails_for_long_and_not_for_a_moment() {
        let error = || StreamError::Unavailable("busy".to_owned());
        let begin = Instant::now();
        let mut failures = Failures::default();
        assert_eq!(failures.failed(error(), begin), Ok(()));
        assert_eq!(failures.failed(error(), begin + PATIENCE), Ok(()));
        let late = begin + PATIENCE + SECOND;
        assert_eq!(failures.failed(error(), late), Err(End::Failing(error())));
        failures.succeeded();
        assert_eq!(failures.failed(error(), late), Ok(()));
    }

    #[test]
    fn a_stream_that_may_not_be_read_is_given_up_at_once() {
        let denied = || StreamError::Denied("no".to_owned());
        let mut failures = Failures::default();
        assert_eq!(
            failures.failed(denied(), Instant::now()),
            Err(End::Denied(denied()))
        );
    }
}
