//! The change feed, through which an instance learns of the changes by other instances.
//!
//! | file | subject |
//! |---|---|
//! | `games`, `sessions` | publishing the changes of the two tables |
//! | `follower` | reading all shards of a table's stream, continuously |
//! | `failures` | repeated failures, and the decision to abandon a stream |
//! | `lineage` | the order of parent and child shards |
//! | `pace` | the read rate of a shard, lowered by throttling |
//! | [`polling`] | polling of the watched data of a table without a stream |
//! | `schedule` | the times of the next polls |
//!
//! The watched data is reloaded whenever changes may have been missed: when the feed starts, when an iterator
//! has expired, or when records have been trimmed. See `docs/decisions/change-feed.md`.

mod failures;
mod follower;
mod games;
mod lineage;
mod pace;
pub mod polling;
mod schedule;
mod sessions;

use super::{
    Backend,
    hub::Hub,
    store::{
        StoreError,
        stream::{StreamError, TableStream},
    },
};
use failures::StopReason;
use follower::{Follower, StreamHandler};
use std::time::Duration;
use tokio::time;

/// The delay before the next attempt to read a stream that failed.
const RETRY_DELAY: Duration = Duration::from_secs(10);
/// The delay between the end of a stream and the search for its successor.
const NEXT_STREAM_DELAY: Duration = Duration::from_secs(1);
/// The interval of checks for a stream on a table that has none, or none that this process may read.
const STREAM_CHECK_INTERVAL: Duration = Duration::from_secs(60);

/// Follows the tables until the future is dropped. Returns at once if no other process uses the tables.
pub async fn follow(backend: Backend) {
    if backend.store.is_shared() {
        futures::join!(games::follow(&backend), sessions::follow(&backend));
    }
}

/// Follows a table's stream to its end.
///
/// # Errors
///
/// The delay before the next attempt, if there is no stream or it cannot be read.
async fn follow_stream<H: StreamHandler>(
    found: Result<Option<TableStream>, StoreError>,
    hub: &Hub,
    handler: &H,
    min_interval: Duration,
) -> Result<(), Duration> {
    let table = H::TABLE;
    let stream = match found {
        Ok(Some(stream)) => stream,
        Ok(None) => return Err(STREAM_CHECK_INTERVAL),
        Err(error) => {
            tracing::warn!(table, %error, "the stream of the table could not be looked up");
            return Err(RETRY_DELAY);
        }
    };
    let reason = match Follower::new(&stream, hub, handler, min_interval).await {
        Ok(follower) => {
            let reason = follower.run().await;
            handler.stopped();
            reason
        }
        Err(error @ StreamError::Denied(_)) => StopReason::Denied(error),
        Err(error) => StopReason::Failing(error),
    };
    let (error, delay) = match reason {
        StopReason::StreamEnded => {
            tracing::info!(table, "the table's stream has ended");
            time::sleep(NEXT_STREAM_DELAY).await;
            return Ok(());
        }
        StopReason::Failing(error) => (error, RETRY_DELAY),
        StopReason::Denied(error) => (error, STREAM_CHECK_INTERVAL),
    };
    tracing::warn!(table, %error, "the table's stream can't be followed");
    Err(delay)
}

/// Waits until the hub has a watcher, or until the timeout.
async fn wait_for_watcher(hub: &Hub, timeout: Duration) {
    let watched = async {
        loop {
            let watcher_added = hub.watcher_added();
            if hub.has_watchers() {
                return;
            }
            watcher_added.await;
        }
    };
    let _ = time::timeout(timeout, watched).await;
}
