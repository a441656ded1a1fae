use crate::{
    ids::{GameId, PlayerName},
    players::Players,
    rules::{Board, Mark, Square},
    status::{GameResult, Status},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A game, with the same content for every viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GameView {
    /// The id of the game.
    pub game_id: GameId,
    /// The host, who plays O.
    pub host: PlayerName,
    /// The opponent, who plays X.
    pub opponent: PlayerName,
    /// The status of the game.
    pub status: Status,
    /// The time of the last status change: RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub updated_at: String,
    /// The player in turn, or null if the game is not in progress.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub turn: Option<PlayerName>,
    /// The marks by square. Empty squares are left out.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, Mark>))]
    pub board: BTreeMap<Square, Mark>,
    /// The squares in the order of play, or null if the order is unknown.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub moves: Option<Vec<Square>>,
    /// The winner's name or `Tie`, or null while the game has no result.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = true, example = "Tie"))]
    pub result: Option<GameResult>,
    /// A number that grows with every change of the game.
    pub version: u32,
}

impl GameView {
    /// The two players.
    #[must_use]
    pub fn players(&self) -> Players {
        Players {
            host: self.host.clone(),
            opponent: self.opponent.clone(),
        }
    }

    /// The marks as a [`Board`] for the rules.
    #[must_use]
    pub fn board(&self) -> Board {
        self.board
            .iter()
            .map(|(&square, &mark)| (square, mark))
            .collect()
    }

    /// The number of marks on the board.
    #[must_use]
    pub fn ply(&self) -> u32 {
        u32::try_from(self.board.len()).unwrap_or(u32::MAX)
    }

    /// Returns true if this is a later state of the game than `shown`, so that a page must show it instead.
    ///
    /// An invitation may be made again with the id of one that was deleted. Its version is 1 again, and the
    /// time decides.
    #[must_use]
    pub fn is_newer_than(&self, shown: &Self) -> bool {
        (self.version, &self.updated_at) > (shown.version, &shown.updated_at)
    }

    /// The summary of the game for a list.
    #[must_use]
    pub fn summary(&self) -> GameSummary {
        GameSummary {
            game_id: self.game_id,
            host: self.host.clone(),
            opponent: self.opponent.clone(),
            status: self.status,
            updated_at: self.updated_at.clone(),
            turn: self.turn.clone(),
            result: self.result.clone(),
        }
    }
}

/// A game in a list: a [`GameView`] without board, moves and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GameSummary {
    /// The id of the game.
    pub game_id: GameId,
    /// The host, who plays O.
    pub host: PlayerName,
    /// The opponent, who plays X.
    pub opponent: PlayerName,
    /// The status of the game.
    pub status: Status,
    /// The time of the last status change: RFC 3339, UTC.
    #[cfg_attr(feature = "openapi", schema(format = DateTime))]
    pub updated_at: String,
    /// The player in turn, or null if the game is not in progress.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub turn: Option<PlayerName>,
    /// The winner's name or `Tie`, or null while the game has no result.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = true, example = "Tie"))]
    pub result: Option<GameResult>,
}

impl GameSummary {
    /// The two players.
    #[must_use]
    pub fn players(&self) -> Players {
        Players {
            host: self.host.clone(),
            opponent: self.opponent.clone(),
        }
    }
}
