//! Changes of games by other instances: they reach the watchers here.

use super::{
    AFTER_FAILURE, BEFORE_THE_NEXT, LOOK_FOR_STREAM,
    follower::{Follower, Reader},
    reread::Rereading,
    until_watched,
};
use crate::{
    ids::GameId,
    ssr::{
        state::AppState,
        store::{
            changes::GameChange,
            stream::{StreamError, TableStream},
        },
    },
};
use aws_sdk_dynamodbstreams::types::Record;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::time;

/// Between two readings of a shard.
const FASTEST: Duration = Duration::from_secs(1);

/// Publishes what the stream tells.
struct Publisher<'a> {
    state: &'a AppState,
    /// The games to read afresh.
    unread: Mutex<Vec<GameId>>,
}

impl Reader for Publisher<'_> {
    fn read(&self, records: &[Record]) {
        let changes: Vec<GameChange> = records.iter().filter_map(GameChange::read).collect();
        // Of several changes of a game only the last is news.
        let mut last = HashMap::new();
        for (n, change) in changes.iter().enumerate() {
            last.insert(change.game_id(), n);
        }
        for (n, change) in changes.into_iter().enumerate() {
            if last.get(&change.game_id()) == Some(&n) {
                publish(self.state, change);
            }
        }
    }

    fn begin(&self) {
        *self.unread() = self.state.hub.begin_feed();
    }

    async fn catch_up(&self) -> bool {
        let ids = self.unread().clone();
        let mut games = match self.state.store.games(&ids, true).await {
            Ok(games) => games,
            Err(error) => {
                tracing::warn!(%error, "what is watched here could not be read again");
                return false;
            }
        };
        for id in ids {
            match games.remove(&id) {
                Some(Some(game)) => publish(self.state, GameChange::Changed(game)),
                Some(None) => self.state.hub.reread(id),
                None => self.state.hub.missing(id),
            }
        }
        true
    }
}

impl Publisher<'_> {
    fn unread(&self) -> MutexGuard<'_, Vec<GameId>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn publish(state: &AppState, change: GameChange) {
    match change {
        GameChange::Changed(game) => {
            if state.hub.changed(&game) {
                state.recent_games.remember(game);
            }
        }
        GameChange::Removed(game) => {
            if state.hub.removed(&game) {
                state.recent_games.forget(game.id);
            }
        }
    }
}

/// Follows the table for ever.
pub(super) async fn follow(state: &AppState) {
    let mut rereading = Rereading::new(state.clone());
    loop {
        // Without a stream that can be read, what is watched is read again, for a while: there may be
        // one then.
        let pause = match state.store.games_stream().await {
            Ok(Some(stream)) => match follow_stream(state, &stream).await {
                Ok(()) => continue,
                Err(error) => {
                    tracing::warn!(%error, "the stream of games can't be followed");
                    AFTER_FAILURE
                }
            },
            Ok(None) => LOOK_FOR_STREAM,
            Err(error) => {
                tracing::warn!(%error, "the table of games could not be asked for its stream");
                AFTER_FAILURE
            }
        };
        reread(state, &mut rereading, pause).await;
    }
}

/// Returns when the stream has ended.
async fn follow_stream(state: &AppState, stream: &TableStream) -> Result<(), StreamError> {
    let publisher = Publisher {
        state,
        unread: Mutex::default(),
    };
    let follower = Follower::begin(stream, &state.hub, &publisher, FASTEST).await?;
    follower.run().await;
    state.hub.end_feed();
    tracing::info!("the stream of games has ended");
    time::sleep(BEFORE_THE_NEXT).await;
    Ok(())
}

/// Reads again what is watched, as soon and as long as somebody watches, but not for ever.
async fn reread(state: &AppState, rereading: &mut Rereading, time: Duration) {
    until_watched(&state.hub).await;
    let began = Instant::now();
    while state.hub.is_watched() && began.elapsed() < time {
        let arrival = state.hub.arrival();
        let next = rereading.round(Instant::now()).await;
        tokio::select! {
            () = time::sleep_until(next.into()) => {}
            () = arrival => {}
        }
    }
}
