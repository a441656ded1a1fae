//! Changes of games by other instances: they reach the watchers here.

use super::{
    AFTER_FAILURE, LOOK_FOR_STREAM,
    follower::{Follower, Reader},
    reread::Rereading,
    until_watched,
};
use crate::ssr::{
    state::AppState,
    store::{StoreError, changes::GameChange, stream::TableStream},
};
use aws_sdk_dynamodbstreams::types::Record;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::time;

/// Between two readings: a shard serves five instances at this pace.
const FASTEST: Duration = Duration::from_secs(1);

/// Publishes what the stream tells.
struct Publisher<'a>(&'a AppState);

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
                publish(self.0, change);
            }
        }
    }

    async fn catch_up(&self) -> bool {
        let result = read_watched(self.0).await;
        if let Err(error) = &result {
            tracing::warn!(%error, "what is watched here could not be read again");
        }
        result.is_ok()
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

/// Reads the watched games, and has the pages read the watched lists.
async fn read_watched(state: &AppState) -> Result<(), StoreError> {
    let watched = state.hub.watched().games;
    let mut games = state.store.games(&watched, true).await?;
    state.hub.begin_feed();
    for id in watched {
        match games.remove(&id) {
            Some(game) => publish(state, GameChange::Changed(game)),
            None => state.hub.missing(id),
        }
    }
    Ok(())
}

/// Follows the table for ever.
pub(super) async fn follow(state: &AppState) {
    let mut rereading = Rereading::new(state.clone());
    loop {
        match state.store.games_stream().await {
            Ok(Some(stream)) => follow_stream(state, &stream).await,
            Ok(None) => reread(state, &mut rereading).await,
            Err(error) => {
                tracing::warn!(%error, "the table of games could not be asked for its stream");
                time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

async fn follow_stream(state: &AppState, stream: &TableStream) {
    let publisher = Publisher(state);
    match Follower::begin(stream, &state.hub, &publisher, FASTEST).await {
        Ok(follower) => {
            follower.run().await;
            state.hub.end_feed();
            tracing::info!("the stream of games has ended");
        }
        Err(error) => {
            tracing::warn!(%error, "the stream of games can't be followed");
            time::sleep(AFTER_FAILURE).await;
        }
    }
}

/// Reads again what is watched, as long as somebody watches, but not for ever: the table may have got
/// a stream.
async fn reread(state: &AppState, rereading: &mut Rereading) {
    until_watched(&state.hub).await;
    let began = Instant::now();
    while state.hub.is_watched() && began.elapsed() < LOOK_FOR_STREAM {
        let arrival = state.hub.arrival();
        let next = rereading.round(Instant::now()).await;
        tokio::select! {
            () = time::sleep_until(next.into()) => {}
            () = arrival => {}
        }
    }
}
