//! Requests for games, and their responses.

use crate::clock::{self, Tick};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// A request for one game, and its response.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub game: String,
    pub player: String,
    pub action: Action,
    /// The instance that received the request.
    pub instance: usize,
    pub began: Tick,
    pub ended: Tick,
    pub outcome: Outcome,
}

/// The requested action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Invite { opponent: String },
    Accept,
    Decline,
    Cancel,
    Play { square: String, ply: usize },
    Read,
}

/// The outcome of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Acknowledged with the current game.
    Game(Game),
    /// Acknowledged without the game, as the server functions do.
    Done,
    /// Acknowledged: the game was deleted.
    Removed,
    /// Rejected without a change.
    Rejected { status: u16, code: String },
    /// No response, or an unavailable database: the action was or will be performed once or not at all.
    Unknown { reason: String },
}

impl Call {
    /// Whether the call was acknowledged.
    pub fn is_acknowledged(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Game(_) | Outcome::Done | Outcome::Removed
        )
    }

    /// Whether the outcome is unknown.
    pub fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown { .. })
    }

    /// Whether the call was rejected.
    pub fn is_rejected(&self) -> bool {
        matches!(self.outcome, Outcome::Rejected { .. })
    }

    /// Whether the call is the removal of an invitation that was not there.
    pub fn finds_nothing(&self) -> bool {
        self.is_removal()
            && matches!(&self.outcome, Outcome::Rejected { code, .. } if code == "no_such_game")
    }

    /// Whether the call may have changed the game.
    pub fn may_have_acted(&self) -> bool {
        !self.is_rejected()
    }

    /// Whether the action removes an invitation.
    pub fn is_removal(&self) -> bool {
        matches!(self.action, Action::Decline | Action::Cancel)
    }

    /// Whether the response arrived before the other call began.
    pub fn precedes(&self, other: &Self) -> bool {
        !self.is_unknown() && self.ended < other.began
    }

    /// Whether the response shows that the game existed.
    pub fn shows_existence(&self) -> bool {
        matches!(self.outcome, Outcome::Game(_) | Outcome::Done)
    }

    /// Whether the response shows that the game was accepted.
    pub fn shows_acceptance(&self) -> bool {
        match &self.outcome {
            Outcome::Game(game) => game.status != "PENDING",
            Outcome::Done => self.action == Action::Accept,
            _ => false,
        }
    }

    /// The game in the response.
    pub fn game_seen(&self) -> Option<&Game> {
        match &self.outcome {
            Outcome::Game(game) => Some(game),
            _ => None,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            began,
            ended,
            player,
            instance,
            ..
        } = self;
        let (began, ended) = (clock::seconds(*began), clock::seconds(*ended));
        write!(f, "{began} to {ended}  {player} by instance {instance}: ")?;
        match &self.action {
            Action::Invite { opponent } => write!(f, "invite {opponent}")?,
            Action::Accept => f.write_str("accept")?,
            Action::Decline => f.write_str("decline")?,
            Action::Cancel => f.write_str("cancel")?,
            Action::Play { square, ply } => write!(f, "play {square} at ply {ply}")?,
            Action::Read => f.write_str("read")?,
        }
        match &self.outcome {
            Outcome::Game(game) => write!(f, " => {game}"),
            Outcome::Done => f.write_str(" => done"),
            Outcome::Removed => f.write_str(" => removed"),
            Outcome::Rejected { status, code } => write!(f, " => {status} {code}"),
            Outcome::Unknown { reason } => write!(f, " => unknown: {reason}"),
        }
    }
}

/// A game in the JSON API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Game {
    pub game_id: String,
    pub host: String,
    pub opponent: String,
    pub status: String,
    pub updated_at: String,
    pub turn: Option<String>,
    pub board: BTreeMap<String, String>,
    pub moves: Option<Vec<String>>,
    pub result: Option<String>,
    pub version: u64,
}

impl fmt::Display for Game {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moves = self.moves.as_ref().map(|moves| moves.join(" "));
        write!(
            f,
            "version {} {} [{}]",
            self.version,
            self.status,
            moves.as_deref().unwrap_or("?")
        )?;
        match &self.result {
            Some(result) => write!(f, " result {result}"),
            None => Ok(()),
        }
    }
}

/// A game in a list of the JSON API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Summary {
    pub game_id: String,
    pub host: String,
    pub opponent: String,
    pub status: String,
    pub updated_at: String,
    pub turn: Option<String>,
    pub result: Option<String>,
}
