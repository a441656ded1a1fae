//! Publishing the changes of games by other instances to the watchers on this one.

use super::{follow_stream, follower::StreamHandler, polling::Poller, wait_for_watcher};
use crate::{Backend, store::changes::GameChange};
use aws_sdk_dynamodbstreams::types::Record;
use domain::ids::GameId;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::time;

/// The minimum interval between two reads of a shard.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// A stream handler that publishes the changes of games.
struct Publisher<'a> {
    backend: &'a Backend,
    /// The games that were watched when the feed last started, which have to be reloaded.
    reload: Mutex<Vec<GameId>>,
}

impl StreamHandler for Publisher<'_> {
    const TABLE: &'static str = "Games";

    fn handle(&self, records: &[Record]) {
        let changes: Vec<GameChange> =
            (records.iter().filter_map(GameChange::from_record)).collect();
        // Only the last change of each game matters to its watchers.
        let mut last = HashMap::new();
        for (n, change) in changes.iter().enumerate() {
            last.insert(change.game_id(), n);
        }
        for (n, change) in changes.into_iter().enumerate() {
            if last.get(&change.game_id()) == Some(&n) {
                publish(self.backend, &change);
            }
        }
    }

    fn started(&self) {
        *self.reload.lock() = self.backend.hub.feed_started();
    }

    fn stopped(&self) {
        self.backend.hub.feed_stopped();
    }

    async fn catch_up(&self) -> bool {
        let ids = self.reload.lock().clone();
        let before = self.backend.hub.position();
        let mut games = match self.backend.store.games(&ids, true).await {
            Ok(games) => games,
            Err(error) => {
                tracing::warn!(%error, "the watched games could not be reloaded");
                return false;
            }
        };
        for id in ids {
            match games.remove(&id) {
                Some(Some(game)) => self.backend.game_changed(&game),
                Some(None) => self.backend.hub.request_reread(id),
                None => self.backend.game_missing(id, before),
            }
        }
        true
    }
}

fn publish(backend: &Backend, change: &GameChange) {
    match change {
        GameChange::Updated(game) => backend.game_changed(game),
        GameChange::Deleted(game) => backend.game_removed(game),
    }
}

/// Follows the table forever. Polls the watched data while there is no stream.
pub(super) async fn follow(backend: &Backend) {
    let publisher = Publisher {
        backend,
        reload: Mutex::default(),
    };
    let mut poller = Poller::new(backend.clone());
    loop {
        let found = backend.store.games_stream().await;
        if let Err(delay) = follow_stream(found, &backend.hub, &publisher, MIN_INTERVAL).await {
            poll(backend, &mut poller, delay).await;
        }
    }
}

/// Polls the watched data while there are watchers, for `duration` at most.
async fn poll(backend: &Backend, poller: &mut Poller, duration: Duration) {
    let started = Instant::now();
    wait_for_watcher(&backend.hub, duration).await;
    while backend.hub.has_watchers() && started.elapsed() < duration {
        let watcher_added = backend.hub.watcher_added();
        let next = poller.poll(Instant::now()).await;
        tokio::select! {
            () = time::sleep_until(next.into()) => {}
            () = watcher_added => {}
        }
    }
}
