//! Log-outs on other instances: their sessions' streams end here too.

use super::{
    AFTER_FAILURE, BEFORE_THE_NEXT, LOOK_FOR_STREAM,
    follower::{Follower, Reader},
    until_watched,
};
use crate::ssr::{
    auth::SessionId,
    state::AppState,
    store::{
        StoreError,
        changes::ended_session,
        stream::{StreamError, TableStream},
    },
};
use aws_sdk_dynamodbstreams::types::Record;
use std::time::{Duration, Instant};
use tokio::time;

/// Between two readings. A log-out has to be known here within ten seconds.
const FASTEST: Duration = Duration::from_secs(3);
/// Between two looks at the sessions of open streams, where the table has no stream.
const LOOK_AGAIN: Duration = Duration::from_secs(4);

/// Ends what has ended elsewhere.
struct Ends<'a>(&'a AppState);

impl Ends<'_> {
    fn end(&self, session: &SessionId) {
        self.0.sessions.end(session);
        self.0.hub.logged_out(session);
    }

    /// Looks whether the sessions of the open streams are still there.
    async fn look(&self) -> Result<(), StoreError> {
        let watched = self.0.hub.watched().sessions;
        for session in self.0.store.ended_sessions(watched).await? {
            self.end(&session);
        }
        Ok(())
    }
}

impl Reader for Ends<'_> {
    fn read(&self, records: &[Record]) {
        for session in records.iter().filter_map(ended_session) {
            self.end(&session);
        }
    }

    fn begin(&self) {}

    async fn catch_up(&self) -> bool {
        let result = self.look().await;
        if let Err(error) = &result {
            tracing::warn!(%error, "the sessions of open streams could not be looked up");
        }
        result.is_ok()
    }
}

/// Follows the table for ever.
pub(super) async fn follow(state: &AppState) {
    loop {
        let pause = match state.store.sessions_stream().await {
            Ok(Some(stream)) => match follow_stream(state, &stream).await {
                Ok(()) => continue,
                Err(error) => {
                    tracing::warn!(%error, "the stream of sessions can't be followed");
                    AFTER_FAILURE
                }
            },
            Ok(None) => LOOK_FOR_STREAM,
            Err(error) => {
                tracing::warn!(%error, "the table of sessions could not be asked for its stream");
                AFTER_FAILURE
            }
        };
        look_again_and_again(state, pause).await;
    }
}

/// Returns when the stream has ended.
async fn follow_stream(state: &AppState, stream: &TableStream) -> Result<(), StreamError> {
    let ends = Ends(state);
    let follower = Follower::begin(stream, &state.hub, &ends, FASTEST).await?;
    follower.run().await;
    time::sleep(BEFORE_THE_NEXT).await;
    Ok(())
}

/// Without a stream, each session with an open stream costs a read now and then.
async fn look_again_and_again(state: &AppState, time: Duration) {
    until_watched(&state.hub).await;
    let began = Instant::now();
    while began.elapsed() < time && state.hub.is_watched() {
        Ends(state).catch_up().await;
        time::sleep(LOOK_AGAIN).await;
    }
}
