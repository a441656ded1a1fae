//! Polling of the watched data of a table without a stream, with few requests.
//!
//! A table created by AWS's example application has no stream. This instance then polls the games and lists
//! that are watched here. A change shortens the interval, and the interval grows while nothing changes.
//!
//! Watched games are read by `BatchGetItem`, at half a read capacity unit each. The lists of a watched player
//! take six queries of the indexes, also at half a unit each. Games that appear in a list, disappear from it
//! or change their status are read together with the watched games, and so are the games in progress.

use super::schedule::Schedule;
use crate::{
    Backend,
    hub::Position,
    store::{StoreError, lists::Entry},
};
use domain::{
    ids::{GameId, PlayerName},
    status::Status,
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

/// The maximum number of players whose lists are read concurrently.
const MAX_CONCURRENT_PLAYERS: usize = 4;
/// The interval between two polls while nothing is watched.
const IDLE_INTERVAL: Duration = Duration::from_secs(30);

/// The state of polling: the watched data, with the times of the next reads.
#[derive(Debug)]
pub struct Poller {
    backend: Backend,
    games: Schedule<GameId>,
    lists: Schedule<PlayerName>,
    /// The entries of each watched player's lists, as they were last read.
    entries: HashMap<PlayerName, HashMap<GameId, Entry>>,
    /// Watched games that are known not to exist.
    missing: HashSet<GameId>,
    /// The position up to which the hub's changes have been taken into account.
    resume_token: String,
}

impl Poller {
    /// Creates the state before the first poll.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        let resume_token = backend.hub.resume_token();
        Self {
            backend,
            games: Schedule::default(),
            lists: Schedule::default(),
            entries: HashMap::new(),
            missing: HashSet::new(),
            resume_token,
        }
    }

    /// Reads the watched data that is due, publishes the changes, and returns the time of the next poll.
    pub async fn poll(&mut self, now: Instant) -> Instant {
        let watched = self.backend.hub.watched();
        self.games.set_keys(&watched.games, now);
        self.lists.set_keys(&watched.players, now);
        let players: HashSet<&PlayerName> = watched.players.iter().collect();
        self.entries.retain(|player, _| players.contains(player));
        let games: HashSet<&GameId> = watched.games.iter().collect();
        self.missing.retain(|id| games.contains(id));

        self.note_changes(now);
        if let Err(error) = self.read(now).await {
            tracing::warn!(%error, "the watched games and lists could not be polled");
        }
        self.note_changes(now);
        let next = [self.games.next_read(), self.lists.next_read()];
        next.into_iter()
            .flatten()
            .min()
            .unwrap_or(now + IDLE_INTERVAL)
    }

    /// Shortens the intervals of games and lists that have just changed, because they will probably change
    /// again soon.
    fn note_changes(&mut self, now: Instant) {
        let (changes, resume_token) = self.backend.hub.changes_since(&self.resume_token);
        self.resume_token = resume_token;
        for change in changes.into_iter().flatten() {
            self.games.changed(&change.game_id, now);
            if let Some(players) = &change.players {
                self.lists.changed(&players.host, now);
                self.lists.changed(&players.opponent, now);
            }
        }
    }

    async fn read(&mut self, now: Instant) -> Result<(), StoreError> {
        let before = self.backend.hub.position();
        let due = self.lists.take_due(now);
        let mut ids: HashSet<GameId> = self.games.take_due(now).into_iter().collect();
        let overviews = self.overviews(due).await?;
        // An index lags behind its table, so a strongly consistent read includes every change seen in an
        // index.
        let mut has_changes = false;
        for (player, entries) in &overviews {
            let playing = entries.values().filter(|e| e.status == Status::InProgress);
            ids.extend(playing.map(|entry| entry.game_id));
            match self.entries.get(player) {
                Some(before) => {
                    let changed = changed_games(before, entries);
                    has_changes |= !changed.is_empty();
                    ids.extend(changed);
                }
                // The changes between the rendering of the page and this first poll are unknown.
                None => self.backend.hub.mark_lists_stale(player),
            }
        }
        let ids: Vec<GameId> = ids.into_iter().collect();
        let store = &self.backend.store;
        let mut games = store.games(&ids, has_changes).await?;
        let missing = ids.iter().filter(|id| !games.contains_key(id)).copied();
        let missing: Vec<GameId> = missing.collect();
        if !has_changes {
            // An eventually consistent read may miss a game that was just written.
            games.extend(store.games(&missing, true).await?);
        }
        let now = Timestamp::now();
        for id in ids {
            match games.remove(&id) {
                Some(Some(game)) if game.is_expired(now) => {
                    self.backend.game_removed(&game);
                }
                Some(Some(game)) => self.backend.game_changed(&game),
                // A corrupt item is reported when its page is opened.
                Some(None) => {}
                None => self.publish_missing(id, before),
            }
        }
        self.entries.extend(overviews);
        Ok(())
    }

    /// Reads the first page of every list of these players.
    async fn overviews(
        &self,
        players: Vec<PlayerName>,
    ) -> Result<Vec<(PlayerName, HashMap<GameId, Entry>)>, StoreError> {
        let overview = async |player: PlayerName| {
            let entries = self
                .backend
                .store
                .overview(&player, Timestamp::now())
                .await?;
            let by_game = entries.into_iter().map(|entry| (entry.game_id, entry));
            Ok((player, by_game.collect()))
        };
        stream::iter(players)
            .map(overview)
            .buffer_unordered(MAX_CONCURRENT_PLAYERS)
            .try_collect()
            .await
    }

    /// Publishes the deletion of a game, if it was in a list. Otherwise publishes, once, that it is missing.
    fn publish_missing(&mut self, id: GameId, before: Position) {
        let known = self.entries.values().find_map(|entries| entries.get(&id));
        match known {
            // Only invitations are ever deleted.
            Some(entry) => self.backend.game_removed(&entry.invitation()),
            None if self.missing.insert(id) => self.backend.game_missing(id, before),
            None => {}
        }
    }
}

/// Returns the games that have been added, removed, or moved by a change of status.
fn changed_games(before: &HashMap<GameId, Entry>, now: &HashMap<GameId, Entry>) -> Vec<GameId> {
    let position = |entries: &HashMap<GameId, Entry>, id: &GameId| {
        entries.get(id).map(|entry| entry.status_date.clone())
    };
    let ids: HashSet<&GameId> = before.keys().chain(now.keys()).collect();
    ids.into_iter()
        .filter(|id| position(before, id) != position(now, id))
        .copied()
        .collect()
}
