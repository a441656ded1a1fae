//! Records for the checker's tests: a simulation of a correct application, whose record a test can falsify.

use crate::{
    history::{Action, Call, Game, Outcome, Summary},
    record::{IndexKey, IndexRead, Item, ListName, ListRead, Record},
    rules,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The ticks between two calls, which a test can use to make calls overlap.
pub const GAP: u64 = 10;

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

    fn status(&self) -> &'static str {
        match (self.is_accepted, self.result()) {
            (false, _) => "PENDING",
            (true, None) => "IN_PROGRESS",
            (true, Some(_)) => "FINISHED",
        }
    }

    pub fn mover(&self) -> &str {
        rules::mover(&self.host, &self.opponent, self.moves.len())
    }

    fn turn(&self) -> Option<String> {
        (self.status() == "IN_PROGRESS").then(|| self.mover().to_owned())
    }

    fn date(&self) -> String {
        format!(
            "2026-11-22 05:{:02}:{:02}.{:06}",
            self.status_changed_at / 60_000,
            self.status_changed_at / 1000 % 60,
            self.status_changed_at % 1000
        )
    }

    fn updated_at(&self) -> String {
        self.date().replace(' ', "T") + "Z"
    }

    fn game(&self, id: &str) -> Game {
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

    fn summary(&self, id: &str) -> Summary {
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

    fn item(&self, id: &str) -> Item {
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

/// A correct application with one clock, and its calls so far.
#[derive(Default)]
pub struct Simulation {
    pub games: BTreeMap<String, IdealGame>,
    pub calls: Vec<Call>,
    now: u64,
}

impl Simulation {
    /// A simulation with games in every list, some of which have several pages.
    pub fn with_games() -> Self {
        let mut simulation = Self::default();
        for number in 0..12 {
            let id = format!("finished-{number}");
            simulation.begin(&id, "ada", "bob");
            simulation.play_all(&id, &[0, 3, 1, 4, 2]);
        }
        for (number, squares) in [&[][..], &[4], &[4, 0]].iter().enumerate() {
            let id = format!("in-progress-{number}");
            simulation.begin(&id, "bob", "ada");
            simulation.play_all(&id, squares);
        }
        for number in 0..2 {
            simulation.invite(&format!("pending-{number}"), "ada", "bob");
        }
        simulation.invite("declined", "ada", "bob");
        simulation.remove("declined", "bob", Action::Decline);
        simulation
    }

    pub fn tick(&mut self) -> u64 {
        self.now += GAP;
        self.now
    }

    /// Records a call that overlaps no other.
    pub fn call(
        &mut self,
        game: &str,
        player: &str,
        action: Action,
        outcome: Outcome,
    ) -> &mut Call {
        let began = self.tick();
        self.calls.push(Call {
            game: game.to_owned(),
            player: player.to_owned(),
            action,
            instance: 0,
            began,
            ended: began + GAP / 2,
            outcome,
        });
        self.calls.last_mut().unwrap()
    }

    /// Records a call whose response is the current game.
    pub fn acknowledged(&mut self, game: &str, player: &str, action: Action) -> &mut Call {
        let seen = self.games[game].game(game);
        self.call(game, player, action, Outcome::Game(seen))
    }

    pub fn rejected(
        &mut self,
        game: &str,
        player: &str,
        action: Action,
        status: u16,
        code: &str,
    ) -> &mut Call {
        let code = code.to_owned();
        self.call(game, player, action, Outcome::Rejected { status, code })
    }

    /// Creates a game without recording a call.
    pub fn put(&mut self, game: &str, host: &str, opponent: &str) {
        let status_changed_at = self.tick();
        self.games.insert(
            game.to_owned(),
            IdealGame {
                host: host.to_owned(),
                opponent: opponent.to_owned(),
                is_accepted: false,
                moves: Vec::new(),
                status_changed_at,
            },
        );
    }

    /// Starts a game without recording a call.
    pub fn start(&mut self, game: &str) {
        let now = self.tick();
        let ideal = self.games.get_mut(game).unwrap();
        ideal.is_accepted = true;
        ideal.status_changed_at = now;
    }

    /// Marks a square without recording a call.
    pub fn mark(&mut self, game: &str, square: &str) {
        let now = self.tick();
        let ideal = self.games.get_mut(game).unwrap();
        ideal.moves.push(square.to_owned());
        if ideal.result().is_some() {
            ideal.status_changed_at = now;
        }
    }

    pub fn invite(&mut self, game: &str, host: &str, opponent: &str) {
        self.put(game, host, opponent);
        let action = Action::Invite {
            opponent: opponent.to_owned(),
        };
        self.acknowledged(game, host, action);
    }

    pub fn accept(&mut self, game: &str) {
        self.start(game);
        let opponent = self.games[game].opponent.clone();
        self.acknowledged(game, &opponent, Action::Accept);
    }

    /// Records an invitation and an acceptance.
    pub fn begin(&mut self, game: &str, host: &str, opponent: &str) {
        self.invite(game, host, opponent);
        self.accept(game);
    }

    /// Records the next move, which may break the rules.
    pub fn play(&mut self, game: &str, place: usize) -> &mut Call {
        let action = play(self.games[game].moves.len(), place);
        let mover = self.games[game].mover().to_owned();
        self.mark(game, rules::SQUARES[place]);
        self.acknowledged(game, &mover, action)
    }

    pub fn play_all(&mut self, game: &str, places: &[usize]) {
        for place in places {
            self.play(game, *place);
        }
    }

    pub fn read(&mut self, game: &str, player: &str) -> &mut Call {
        self.acknowledged(game, player, Action::Read)
    }

    pub fn remove(&mut self, game: &str, player: &str, action: Action) {
        self.games.remove(game);
        self.call(game, player, action, Outcome::Removed);
    }

    /// The record with the table, the indexes and the lists of the correct games.
    pub fn record(self) -> Record {
        self.record_with(|_| {})
    }

    /// The record with a changed item of the game `game`.
    pub fn record_with(self, change: impl Fn(&mut Item)) -> Record {
        let mut items: Vec<Item> = self
            .games
            .iter()
            .map(|(id, ideal)| ideal.item(id))
            .collect();
        items
            .iter_mut()
            .filter(|item| item["GameId"] == "game")
            .for_each(change);
        let players = self
            .games
            .values()
            .flat_map(|ideal| [&ideal.host, &ideal.opponent]);
        let players: BTreeSet<String> = players.cloned().collect();
        let mut calls = self.calls;
        calls.sort_by_key(|call| call.began);
        let mut record = Record {
            calls,
            items,
            ..Record::default()
        };
        for player in &players {
            for key in IndexKey::ALL {
                let entries = entries(&record.items, key, player);
                record.indexes.push(IndexRead {
                    key,
                    player: player.clone(),
                    entries,
                });
            }
            for list in ListName::ALL {
                record.lists.extend(reads(&self.games, list, player));
            }
        }
        record
    }
}

pub fn play(ply: usize, place: usize) -> Action {
    Action::Play {
        square: rules::SQUARES[place].to_owned(),
        ply,
    }
}

fn entries(items: &[Item], key: IndexKey, player: &str) -> Vec<Item> {
    let own = items.iter().filter(|item| item[key.attribute()] == player);
    let projected = ["GameId", "HostId", "OpponentId", "StatusDate", "Result"];
    let entry = |item: &Item| {
        let mut entry = item.clone();
        entry.retain(|name, _| projected.contains(&name.as_str()));
        entry
    };
    own.map(entry).collect()
}

/// A list, read from the lobby and from its pages.
fn reads(games: &BTreeMap<String, IdealGame>, list: ListName, player: &str) -> [ListRead; 2] {
    let (status, as_host, as_opponent) = match list {
        ListName::Invitations => ("PENDING", false, true),
        ListName::Outgoing => ("PENDING", true, false),
        ListName::InProgress => ("IN_PROGRESS", true, true),
        ListName::Finished => ("FINISHED", true, true),
    };
    let is_in = |game: &IdealGame| {
        game.status() == status
            && (as_host && game.host == player || as_opponent && game.opponent == player)
    };
    let own = games.iter().filter(|(_, game)| is_in(game));
    let mut own: Vec<Summary> = own.map(|(id, game)| game.summary(id)).collect();
    own.sort_by(|a, b| b.updated_at.cmp(&a.updated_at));
    let mut pages: Vec<Vec<Summary>> = own.chunks(10).map(<[_]>::to_vec).collect();
    if pages.is_empty() {
        pages.push(Vec::new());
    }
    if list == ListName::InProgress {
        for page in &mut pages {
            page.sort_by_key(|summary| summary.turn.as_deref() != Some(player));
        }
    }
    [(pages[..1].to_vec(), false), (pages, true)].map(|(pages, is_whole)| ListRead {
        instance: 0,
        player: player.to_owned(),
        list,
        pages,
        is_whole,
    })
}
