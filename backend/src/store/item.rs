//! The item of a game, and its validation.

use super::status_date;
use crate::game::{Game, History, Phase};
use domain::{
    ids::{GameId, PlayerName},
    players::Players,
    rules::{Board, Mark, Next, Outcome, Setup, SetupError, Square},
    status::{GameResult, Status},
};
use serde::{Deserialize, Serialize};

/// The value of `Turn` in a finished game.
pub const NO_TURN: &str = "N/A";

/// An item of the table `Games`. AWS's example application defined all attributes except `Moves`, which is an
/// addition of this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GameItem {
    /// The primary key, a UUID.
    pub game_id: String,
    /// The player who made the invitation. Partition key of the index `HostId-StatusDate-index`.
    pub host_id: String,
    /// The player who was invited. Partition key of the index `OpponentId-StatusDate-index`.
    pub opponent_id: String,
    /// The status and the time of its last change, see [`status_date`]. Sort key of both indexes.
    pub status_date: String,
    /// The player of O, who is always the host.
    #[serde(rename = "OUser")]
    pub o_user: String,
    /// The player whose turn it is, or [`NO_TURN`] once the game is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// The marks, each in an attribute of its own.
    #[serde(flatten)]
    pub squares: SquareAttributes,
    /// The winner's name or `Tie`. Absent until the game is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The names of the squares in order of play.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<String>,
}

/// The nine square attributes, `X` or `O`. Absent while a square is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are self-explanatory")]
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

impl From<Board> for SquareAttributes {
    fn from(board: Board) -> Self {
        let mark = |square| board.get(square).map(|mark| mark.as_str().to_owned());
        Self {
            top_left: mark(Square::TopLeft),
            top_middle: mark(Square::TopMiddle),
            top_right: mark(Square::TopRight),
            middle_left: mark(Square::MiddleLeft),
            middle_middle: mark(Square::MiddleMiddle),
            middle_right: mark(Square::MiddleRight),
            bottom_left: mark(Square::BottomLeft),
            bottom_middle: mark(Square::BottomMiddle),
            bottom_right: mark(Square::BottomRight),
        }
    }
}

impl SquareAttributes {
    /// Returns the attribute of a square, or `None` while the square is empty.
    #[must_use]
    pub fn get(&self, square: Square) -> Option<&str> {
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

/// The reason why an item is corrupt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// An attribute is missing or has the wrong type.
    #[error("its attributes cannot be parsed: {0}")]
    Attributes(String),
    /// The key is not a UUID.
    #[error("GameId {0:?} is not a UUID")]
    GameId(String),
    /// The `StatusDate` is not a known status followed by a date.
    #[error("StatusDate {0:?} is not a status and a date")]
    StatusDate(String),
    /// Both players have the same name, or a name is empty.
    #[error("host and opponent are not two players")]
    Players,
    /// The player of O is not the host.
    #[error("OUser is not the host")]
    OUser,
    /// A square holds neither `X` nor `O`.
    #[error("{square} holds neither X nor O")]
    Mark {
        /// The square.
        square: Square,
    },
    /// A pending game has marks.
    #[error("it is pending but has marks")]
    PendingWithMarks,
    /// A finished game has a board that is neither won nor full.
    #[error("it is finished but its board is neither won nor full")]
    NotFinished,
    /// The `Result` contradicts the board.
    #[error("Result {0:?} contradicts the board")]
    Result(String),
    /// The `Turn` names neither player.
    #[error("Turn names neither player")]
    Turn,
    /// The marks violate the rules.
    #[error("{0}")]
    Setup(#[from] SetupError),
}

/// Creates the item of a new invitation. Games in other phases are only ever updated, so there is no
/// conversion for them.
impl From<&Game> for GameItem {
    fn from(game: &Game) -> Self {
        Self {
            game_id: game.id.to_string(),
            host_id: game.players.host.to_string(),
            opponent_id: game.players.opponent.to_string(),
            status_date: status_date::encode(Status::Pending, game.status_changed_at),
            o_user: game.players.host.to_string(),
            // The host plays O and moves first.
            turn: Some(game.players.host.to_string()),
            ..Self::default()
        }
    }
}

impl TryFrom<GameItem> for Game {
    type Error = ItemError;

    /// Validates an item. Everything unusual that a table may hold, such as the items of AWS's example
    /// application, is handled here and nowhere else.
    fn try_from(item: GameItem) -> Result<Self, ItemError> {
        let id: GameId = item
            .game_id
            .parse()
            .map_err(|_| ItemError::GameId(item.game_id.clone()))?;
        let (status, status_changed_at) = status_date::decode(&item.status_date)
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
            players: Players {
                host: PlayerName::from_stored(item.host_id),
                opponent: PlayerName::from_stored(item.opponent_id),
            },
            status_changed_at,
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

    /// Parses the order of play. Unknown squares are skipped, so that the record is incomplete instead of
    /// wrong.
    fn history(&self) -> History {
        History::new(self.moves.iter().filter_map(|m| m.parse().ok()).collect())
    }

    fn in_progress(&self, board: Board) -> Result<Phase, ItemError> {
        let setup = Setup { board };
        // AWS's example application records the end of a game only when a page of the game is opened.
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
            // AWS's example application records a spectator as the winner if the spectator is the first to
            // open a game that X has won. The board decides instead.
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
