//! The change feed: how an instance hears of what other instances write.
//!
//! | file | subject |
//! |---|---|
//! | `games`, `sessions` | what is made of the changes of the two tables |
//! | `follower` | reading a table's stream to its present end, again and again |
//! | `lineage` | which shard comes after which |
//! | `pace` | how often to read, and slowing down when refused |
//! | [`reread`] | without a stream: reading again what is watched here |
//! | `schedule` | when to read what again |
//!
//! Whenever something may have been missed (when the feed begins, when an iterator expired or records
//! were trimmed), what is watched here is read afresh; see `docs/decisions/change-feed.md`.

mod follower;
mod games;
mod lineage;
mod pace;
pub mod reread;
mod schedule;
mod sessions;

use super::{
    hub::Hub,
    state::AppState,
    store::{
        StoreError,
        stream::{StreamError, TableStream},
    },
};
use follower::{End, Follower, Reader};
use std::time::Duration;
use tokio::time;

/// How long to do without a stream that could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// Between the end of a stream and the look for another.
const BEFORE_THE_NEXT: Duration = Duration::from_secs(1);
/// How often a table without a stream that may be read is asked whether it has one by now.
const LOOK_FOR_STREAM: Duration = Duration::from_secs(60);

/// Follows the tables until dropped. Where the tables are this process's alone there is nothing to
/// follow, and it ends at once.
pub async fn follow(state: AppState) {
    if state.store.is_shared() {
        futures::join!(games::follow(&state), sessions::follow(&state));
    }
}

/// Follows the stream that a table was found to have, to its end. `Err` says how long to do without one:
/// there may be one that can be read then.
async fn follow_stream<R: Reader>(
    found: Result<Option<TableStream>, StoreError>,
    hub: &Hub,
    reader: &R,
    fastest: Duration,
) -> Result<(), Duration> {
    let table = R::TABLE;
    let stream = match found {
        Ok(Some(stream)) => stream,
        Ok(None) => return Err(LOOK_FOR_STREAM),
        Err(error) => {
            tracing::warn!(table, %error, "the table could not be asked for its stream");
            return Err(AFTER_FAILURE);
        }
    };
    let end = match Follower::begin(&stream, hub, reader, fastest).await {
        Ok(follower) => {
            let end = follower.run().await;
            reader.end();
            end
        }
        Err(error @ StreamError::Denied(_)) => End::Denied(error),
        Err(error) => End::Failing(error),
    };
    let (error, pause) = match end {
        End::StreamEnded => {
            tracing::info!(table, "the table's stream has ended");
            time::sleep(BEFORE_THE_NEXT).await;
            return Ok(());
        }
        End::Failing(error) => (error, AFTER_FAILURE),
        End::Denied(error) => (error, LOOK_FOR_STREAM),
    };
    tracing::warn!(table, %error, "the table's stream can't be followed");
    Err(pause)
}

/// Waits until somebody watches something here, for so long at most.
async fn until_watched(hub: &Hub, longest: Duration) {
    let watched = async {
        loop {
            let arrival = hub.arrival();
            if hub.is_watched() {
                return;
            }
            arrival.await;
        }
    };
    let _ = time::timeout(longest, watched).await;
}
