//! The people of the model: two players and a stranger.

use domain::{
    ids::{GameId, PlayerName},
    players::Players,
};
use std::fmt;
use uuid::Uuid;

/// Somebody who sends requests and has a page open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Person {
    /// The host of the game, who plays O and moves first.
    Ada,
    /// The invited opponent, who plays X.
    Bob,
    /// A stranger, who only watches but tries to play all the same.
    Cleo,
}

impl Person {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::Ada, Self::Bob, Self::Cleo];

    /// The player name.
    #[must_use]
    pub fn name(self) -> PlayerName {
        PlayerName::from_stored(self.to_string())
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ada => "ada",
            Self::Bob => "bob",
            Self::Cleo => "cleo",
        })
    }
}

/// The players of the game.
#[must_use]
pub fn players() -> Players {
    Players {
        host: Person::Ada.name(),
        opponent: Person::Bob.name(),
    }
}

/// The id of the game.
#[must_use]
pub const fn game_id() -> GameId {
    GameId::from_uuid(Uuid::from_u128(0x9b2f_6a52_5f5e_4c62_9d0b_0f9f_1c6a_7b11))
}
