//! Closing the streams of sessions that ended on other instances.

use super::{follow_stream, follower::StreamHandler, wait_for_watcher};
use crate::{
    Backend,
    store::{StoreError, changes::ended_session},
};
use aws_sdk_dynamodbstreams::types::Record;
use std::time::{Duration, Instant};
use tokio::time;

/// The minimum interval between two reads of a shard. A log-out must take effect on every instance within
/// ten seconds.
const MIN_INTERVAL: Duration = Duration::from_secs(3);
/// The interval between two checks of the sessions of open streams, if the table has no stream.
const POLL_INTERVAL: Duration = Duration::from_secs(4);

/// A stream handler that ends the sessions which ended on other instances.
struct SessionHandler<'a>(&'a Backend);

impl SessionHandler<'_> {
    /// Looks up the sessions of the open streams, and ends those that no longer exist.
    async fn check_watched(&self) -> Result<(), StoreError> {
        let watched = self.0.hub.watched().sessions;
        for session in self.0.store.ended_sessions(watched).await? {
            self.0.session_ended(&session);
        }
        Ok(())
    }
}

impl StreamHandler for SessionHandler<'_> {
    const TABLE: &'static str = "Sessions";

    fn handle(&self, records: &[Record]) {
        for session in records.iter().filter_map(ended_session) {
            self.0.session_ended(&session);
        }
    }

    fn started(&self) {}

    fn stopped(&self) {}

    async fn catch_up(&self) -> bool {
        let result = self.check_watched().await;
        if let Err(error) = &result {
            tracing::warn!(%error, "the sessions of open streams could not be looked up");
        }
        result.is_ok()
    }
}

/// Follows the table forever. Polls the sessions of open streams while there is no stream.
pub(super) async fn follow(backend: &Backend) {
    let handler = SessionHandler(backend);
    loop {
        let found = backend.store.sessions_stream().await;
        if let Err(delay) = follow_stream(found, &backend.hub, &handler, MIN_INTERVAL).await {
            poll(&handler, delay).await;
        }
    }
}

/// Polls the sessions of open streams while there are any, for `duration` at most. Each session costs a read
/// each time.
async fn poll(handler: &SessionHandler<'_>, duration: Duration) {
    let started = Instant::now();
    let hub = &handler.0.hub;
    wait_for_watcher(hub, duration).await;
    while started.elapsed() < duration && hub.has_watchers() {
        handler.catch_up().await;
        time::sleep(POLL_INTERVAL).await;
    }
}
