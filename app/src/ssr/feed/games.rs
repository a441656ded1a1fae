//! Changes of games by other instances: they reach the watchers here.

use super::{follow_stream, follower::Reader, reread::Rereading, until_watched};
use crate::{
    ids::GameId,
    ssr::{state::AppState, store::changes::GameChange},
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
    const TABLE: &'static str = "Games";

    fn read(&self, records: &[Record]) {
        let changes: Vec<GameChange> = records.iter().filter_map(GameChange::read).collect();
        // Of several changes of a game only the last is news.
        let mut last = HashMap::new();
        for (n, change) in changes.iter().enumerate() {
            last.insert(change.game_id(), n);
        }
        for (n, change) in changes.into_iter().enumerate() {
            if last.get(&change.game_id()) == Some(&n) {
                publish(self.state, &change);
            }
        }
    }

    fn begin(&self) {
        *self.unread() = self.state.hub.begin_feed();
    }

    fn end(&self) {
        self.state.hub.end_feed();
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
                Some(Some(game)) => self.state.game_changed(&game),
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

pub(super) fn publish(state: &AppState, change: &GameChange) {
    match change {
        GameChange::Changed(game) => state.game_changed(game),
        GameChange::Removed(game) => state.game_removed(game),
    }
}

/// Follows the table for ever.
pub(super) async fn follow(state: &AppState) {
    let publisher = Publisher {
        state,
        unread: Mutex::default(),
    };
    let mut rereading = Rereading::new(state.clone());
    loop {
        let found = state.store.games_stream().await;
        if let Err(pause) = follow_stream(found, &state.hub, &publisher, FASTEST).await {
            reread(state, &mut rereading, pause).await;
        }
    }
}

/// Reads again what is watched, as soon and as long as somebody watches, but not for ever.
async fn reread(state: &AppState, rereading: &mut Rereading, time: Duration) {
    let began = Instant::now();
    until_watched(&state.hub, time).await;
    while state.hub.is_watched() && began.elapsed() < time {
        let arrival = state.hub.arrival();
        let next = rereading.round(Instant::now()).await;
        tokio::select! {
            () = time::sleep_until(next.into()) => {}
            () = arrival => {}
        }
    }
}
