//! Records for the checker's tests: a simulation of a correct application, whose record a test can falsify.

mod ideal_game;

use crate::{
    clock::Tick,
    history::{Action, Call, Outcome, Summary},
    record::{
        Bounds, Connection, IndexKey, IndexRead, Item, ListName, ListRead, Page, PageEvent, Record,
        ShownLists,
    },
    rules,
};
use ideal_game::IdealGame;
use std::collections::{BTreeMap, BTreeSet};

/// The id of the game that a test falsifies.
pub const GAME: &str = "2b6a1c52-0f3e-4c62-9d0b-0f9f1c6a7b11";

/// The ticks between two calls, which a test can use to make calls overlap.
pub const GAP: u64 = 10;

/// The time within which a change is told, longer than a simulation.
pub const BOUND: Tick = 100_000;

/// A correct application with one clock, and its calls so far.
#[derive(Default)]
pub struct Simulation {
    pub games: BTreeMap<String, IdealGame>,
    pub calls: Vec<Call>,
    pub pages: Vec<Page>,
    now: Tick,
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

    /// Opens a page that shows a game.
    pub fn open_page(&mut self, game: &str) -> &mut Page {
        let now = self.tick();
        let loaded = self.games.get(game).map(|ideal| ideal.game(game));
        self.pages.push(Page {
            game: Some(game.to_owned()),
            connections: vec![Connection {
                opened: now,
                closed: Tick::MAX,
                events: loaded
                    .map(|game| (now, PageEvent::Loaded(game)))
                    .into_iter()
                    .collect(),
                ..Connection::default()
            }],
            ..Page::default()
        });
        self.pages.last_mut().unwrap()
    }

    /// Tells the open pages of a game its current state.
    pub fn tell(&mut self, game: &str) {
        let now = self.tick();
        let event = match self.games.get(game) {
            Some(ideal) => PageEvent::Game(ideal.game(game)),
            None => PageEvent::Gone,
        };
        let is_open = |page: &&mut Page| page.game.as_deref() == Some(game) && !page.is_gone();
        for page in self.pages.iter_mut().filter(is_open) {
            page.connections[0].events.push((now, event.clone()));
        }
    }

    /// Opens a home page, which is up to date at the end.
    pub fn open_home(&mut self, viewer: &str) -> &mut Page {
        let opened = self.tick();
        self.pages.push(Page {
            viewer: Some(viewer.to_owned()),
            connections: vec![Connection {
                since: Some((opened, opened)),
                opened,
                closed: Tick::MAX,
                ..Connection::default()
            }],
            ..Page::default()
        });
        self.pages.last_mut().unwrap()
    }

    /// All games that are in a list of a player now.
    pub fn all_games(&self, list: ListName, player: &str) -> Vec<Summary> {
        let [_, whole] = reads(&self.games, list, player);
        whole.pages.concat()
    }

    /// The current first page of each list of a player.
    pub fn lists(&self, player: &str) -> ShownLists {
        let shown = |list| {
            let [_, whole] = reads(&self.games, list, player);
            (list, (whole.pages[0].clone(), whole.pages.len() > 1))
        };
        ListName::ALL.map(shown).into()
    }

    pub fn remove(&mut self, game: &str, player: &str, action: Action) {
        self.games.remove(game);
        self.call(game, player, action, Outcome::Removed);
    }

    /// The record with the table, the indexes and the lists of the correct games.
    pub fn record(self) -> Record {
        self.record_with(|_| {})
    }

    /// The record with a changed item of the game [`GAME`].
    pub fn record_with(mut self, change: impl Fn(&mut Item)) -> Record {
        let mut pages = std::mem::take(&mut self.pages);
        for page in pages.iter_mut().filter(|page| page.lists.is_none()) {
            page.lists = page.viewer.as_ref().map(|viewer| self.lists(viewer));
        }
        let mut items: Vec<Item> = self
            .games
            .iter()
            .map(|(id, ideal)| ideal.item(id))
            .collect();
        items
            .iter_mut()
            .filter(|item| item["GameId"] == GAME)
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
            pages,
            bounds: Bounds {
                told: BOUND,
                session: BOUND,
                indexed: 0,
            },
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
