//! A cache of games in the latest state known to this instance.

use crate::game::Game;
use domain::ids::GameId;
use moka::{ops::compute::Op, sync::Cache};
use std::time::Duration;

/// A cache of recently used games, each in the latest state known to this instance. Cheap to clone.
///
/// A decision on a cached game is safe, because the condition expression of the write protects it. An
/// outdated entry costs a second attempt, but never leads to a wrong move.
#[derive(Clone, Debug)]
pub struct RecentGames(Cache<GameId, Game>);

impl RecentGames {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(10_000)
                .time_to_idle(Duration::from_secs(15 * 60))
                .build(),
        )
    }

    /// Returns a cached game.
    #[must_use]
    pub fn get(&self, id: GameId) -> Option<Game> {
        self.0.get(&id)
    }

    /// Caches a state of a game, unless a later one is cached already.
    pub fn insert(&self, game: Game) {
        self.0.entry(game.id).and_compute_with(|known| match known {
            Some(known) if known.value().recency() >= game.recency() => Op::Nop,
            _ => Op::Put(game),
        });
    }

    /// Removes a deleted game.
    pub fn remove(&self, id: GameId) {
        self.0.invalidate(&id);
    }
}
