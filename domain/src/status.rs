//! The status and the result of a game.

use crate::ids::PlayerName;
use serde::{Deserialize, Serialize};

/// The status of a game. In the table, it is the first part of the sort key `StatusDate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// The opponent has not accepted the invitation yet.
    Pending,
    /// The players take turns.
    InProgress,
    /// The game is won or drawn.
    Finished,
}

impl Status {
    /// The status in the table, in the API and on the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
        }
    }
}

/// The result of a finished game. Its JSON is the winner's name or `"Tie"`, as in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum GameResult {
    /// This player won.
    Won(PlayerName),
    /// A draw.
    Tie,
}

impl GameResult {
    /// The result of a draw. No player can have this name.
    pub const TIE: &str = "Tie";

    /// The result as a string, as in the table and the API.
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
            Self::Won(PlayerName::from_stored(text))
        }
    }
}

impl From<GameResult> for String {
    fn from(result: GameResult) -> Self {
        result.as_str().to_owned()
    }
}
