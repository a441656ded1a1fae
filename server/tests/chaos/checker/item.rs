//! The item itself: it must be readable and follow the rules.

use super::{Findings, violation::Kind};
use crate::{record::Item, rules};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The item of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub host: String,
    pub opponent: String,
    pub status: String,
    /// The time of the last change of status, as in the API.
    pub updated_at: String,
    /// As in the table: `N/A` after the end of the game.
    pub turn: String,
    pub result: Option<String>,
    pub moves: Vec<String>,
    pub marks: BTreeMap<String, String>,
}

impl Stored {
    /// Reads an item strictly. Everything that the data model does not contain is an error.
    pub fn read(item: &Item) -> Result<Self, String> {
        let text = |name: &str| match item.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            other => Err(format!("{name} is {other:?}")),
        };
        let status_date = text("StatusDate")?;
        let (status, updated_at) = read_status_date(&status_date)
            .ok_or_else(|| format!("StatusDate is {status_date:?}"))?;
        let moves = match item.get("Moves") {
            None => Vec::new(),
            Some(moves) => {
                serde_json::from_value(moves.clone()).map_err(|e| format!("Moves: {e}"))?
            }
        };
        let mut marks = BTreeMap::new();
        for name in item.keys() {
            match name.as_str() {
                "GameId" | "HostId" | "OpponentId" | "StatusDate" | "OUser" | "Turn" | "Result"
                | "Moves" => {}
                square if rules::SQUARES.contains(&square) => {
                    let mark = text(square)?;
                    marks.insert(square.to_owned(), mark);
                }
                other => return Err(format!("the attribute {other} is unknown")),
            }
        }
        let stored = Self {
            host: text("HostId")?,
            opponent: text("OpponentId")?,
            status,
            updated_at,
            turn: text("Turn")?,
            result: item.get("Result").map(|_| text("Result")).transpose()?,
            moves,
            marks,
        };
        if text("OUser")? != stored.host || stored.host == stored.opponent {
            return Err("HostId, OpponentId and OUser contradict each other".to_owned());
        }
        match stored
            .moves
            .iter()
            .find(|m| !rules::SQUARES.contains(&m.as_str()))
        {
            Some(unknown) => Err(format!("Moves has {unknown:?}, which is no square")),
            None => Ok(stored),
        }
    }

    pub fn is_accepted(&self) -> bool {
        self.status != "PENDING"
    }

    /// The version in the API.
    pub fn version(&self) -> u64 {
        let marks = self.moves.len() as u64;
        match self.status.as_str() {
            "PENDING" => 1,
            "IN_PROGRESS" => 2 + marks,
            _ => 3 + marks,
        }
    }

    /// The result by the board.
    pub fn end(&self) -> Option<&str> {
        rules::result(&self.host, &self.opponent, &self.moves)
    }
}

/// `PENDING_2026-11-22 05:30:00.123456` as `PENDING` and `2026-11-22T05:30:00.123456Z`.
fn read_status_date(text: &str) -> Option<(String, String)> {
    let (status, date) = text.rsplit_once('_')?;
    let is_known = ["PENDING", "IN_PROGRESS", "FINISHED"].contains(&status);
    let (day, time) = date.split_once(' ')?;
    let is_date = day.len() == 10 && time.len() == 15 && time.as_bytes()[8] == b'.';
    (is_known && is_date).then(|| (status.to_owned(), format!("{day}T{time}Z")))
}

/// Checks a readable item against the rules.
pub fn check(stored: &Stored, findings: &mut Findings<'_>) {
    let Stored {
        host,
        opponent,
        moves,
        ..
    } = stored;
    let distinct: BTreeSet<_> = moves.iter().collect();
    if distinct.len() < moves.len() {
        findings.add(Kind::SquareTwice, format!("its moves are {moves:?}"));
    }
    let marks = rules::board(moves);
    if stored.marks != marks {
        let explanation = format!("its marks are {:?}, its moves {moves:?}", stored.marks);
        findings.add(Kind::MarksDisagreeWithMoves, explanation);
    }
    let before_last = &moves[..moves.len().saturating_sub(1)];
    if let Some(end) = rules::result(host, opponent, before_last) {
        findings.add(
            Kind::MoveAfterEnd,
            format!("it was over ({end}) before the last of {moves:?}"),
        );
    }
    let end = stored.end();
    let status = &stored.status;
    let fits = match (end, moves.is_empty()) {
        (Some(_), _) => status == "FINISHED",
        (None, false) => status == "IN_PROGRESS",
        (None, true) => status == "PENDING" || status == "IN_PROGRESS",
    };
    if !fits {
        findings.add(Kind::WrongStatus, format!("it is {status} after {moves:?}"));
    }
    let turn = match end {
        Some(_) => "N/A",
        None => rules::mover(host, opponent, moves.len()),
    };
    if stored.turn != turn {
        let explanation = format!("Turn is {:?} after {moves:?}, not {turn:?}", stored.turn);
        findings.add(Kind::WrongTurn, explanation);
    }
    if stored.result.as_deref() != end {
        let explanation = format!("Result is {:?} after {moves:?}, not {end:?}", stored.result);
        findings.add(Kind::WrongResult, explanation);
    }
}
