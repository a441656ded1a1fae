//! Games as this instance last saw them.

use super::game::Game;
use crate::ids::GameId;
use moka::{ops::compute::Op, sync::Cache};
use std::time::Duration;

/// A few games, each in the latest state that is known here. A decision on one is protected by the
/// write's condition, so an old entry costs a second attempt, never a wrong move. Cheap to clone.
#[derive(Clone)]
pub struct RecentGames(Cache<GameId, Game>);

impl RecentGames {
    pub(super) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(10_000)
                .time_to_idle(Duration::from_secs(15 * 60))
                .build(),
        )
    }

    /// A game, if it was seen lately.
    #[must_use]
    pub fn get(&self, id: GameId) -> Option<Game> {
        self.0.get(&id)
    }

    /// Remembers a state of a game, unless a later one is known.
    pub fn remember(&self, game: Game) {
        self.0.entry(game.id).and_compute_with(|known| match known {
            Some(known) if known.value().recency() >= game.recency() => Op::Nop,
            _ => Op::Put(game),
        });
    }

    /// Forgets one that is gone.
    pub fn forget(&self, id: GameId) {
        self.0.invalidate(&id);
    }
}
