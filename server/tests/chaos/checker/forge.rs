//! Makes records for the checker's tests: of an application that does everything right, on paper, and of which
//! whatever a test wants can then be falsified.

use crate::{
    history::{Action, Call, Game, Outcome, Summary},
    record::{IndexKey, IndexRead, Item, ListName, ListRead, Record},
    rules,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Ticks between two calls, so that one can be made to overlap its neighbours.
pub const GAP: u64 = 10;

/// The ideal state of one game.
#[derive(Clone, Debug)]
pub struct Ideal {
    pub host: String,
    pub opponent: String,
    pub is_accepted: bool,
    pub moves: Vec<String>,
    /// When its status last changed, in ticks.
    pub since: u64,
}

impl Ideal {
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
            self.since / 60_000,
            self.since / 1000 % 60,
            self.since % 1000
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

/// A record in the making.
#[derive(Default)]
pub struct Forge {
    pub games: BTreeMap<String, Ideal>,
    pub calls: Vec<Call>,
    now: u64,
}

impl Forge {
    /// With enough games of all sorts that every list has something, and some more than one page.
    pub fn with_games() -> Self {
        let mut forge = Self::default();
        for number in 0..12 {
            let id = format!("finished-{number}");
            forge.begin(&id, "ada", "bob");
            forge.play_all(&id, &[0, 3, 1, 4, 2]);
        }
        for (number, squares) in [&[][..], &[4], &[4, 0]].iter().enumerate() {
            let id = format!("in-progress-{number}");
            forge.begin(&id, "bob", "ada");
            forge.play_all(&id, squares);
        }
        for number in 0..2 {
            forge.invite(&format!("pending-{number}"), "ada", "bob");
        }
        forge.invite("declined", "ada", "bob");
        forge.remove("declined", "bob", Action::Decline);
        forge
    }

    pub fn tick(&mut self) -> u64 {
        self.now += GAP;
        self.now
    }

    /// Writes down a call that took its time and overlapped no other.
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

    /// One that is answered with the game as it is.
    pub fn acknowledged(&mut self, game: &str, player: &str, action: Action) -> &mut Call {
        let seen = self.games[game].game(game);
        self.call(game, player, action, Outcome::Game(seen))
    }

    pub fn refused(
        &mut self,
        game: &str,
        player: &str,
        action: Action,
        status: u16,
        code: &str,
    ) -> &mut Call {
        let code = code.to_owned();
        self.call(game, player, action, Outcome::Refused { status, code })
    }

    pub fn put(&mut self, game: &str, host: &str, opponent: &str) {
        let since = self.tick();
        self.games.insert(
            game.to_owned(),
            Ideal {
                host: host.to_owned(),
                opponent: opponent.to_owned(),
                is_accepted: false,
                moves: Vec::new(),
                since,
            },
        );
    }

    pub fn start(&mut self, game: &str) {
        let since = self.tick();
        let ideal = self.games.get_mut(game).unwrap();
        ideal.is_accepted = true;
        ideal.since = since;
    }

    pub fn mark(&mut self, game: &str, square: &str) {
        let since = self.tick();
        let ideal = self.games.get_mut(game).unwrap();
        ideal.moves.push(square.to_owned());
        if ideal.result().is_some() {
            ideal.since = since;
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

    /// Invited and accepted.
    pub fn begin(&mut self, game: &str, host: &str, opponent: &str) {
        self.invite(game, host, opponent);
        self.accept(game);
    }

    /// The next move, legal or not, made and acknowledged.
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

    pub fn look(&mut self, game: &str, player: &str) -> &mut Call {
        self.acknowledged(game, player, Action::Look)
    }

    pub fn remove(&mut self, game: &str, player: &str, action: Action) {
        self.games.remove(game);
        self.call(game, player, action, Outcome::Removed);
    }

    /// The record: the tables, indexes and lists as the ideal games have them.
    pub fn record(self) -> Record {
        self.record_with(|_| {})
    }

    /// The same with a change of the item of the game called `game`.
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

/// A list as the lobby and as its pages show it.
fn reads(games: &BTreeMap<String, Ideal>, list: ListName, player: &str) -> [ListRead; 2] {
    let (status, as_host, as_opponent) = match list {
        ListName::Invitations => ("PENDING", false, true),
        ListName::Outgoing => ("PENDING", true, false),
        ListName::InProgress => ("IN_PROGRESS", true, true),
        ListName::Finished => ("FINISHED", true, true),
    };
    let is_in = |game: &Ideal| {
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
    [(pages[..1].to_vec(), false), (pages, true)].map(|(pages, whole)| ListRead {
        instance: 0,
        player: player.to_owned(),
        list,
        pages,
        whole,
    })
}
