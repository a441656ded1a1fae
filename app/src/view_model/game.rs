use crate::{
    game::{Board, Mark, Square},
    ids::{GameId, PlayerName},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a game stands; the words that begin its `StatusDate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum Status {
    /// The opponent has not answered the invitation.
    Pending,
    /// The players move.
    InProgress,
    /// Won or drawn.
    Finished,
}

impl Status {
    /// The word in the table, in the API and on the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
        }
    }
}

/// How a finished game ended: in JSON the winner's name, or `"Tie"` as in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum GameResult {
    /// This player won.
    Won(PlayerName),
    /// A draw.
    Tie,
}

impl GameResult {
    /// The `Result` of a draw. No player can have this name.
    pub const TIE: &str = "Tie";

    /// As the table and the API have it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Won(name) => name.as_str(),
            Self::Tie => Self::TIE,
        }
    }
}

impl From<String> for GameResult {
    fn from(text: String) -> Self {
        if text == Self::TIE {
            Self::Tie
        } else {
            Self::Won(PlayerName::recorded(text))
        }
    }
}

impl From<GameResult> for String {
    fn from(result: GameResult) -> Self {
        result.as_str().to_owned()
    }
}

/// A game, the same for everybody who looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct GameView {
    /// Its key.
    pub game_id: GameId,
    /// Who invited. Plays O.
    pub host: PlayerName,
    /// Who was invited. Plays X.
    pub opponent: PlayerName,
    /// Where it stands.
    pub status: Status,
    /// When the status last changed: RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub updated_at: String,
    /// Whose turn it is, while the game is in progress.
    #[cfg_attr(feature = "ssr", schema(required = true))]
    pub turn: Option<PlayerName>,
    /// The marked squares.
    #[cfg_attr(feature = "ssr", schema(value_type = std::collections::BTreeMap<String, Mark>))]
    pub board: BTreeMap<Square, Mark>,
    /// The squares in the order of play; null where the order is not known.
    #[cfg_attr(feature = "ssr", schema(required = true))]
    pub moves: Option<Vec<Square>>,
    /// How it ended, once it has: the winner's name, or `Tie`.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, required = true, example = "Tie"))]
    pub result: Option<GameResult>,
    /// Grows with every change of the game.
    pub version: u32,
}

impl GameView {
    /// The board for the rules.
    #[must_use]
    pub fn board(&self) -> Board {
        self.board
            .iter()
            .map(|(&square, &mark)| (square, mark))
            .collect()
    }

    /// How many marks are on the board.
    #[must_use]
    pub fn ply(&self) -> u32 {
        u32::try_from(self.board.len()).unwrap_or(u32::MAX)
    }

    /// The mark that a player has in this game.
    #[must_use]
    pub fn mark_of(&self, player: &PlayerName) -> Option<Mark> {
        if *player == self.host {
            Some(Mark::O)
        } else if *player == self.opponent {
            Some(Mark::X)
        } else {
            None
        }
    }

    /// The game as a list shows it.
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

/// A game as a list shows it: a [`GameView`] without board, moves and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct GameSummary {
    /// Its key.
    pub game_id: GameId,
    /// Who invited.
    pub host: PlayerName,
    /// Who was invited.
    pub opponent: PlayerName,
    /// Where it stands.
    pub status: Status,
    /// When the status last changed: RFC 3339, UTC.
    #[cfg_attr(feature = "ssr", schema(format = DateTime))]
    pub updated_at: String,
    /// Whose turn it is, while the game is in progress.
    #[cfg_attr(feature = "ssr", schema(required = true))]
    pub turn: Option<PlayerName>,
    /// How it ended, once it has: the winner's name, or `Tie`.
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, required = true, example = "Tie"))]
    pub result: Option<GameResult>,
}

impl GameSummary {
    /// The other player, from `viewer`'s side.
    #[must_use]
    pub fn other_player(&self, viewer: &PlayerName) -> &PlayerName {
        if *viewer == self.host {
            &self.opponent
        } else {
            &self.host
        }
    }
}
