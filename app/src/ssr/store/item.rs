//! The item of a game, attribute by attribute, and whether it makes sense.

use super::status_date;
use crate::{
    game::{Board, Mark, Next, Outcome, Setup, SetupError, Square},
    ids::{GameId, PlayerName},
    ssr::game::{Game, History, Phase},
    view_model::{GameResult, Status},
};
use serde::{Deserialize, Serialize};

/// `Turn` of a game that is over.
pub const NOBODYS_TURN: &str = "N/A";

/// An item of the table `Games`. The names are those of AWS's example application; `Moves` is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GameItem {
    /// The primary key.
    pub game_id: String,
    /// Who invited; partition key of the index `HostId-StatusDate-index`.
    pub host_id: String,
    /// Who was invited; partition key of the index `OpponentId-StatusDate-index`.
    pub opponent_id: String,
    /// Sort key of both indexes; see [`status_date`].
    pub status_date: String,
    /// Who plays O: the host.
    #[serde(rename = "OUser")]
    pub o_user: String,
    /// Whose turn it is; [`NOBODYS_TURN`] once finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// The marks, `X` or `O`, each in an attribute of its own.
    #[serde(flatten)]
    pub squares: SquareAttributes,
    /// The winner's name or `Tie`; absent until finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The squares in order of play.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<String>,
}

/// The nine square attributes; absent while a square is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct SquareAttributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_left: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_middle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_right: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_left: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_middle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_right: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom_left: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom_middle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom_right: Option<String>,
}

impl SquareAttributes {
    fn get(&self, square: Square) -> Option<&str> {
        match square {
            Square::TopLeft => &self.top_left,
            Square::TopMiddle => &self.top_middle,
            Square::TopRight => &self.top_right,
            Square::MiddleLeft => &self.middle_left,
            Square::MiddleMiddle => &self.middle_middle,
            Square::MiddleRight => &self.middle_right,
            Square::BottomLeft => &self.bottom_left,
            Square::BottomMiddle => &self.bottom_middle,
            Square::BottomRight => &self.bottom_right,
        }
        .as_deref()
    }
}

/// Why an item makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// An attribute is missing or of another type.
    #[error("its attributes can't be read: {0}")]
    Attributes(String),
    /// The key is no UUID.
    #[error("GameId {0:?} is no UUID")]
    GameId(String),
    /// Neither a known status nor a date.
    #[error("StatusDate {0:?} is no status and date")]
    StatusDate(String),
    /// The two players are one, or one has no name.
    #[error("host and opponent are not two players")]
    Players,
    /// Somebody other than the host plays O.
    #[error("OUser is not the host")]
    OUser,
    /// A mark that is neither `X` nor `O`.
    #[error("{square} holds neither X nor O")]
    Mark {
        /// Where it is.
        square: Square,
    },
    /// A pending game has marks.
    #[error("it is pending and has marks")]
    PendingWithMarks,
    /// A finished game whose board is neither won nor full.
    #[error("it is finished and its board is not")]
    NotFinished,
    /// A `Result` that contradicts the board.
    #[error("Result {0:?} contradicts the board")]
    Result(String),
    /// It is nobody's turn, or a third person's.
    #[error("Turn names neither player")]
    Turn,
    /// The marks break the rules.
    #[error("{0}")]
    Setup(#[from] SetupError),
}

/// A new invitation as an item. No other phase is ever written whole.
impl From<&Game> for GameItem {
    fn from(game: &Game) -> Self {
        Self {
            game_id: game.id.to_string(),
            host_id: game.host.to_string(),
            opponent_id: game.opponent.to_string(),
            status_date: status_date::encode(Status::Pending, game.since),
            o_user: game.host.to_string(),
            // The host plays O and moves first.
            turn: Some(game.host.to_string()),
            ..Self::default()
        }
    }
}

impl TryFrom<GameItem> for Game {
    type Error = ItemError;

    /// The border between what the table holds, older and odd as it may be, and what makes sense.
    fn try_from(item: GameItem) -> Result<Self, ItemError> {
        let id: GameId = item
            .game_id
            .parse()
            .map_err(|_| ItemError::GameId(item.game_id.clone()))?;
        let (status, since) = status_date::decode(&item.status_date)
            .ok_or_else(|| ItemError::StatusDate(item.status_date.clone()))?;
        if item.host_id.is_empty()
            || item.opponent_id.is_empty()
            || item.host_id == item.opponent_id
        {
            return Err(ItemError::Players);
        }
        if item.o_user != item.host_id {
            return Err(ItemError::OUser);
        }
        let board = item.board()?;
        let phase = match status {
            Status::Pending if board.ply() == 0 => Phase::Pending,
            Status::Pending => return Err(ItemError::PendingWithMarks),
            Status::InProgress => item.in_progress(board)?,
            Status::Finished => item.finished(board)?,
        };
        Ok(Self {
            id,
            host: PlayerName::recorded(item.host_id),
            opponent: PlayerName::recorded(item.opponent_id),
            since,
            phase,
        })
    }
}

impl GameItem {
    fn board(&self) -> Result<Board, ItemError> {
        let mut board = Board::default();
        for square in Square::ALL {
            board = match self.squares.get(square) {
                None => board,
                Some("X") => board.with(square, Mark::X),
                Some("O") => board.with(square, Mark::O),
                Some(_) => return Err(ItemError::Mark { square }),
            };
        }
        Ok(board)
    }

    /// Squares that no longer make sense are left out: then the order is unknown, not wrong.
    fn history(&self) -> History {
        History::new(self.moves.iter().filter_map(|m| m.parse().ok()).collect())
    }

    fn in_progress(&self, board: Board) -> Result<Phase, ItemError> {
        let setup = Setup { board };
        // The older application writes the end of a game only when somebody looks at it.
        if let Some(end) = setup.finished()? {
            return Ok(Phase::Finished {
                end,
                history: self.history(),
                recorded: false,
            });
        }
        let to_move = match self.turn.as_deref() {
            Some(name) if name == self.host_id => Mark::O,
            Some(name) if name == self.opponent_id => Mark::X,
            _ => return Err(ItemError::Turn),
        };
        match setup.check(to_move)? {
            Next::Continues(position) => Ok(Phase::InProgress {
                position,
                history: self.history(),
            }),
            Next::Over(_) => Err(ItemError::Turn),
        }
    }

    fn finished(&self, board: Board) -> Result<Phase, ItemError> {
        let end = Setup { board }.finished()?.ok_or(ItemError::NotFinished)?;
        let result = self.result.clone().unwrap_or_default();
        let winner = match end.outcome() {
            Outcome::Won(Mark::O) => Some(&self.host_id),
            Outcome::Won(Mark::X) => Some(&self.opponent_id),
            Outcome::Drawn => None,
        };
        let agrees = match winner {
            None => result == GameResult::TIE,
            // When somebody who does not play looked at a game that X had won, the older
            // application wrote that person's name. The board knows better.
            Some(winner) => {
                result == *winner
                    || ![&self.host_id, &self.opponent_id].contains(&&result)
                        && result != GameResult::TIE
                        && !result.is_empty()
            }
        };
        if !agrees {
            return Err(ItemError::Result(result));
        }
        Ok(Phase::Finished {
            end,
            history: self.history(),
            recorded: true,
        })
    }
}

#[cfg(test)]
mod tests;
