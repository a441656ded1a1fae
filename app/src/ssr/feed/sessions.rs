//! Log-outs on other instances: their sessions' streams end here too.

use super::{
    AFTER_FAILURE, LOOK_FOR_STREAM,
    follower::{Follower, Reader},
    until_watched,
};
use crate::ssr::{
    auth::SessionId,
    state::AppState,
    store::{StoreError, changes::ended_session, stream::TableStream},
};
use aws_sdk_dynamodbstreams::types::Record;
use std::time::{Duration, Instant};
use tokio::time;

/// Between two readings. A log-out has to be known here within ten seconds.
const FASTEST: Duration = Duration::from_secs(3);
/// Between two looks at the sessions of open streams, where the table has no stream.
const LOOK_AGAIN: Duration = Duration::from_secs(8);

/// Ends what has ended elsewhere.
struct Ends<'a>(&'a AppState);

impl Ends<'_> {
    fn end(&self, session: &SessionId) {
        self.0.sessions.remove(session);
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
        match state.store.sessions_stream().await {
            Ok(Some(stream)) => follow_stream(state, &stream).await,
            Ok(None) => look_again_and_again(state).await,
            Err(error) => {
                tracing::warn!(%error, "the table of sessions could not be asked for its stream");
                time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

async fn follow_stream(state: &AppState, stream: &TableStream) {
    let ends = Ends(state);
    match Follower::begin(stream, &state.hub, &ends, FASTEST).await {
        Ok(follower) => {
            follower.run().await;
        }
        Err(error) => {
            tracing::warn!(%error, "the stream of sessions can't be followed");
            time::sleep(AFTER_FAILURE).await;
        }
    }
}

/// Without a stream, each session with an open stream costs a read now and then.
async fn look_again_and_again(state: &AppState) {
    until_watched(&state.hub).await;
    let began = Instant::now();
    while began.elapsed() < LOOK_FOR_STREAM && state.hub.is_watched() {
        Ends(state).catch_up().await;
        time::sleep(LOOK_AGAIN).await;
    }
}
