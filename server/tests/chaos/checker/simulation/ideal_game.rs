//! The correct state of a game, and what people see of it.

use crate::{
    history::{Game, Summary},
    record::Item,
    rules,
};
use serde_json::{Value, json};

/// The correct state of a game.
#[derive(Clone, Debug)]
pub struct IdealGame {
    pub host: String,
    pub opponent: String,
    pub is_accepted: bool,
    pub moves: Vec<String>,
    /// The tick of the last change of status.
    pub status_changed_at: u64,
}

impl IdealGame {
    pub fn result(&self) -> Option<&str> {
        rules::result(&self.host, &self.opponent, &self.moves)
    }

    pub fn status(&self) -> &'static str {
        match (self.is_accepted, self.result()) {
            (false, _) => "PENDING",
            (true, None) => "IN_PROGRESS",
            (true, Some(_)) => "FINISHED",
        }
    }

    pub fn mover(&self) -> &str {
        rules::mover(&self.host, &self.opponent, self.moves.len())
    }

    pub fn turn(&self) -> Option<String> {
        (self.status() == "IN_PROGRESS").then(|| self.mover().to_owned())
    }

    pub fn date(&self) -> String {
        format!(
            "2026-11-22 05:{:02}:{:02}.{:06}",
            self.status_changed_at / 60_000,
            self.status_changed_at / 1000 % 60,
            self.status_changed_at % 1000
        )
    }

    pub fn updated_at(&self) -> String {
        self.date().replace(' ', "T") + "Z"
    }

    pub fn game(&self, id: &str) -> Game {
        let version = match self.status() {
            "PENDING" => 1,
            "IN_PROGRESS" => 2 + self.moves.len(),
            _ => 3 + self.moves.len(),
        };
        Game {
            game_id: id.to_owned(),
            host: self.host.clone(),
            opponent: self.opponent.clone(),
            status: self.status().to_owned(),
            updated_at: self.updated_at(),
            turn: self.turn(),
            board: rules::board(&self.moves),
            moves: Some(self.moves.clone()),
            result: self.result().map(str::to_owned),
            version: version as u64,
        }
    }

    pub fn summary(&self, id: &str) -> Summary {
        let Game {
            game_id,
            host,
            opponent,
            status,
            updated_at,
            turn,
            result,
            ..
        } = self.game(id);
        Summary {
            game_id,
            host,
            opponent,
            status,
            updated_at,
            turn,
            result,
        }
    }

    pub fn item(&self, id: &str) -> Item {
        let mut item = json!({
            "GameId": id,
            "HostId": self.host,
            "OpponentId": self.opponent,
            "StatusDate": format!("{}_{}", self.status(), self.date()),
            "OUser": self.host,
            "Turn": if self.result().is_some() { "N/A" } else { self.mover() },
        });
        if let Some(result) = self.result() {
            item["Result"] = result.into();
        }
        if !self.moves.is_empty() {
            item["Moves"] = json!(self.moves);
        }
        for (square, mark) in rules::board(&self.moves) {
            item[square] = mark.into();
        }
        match item {
            Value::Object(item) => item,
            _ => unreachable!("an object"),
        }
    }
}
