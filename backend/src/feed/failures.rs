use crate::store::stream::StreamError;
use std::time::{Duration, Instant};

/// The time for which a shard, or the listing of shards, may fail before the stream is abandoned.
const FAILURE_TIMEOUT: Duration = Duration::from_secs(15);

/// The reason for which a follower stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StopReason {
    /// The stream receives no more records. The table may have another stream.
    StreamEnded,
    /// The stream has failed for too long, and its changes are missed.
    Failing(StreamError),
    /// Access to the stream is denied.
    Denied(StreamError),
}

/// A series of failures without a success in between.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// The time of the first failure.
    since: Option<Instant>,
}

impl Failures {
    /// Records a success, which ends the series of failures.
    pub(super) fn succeeded(&mut self) {
        self.since = None;
    }

    /// Records a failure. Returns the reason to stop, if the stream must be abandoned.
    pub(super) fn failed(&mut self, error: StreamError, now: Instant) -> Result<(), StopReason> {
        let since = *self.since.get_or_insert(now);
        match error {
            StreamError::Ended => Err(StopReason::StreamEnded),
            StreamError::Denied(_) => Err(StopReason::Denied(error)),
            _ if now.duration_since(since) > FAILURE_TIMEOUT => Err(StopReason::Failing(error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_stream_is_abandoned_after_the_failure_timeout() {
        let error = || StreamError::Unavailable("busy".to_owned());
        let start = Instant::now();
        let mut failures = Failures::default();
        assert_eq!(failures.failed(error(), start), Ok(()));
        assert_eq!(failures.failed(error(), start + FAILURE_TIMEOUT), Ok(()));
        let late = start + FAILURE_TIMEOUT + SECOND;
        assert_eq!(
            failures.failed(error(), late),
            Err(StopReason::Failing(error()))
        );
        failures.succeeded();
        assert_eq!(failures.failed(error(), late), Ok(()));
    }

    #[test]
    fn a_denied_stream_is_abandoned_at_once() {
        let denied = || StreamError::Denied("no".to_owned());
        let mut failures = Failures::default();
        assert_eq!(
            failures.failed(denied(), Instant::now()),
            Err(StopReason::Denied(denied()))
        );
    }
}
