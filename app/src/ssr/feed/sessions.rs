//! Log-outs on other instances: their sessions' streams end here too.

use super::{follow_stream, follower::Reader, until_watched};
use crate::ssr::{
    state::AppState,
    store::{StoreError, changes::ended_session},
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
    /// Looks whether the sessions of the open streams are still there.
    async fn look(&self) -> Result<(), StoreError> {
        let watched = self.0.hub.watched().sessions;
        for session in self.0.store.ended_sessions(watched).await? {
            self.0.session_ended(&session);
        }
        Ok(())
    }
}

impl Reader for Ends<'_> {
    const TABLE: &'static str = "Sessions";

    fn read(&self, records: &[Record]) {
        for session in records.iter().filter_map(ended_session) {
            self.0.session_ended(&session);
        }
    }

    fn begin(&self) {}

    fn end(&self) {}

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
    let ends = Ends(state);
    loop {
        let found = state.store.sessions_stream().await;
        if let Err(pause) = follow_stream(found, &state.hub, &ends, FASTEST).await {
            look_again_and_again(state, pause).await;
        }
    }
}

/// Without a stream, each session with an open stream costs a read now and then.
async fn look_again_and_again(state: &AppState, time: Duration) {
    let began = Instant::now();
    until_watched(&state.hub, time).await;
    while began.elapsed() < time && state.hub.is_watched() {
        Ends(state).catch_up().await;
        time::sleep(LOOK_AGAIN).await;
    }
}
