//! What was asked of the servers and what they answered, in the order of one clock.

use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// Everything that was asked, written down as the answers come.
#[derive(Debug, Default)]
pub struct History {
    clock: AtomicU64,
    calls: Mutex<Vec<Call>>,
}

impl History {
    /// The next tick: of two events, the one that was over when the other began has the lower tick.
    pub fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// Writes a call down.
    pub fn record(&self, call: Call) {
        self.calls.lock().unwrap().push(call);
    }

    /// The calls, in the order in which they began.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.calls.lock().unwrap().clone();
        calls.sort_by_key(|call| call.began);
        calls
    }
}

/// One request about one game, and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub game: String,
    pub player: String,
    pub action: Action,
    /// Which instance was asked.
    pub instance: usize,
    pub began: u64,
    pub ended: u64,
    pub outcome: Outcome,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Invite { opponent: String },
    Accept,
    Decline,
    Cancel,
    Play { square: String, ply: usize },
    Look,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Acknowledged, with the game as it is now.
    Game(Game),
    /// Acknowledged: the game is gone.
    Removed,
    /// Refused: this call has changed nothing.
    Refused { status: u16, code: String },
    /// No answer, or that the database was not reached: it was done once or not at all, now or later.
    Unknown { why: String },
}

impl Call {
    /// Whether it was acknowledged.
    pub fn is_acknowledged(&self) -> bool {
        matches!(self.outcome, Outcome::Game(_) | Outcome::Removed)
    }

    /// Whether nobody knows what became of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self.outcome, Outcome::Unknown { .. })
    }

    /// Whether it was refused.
    pub fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused { .. })
    }

    /// Whether it may have changed the game. A removal that finds nothing may have been repeated by the SDK after
    /// its own success, whose answer was lost.
    pub fn may_have_acted(&self) -> bool {
        match &self.outcome {
            Outcome::Refused { code, .. } => self.is_removal() && code == "no_such_game",
            _ => true,
        }
    }

    /// Whether it asks for the game's end before its beginning.
    pub fn is_removal(&self) -> bool {
        matches!(self.action, Action::Decline | Action::Cancel)
    }

    /// Whether its answer had come when the other began.
    pub fn precedes(&self, other: &Self) -> bool {
        !self.is_unknown() && self.ended < other.began
    }

    /// The game in its answer.
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
        write!(
            f,
            "{began:>6} to {ended:>6}  {player} by instance {instance}: "
        )?;
        match &self.action {
            Action::Invite { opponent } => write!(f, "invite {opponent}")?,
            Action::Accept => f.write_str("accept")?,
            Action::Decline => f.write_str("decline")?,
            Action::Cancel => f.write_str("cancel")?,
            Action::Play { square, ply } => write!(f, "play {square} at ply {ply}")?,
            Action::Look => f.write_str("look")?,
        }
        match &self.outcome {
            Outcome::Game(game) => write!(f, " => {game}"),
            Outcome::Removed => f.write_str(" => removed"),
            Outcome::Refused { status, code } => write!(f, " => {status} {code}"),
            Outcome::Unknown { why } => write!(f, " => unknown: {why}"),
        }
    }
}

/// A game as the JSON API shows it.
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

/// A game as a list of the JSON API shows it.
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
