//! Without a stream: reading again what is watched here, all of it with few requests.
//!
//! A table that AWS's example application has made has no stream. There, what is watched on this
//! instance is read again, soon after something has happened to it, and the more seldom the longer
//! nothing does. Watched games are read by `BatchGetItem`, half a read unit each. Watched lists are six
//! queries of the indexes, half a unit each; a game that has come, gone or changed its status there, and
//! those in progress, are read with the watched ones.

use super::schedule::Schedule;
use crate::{
    ids::{GameId, PlayerName},
    ssr::{
        state::AppState,
        store::{StoreError, lists::Entry},
    },
    view_model::Status,
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

/// How many players' lists are read at once.
const AT_ONCE: usize = 4;
/// When nothing is watched, nothing is due; this is when to look whether that still holds.
const NOTHING_DUE: Duration = Duration::from_secs(30);

/// What is watched here and when it is read next.
pub struct Rereading {
    state: AppState,
    games: Schedule<GameId>,
    lists: Schedule<PlayerName>,
    /// What each watched player's lists were made of when they were last read.
    seen: HashMap<PlayerName, HashMap<GameId, Entry>>,
    /// Watched games that are known not to be there.
    gone: HashSet<GameId>,
    /// The place in the hub's changes up to which they have been noticed here.
    heard: String,
}

impl Rereading {
    /// Nothing has been read yet.
    #[must_use]
    pub fn new(state: AppState) -> Self {
        let heard = state.hub.now();
        Self {
            state,
            games: Schedule::default(),
            lists: Schedule::default(),
            seen: HashMap::new(),
            gone: HashSet::new(),
            heard,
        }
    }

    /// Reads what is due at this moment, tells what has changed, and returns when to come again.
    pub async fn round(&mut self, now: Instant) -> Instant {
        let watched = self.state.hub.watched();
        self.games.keep(&watched.games, now);
        self.lists.keep(&watched.players, now);
        let players: HashSet<&PlayerName> = watched.players.iter().collect();
        self.seen.retain(|player, _| players.contains(player));
        let games: HashSet<&GameId> = watched.games.iter().collect();
        self.gone.retain(|id| games.contains(id));

        self.hear(now);
        if let Err(error) = self.read(now).await {
            tracing::warn!(%error, "what is watched here could not be read again");
        }
        self.hear(now);
        let next = [self.games.next(), self.lists.next()];
        next.into_iter()
            .flatten()
            .min()
            .unwrap_or(now + NOTHING_DUE)
    }

    /// What was just changed, here or elsewhere, will probably change again soon.
    fn hear(&mut self, now: Instant) {
        let (changes, heard) = self.state.hub.since(&self.heard);
        self.heard = heard;
        for change in changes.into_iter().flatten() {
            self.games.changed(&change.game_id, now);
            self.lists.changed(&change.host, now);
            self.lists.changed(&change.opponent, now);
        }
    }

    async fn read(&mut self, now: Instant) -> Result<(), StoreError> {
        let due = self.lists.take_due(now);
        let mut ids: HashSet<GameId> = self.games.take_due(now).into_iter().collect();
        let overviews = self.overviews(due).await?;
        // What an index says of a change is never older than what a consistent read says.
        let mut noticed = false;
        for (player, entries) in &overviews {
            let playing = entries.values().filter(|e| e.status == Status::InProgress);
            ids.extend(playing.map(|entry| entry.game_id));
            match self.seen.get(player) {
                Some(before) => {
                    let changed = differing(before, entries);
                    noticed |= !changed.is_empty();
                    ids.extend(changed);
                }
                // What happened between the page's reading and this one can't be told.
                None => self.state.hub.stale(player),
            }
        }
        let ids: Vec<GameId> = ids.into_iter().collect();
        let store = &self.state.store;
        let mut games = store.games(&ids, noticed).await?;
        let missing = ids.iter().filter(|id| !games.contains_key(id)).copied();
        let missing: Vec<GameId> = missing.collect();
        if !noticed {
            // The cheaper read may not see yet what has just been written.
            games.extend(store.games(&missing, true).await?);
        }
        let now = Timestamp::now();
        for id in ids {
            match games.remove(&id) {
                Some(Some(game)) if game.is_expired(now) => {
                    self.state.game_removed(&game);
                }
                Some(Some(game)) => self.state.game_changed(&game),
                // Whoever looks at it is told what is wrong with it.
                Some(None) => {}
                None => self.is_gone(id),
            }
        }
        self.seen.extend(overviews);
        Ok(())
    }

    async fn overviews(
        &self,
        players: Vec<PlayerName>,
    ) -> Result<Vec<(PlayerName, HashMap<GameId, Entry>)>, StoreError> {
        let overview = async |player: PlayerName| {
            let entries = self.state.store.overview(&player, Timestamp::now()).await?;
            let by_game = entries.into_iter().map(|entry| (entry.game_id, entry));
            Ok((player, by_game.collect()))
        };
        stream::iter(players)
            .map(overview)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    fn is_gone(&mut self, id: GameId) {
        let known = self.seen.values().find_map(|entries| entries.get(&id));
        match known {
            // Only invitations are ever removed.
            Some(entry) => self.state.game_removed(&entry.invitation()),
            None if self.gone.insert(id) => self.state.hub.missing(id),
            None => {}
        }
    }
}

/// The games that have come, gone or changed their place.
fn differing(before: &HashMap<GameId, Entry>, now: &HashMap<GameId, Entry>) -> Vec<GameId> {
    let place = |entries: &HashMap<GameId, Entry>, id: &GameId| {
        entries.get(id).map(|entry| entry.status_date.clone())
    };
    let ids: HashSet<&GameId> = before.keys().chain(now.keys()).collect();
    ids.into_iter()
        .filter(|id| place(before, id) != place(now, id))
        .copied()
        .collect()
}
