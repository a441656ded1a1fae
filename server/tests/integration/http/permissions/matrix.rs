//! The matrix of permissions.

use super::{
    action::{Action, Route},
    caller::{Caller, Stage},
    tables::Table,
};
use domain::error::AppError;
use test_support::Answer;

/// The expected answer of one request.
#[derive(Clone, Debug)]
pub enum Cell {
    /// A success that changes nothing in the tables.
    Reads,
    /// A success that changes exactly the tables in [`Action::writes`].
    Writes,
    /// The same, and the game is deleted.
    WritesAndDeletesGame,
    /// A redirect to the log-in form. It changes nothing.
    AsksToLogIn,
    /// This error. It changes nothing.
    Refuses(AppError),
}

type Row = [Cell; Caller::ALL.len()];

const OK: Cell = Cell::Reads;
const DONE: Cell = Cell::Writes;
const DONE_GAME: Cell = Cell::WritesAndDeletesGame;
const LOG_IN: Cell = Cell::AsksToLogIn;
const NO_LOGIN: Cell = Cell::Refuses(AppError::NotLoggedIn);
const WRONG: Cell = Cell::Refuses(AppError::WrongCredentials);
const TAKEN: Cell = Cell::Refuses(AppError::NameTaken);
const NO_GAME: Cell = Cell::Refuses(AppError::NoSuchGame);
const NOT_YOURS: Cell = Cell::Refuses(AppError::NotYourGame);
const ACCEPTED: Cell = Cell::Refuses(AppError::NotPending);
const NO_PLAY: Cell = Cell::Refuses(AppError::GameNotInProgress);
const NOT_TURN: Cell = Cell::Refuses(AppError::NotYourTurn);

/// The expected answer to an action at a stage of the game.
#[rustfmt::skip]
#[allow(clippy::enum_glob_use, reason = "a table of many names")]
pub fn cell(action: Action, stage: Stage, caller: Caller) -> Cell {
    use Action::*;
    use Stage::*;
    let row: Row = match (action, stage) {
        //                                  Nobody     Watcher    Expired    Deleted    Player     Third      Opponent   Host
        (Register, _)                   => [DONE,      DONE,      TAKEN,     TAKEN,     TAKEN,     TAKEN,     TAKEN,     TAKEN],
        (LogIn, _)                      => [WRONG,     WRONG,     DONE,      WRONG,     DONE,      DONE,      DONE,      DONE],
        (LogOut, _)                     => [OK,        OK,        DONE,      OK,        DONE,      DONE,      DONE,      DONE],
        (LogOutEverywhere, _)           => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  DONE,      DONE,      DONE,      DONE],
        (ChangePassword, _)             => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  DONE,      DONE,      DONE,      DONE],
        (DeleteAccount, Pending)        => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  DONE,      DONE,      DONE_GAME, DONE_GAME],
        (DeleteAccount, _)              => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  DONE,      DONE,      DONE,      DONE],
        (ShowAccount, _)                => [LOG_IN,    LOG_IN,    LOG_IN,    LOG_IN,    OK,        OK,        OK,        OK],
        (ShowSession, _)                => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  OK,        OK,        OK,        OK],
        (LoadViewer, _)                 => [OK,        OK,        OK,        OK,        OK,        OK,        OK,        OK],

        (ShowLobby | ShowList, _)       => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  OK,        OK,        OK,        OK],
        (LoadHome, _)                   => [OK,        OK,        OK,        OK,        OK,        OK,        OK,        OK],
        (WatchLobby, _)                 => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   OK,        OK,        OK],

        (ShowGame | WatchGame, Pending) => [NO_GAME,   OK,        OK,        NO_GAME,   NO_GAME,   OK,        OK,        OK],
        (ShowGame | WatchGame, _)       => [NO_GAME,   OK,        OK,        OK,        NO_GAME,   OK,        OK,        OK],
        (Invite, _)                     => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  DONE,      DONE,      DONE,      DONE],
        (Accept, Pending)               => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, DONE,      NOT_YOURS],
        (Accept, HostsTurn)             => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, OK,        NOT_YOURS],
        (Accept, OpponentsTurn)         => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, OK,        NOT_YOURS],
        (Accept, Finished)              => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, OK,        NOT_YOURS],
        (Decline, Pending)              => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, DONE,      NOT_YOURS],
        (Decline, HostsTurn)            => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, ACCEPTED,  NOT_YOURS],
        (Decline, OpponentsTurn)        => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, ACCEPTED,  NOT_YOURS],
        (Decline, Finished)             => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, ACCEPTED,  NOT_YOURS],
        (Cancel, Pending)               => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NOT_YOURS, DONE],
        (Cancel, HostsTurn)             => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NOT_YOURS, ACCEPTED],
        (Cancel, OpponentsTurn)         => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NOT_YOURS, ACCEPTED],
        (Cancel, Finished)              => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NOT_YOURS, ACCEPTED],
        (Play, Pending)                 => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NO_PLAY,   NO_PLAY],
        (Play, HostsTurn)               => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NOT_TURN,  DONE],
        (Play, OpponentsTurn)           => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, DONE,      NOT_TURN],
        (Play, Finished)                => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NO_PLAY,   NO_PLAY],

        (ShowPanel | WatchPanel, _)     => [OK,        OK,        OK,        OK,        OK,        OK,        OK,        OK],
        (Race, Pending)                 => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, DONE,      NOT_YOURS],
        (Race, HostsTurn)               => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NOT_TURN,  DONE],
        (Race, OpponentsTurn)           => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, DONE,      NOT_TURN],
        (Race, Finished)                => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_GAME,   NOT_YOURS, NO_PLAY,   NO_PLAY],
        (SwitchFault, _)                => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  OK,        OK,        OK,        OK],
        (RunExample, _)                 => [NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  NO_LOGIN,  OK,        OK,        OK,        OK],

        (ReadGuide, _)                  => [OK,        OK,        OK,        OK,        OK,        OK,        OK,        OK],
        (Describe | Probe, _)           => [OK,        OK,        OK,        OK,        OK,        OK,        OK,        OK],
    };
    row[caller as usize].clone()
}

impl Cell {
    /// The difference between this cell and an answer, or `None` if they agree. `changed` lists the tables that the
    /// request changed.
    pub fn error(&self, route: Route, answer: &Answer, changed: &[Table]) -> Option<String> {
        let (status, writes) = match self {
            Self::Reads => (route.success, vec![]),
            Self::Writes => (route.success, route.action.writes().to_vec()),
            Self::WritesAndDeletesGame => {
                let writes = [&[Table::Games][..], route.action.writes()].concat();
                (route.success, writes)
            }
            Self::AsksToLogIn => (303, vec![]),
            Self::Refuses(error) => (error.status(), vec![]),
        };
        if answer.status.as_u16() != status {
            return Some(format!(
                "expected {self:?}, got {} {}",
                answer.status,
                answer.text()
            ));
        }
        if let Self::Refuses(error) = self
            && let Some(code) = Self::code(answer)
            && code != error.code()
        {
            return Some(format!("expected {}, got {code}", error.code()));
        }
        (changed != writes).then(|| format!("expected {self:?}, but it changed {changed:?}"))
    }

    /// The code of an error, or `None` for a page, which shows only its sentence.
    pub fn code(answer: &Answer) -> Option<String> {
        let is_page = answer.header("content-type").starts_with("text/html");
        (!is_page).then(|| {
            answer.json()["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
    }
}
