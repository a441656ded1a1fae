//! The state that all players share: the instances, the accounts, the record of what happens.

use crate::{
    client::{self, Answer},
    clock::{Clock, Tick},
    door::{Door, Request},
    history::{Action, Call, Outcome},
    pages::Pages,
    record::{Disturbance, SessionCall, Walk},
};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use test_support::Client;

/// A player with a session.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub cookie: String,
}

pub struct World {
    pub instances: Vec<SocketAddr>,
    pub accounts: Vec<Account>,
    pub clock: Clock,
    /// The open pages.
    pub pages: Pages,
    calls: Mutex<Vec<Call>>,
    pub sessions: Mutex<Vec<SessionCall>>,
    pub walks: Mutex<Vec<Walk>>,
    pub disturbances: Mutex<Vec<Disturbance>>,
    hang_ups: AtomicUsize,
    games: AtomicUsize,
    over: AtomicBool,
}

/// The way that a request takes.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub instance: usize,
    pub door: Door,
    /// The time after which the client hangs up.
    pub hang_up: Option<Duration>,
}

impl World {
    /// Registers players. Faults must not have begun yet.
    pub async fn with_players(instances: Vec<SocketAddr>, players: usize) -> Self {
        let mut accounts = Vec::new();
        for number in 0..players {
            let name = format!("player-{number}");
            let address = instances[number % instances.len()];
            let cookie = Client::registered(address, &name).await.cookie().unwrap();
            accounts.push(Account { name, cookie });
        }
        Self {
            instances,
            accounts,
            clock: Clock::default(),
            pages: Pages::default(),
            calls: Mutex::default(),
            sessions: Mutex::default(),
            walks: Mutex::default(),
            disturbances: Mutex::default(),
            hang_ups: AtomicUsize::new(0),
            games: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        }
    }

    /// Counts a game that was played or abandoned.
    pub fn game_over(&self) {
        self.games.fetch_add(1, Ordering::Relaxed);
    }

    /// The number of games that were played or abandoned.
    pub fn games_over(&self) -> usize {
        self.games.load(Ordering::Relaxed)
    }

    /// The number of clients that hung up.
    pub fn hang_ups(&self) -> usize {
        self.hang_ups.load(Ordering::Relaxed)
    }

    /// Tells all players to stop.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub fn any_instance(&self, random: &mut fastrand::Rng) -> usize {
        random.usize(0..self.instances.len())
    }

    pub fn any_account(&self, random: &mut fastrand::Rng) -> &Account {
        &self.accounts[random.usize(0..self.accounts.len())]
    }

    /// The time since the start of the run.
    pub fn tick(&self) -> Tick {
        self.clock.tick()
    }

    /// All calls until now, which are removed.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// The hosts of all games, by the games' ids.
    pub fn hosts(&self) -> BTreeMap<String, String> {
        let calls = self.calls.lock().unwrap();
        let is_invitation = |call: &&Call| matches!(call.action, Action::Invite { .. });
        let invitations = calls.iter().filter(is_invitation);
        invitations
            .map(|call| (call.game.clone(), call.player.clone()))
            .collect()
    }

    /// Sends an action and records the outcome.
    pub async fn call(
        &self,
        route: Route,
        player: &Account,
        game: &str,
        action: Action,
    ) -> Outcome {
        let request = route.door.request(game, &action);
        let (address, cookie) = (self.instances[route.instance], Some(player.cookie.as_str()));
        let began = self.tick();
        let answer = match route.hang_up {
            None => client::send(address, &request, cookie).await,
            Some(patience) => {
                self.hang_ups.fetch_add(1, Ordering::Relaxed);
                client::hang_up(address, &request, cookie, patience).await
            }
        };
        let ended = self.tick();
        let outcome = route.door.outcome(&action, answer);
        self.calls.lock().unwrap().push(Call {
            game: game.to_owned(),
            player: player.name.clone(),
            action,
            instance: route.instance,
            began,
            ended,
            outcome: outcome.clone(),
        });
        outcome
    }

    /// Sends a request to an instance as a player.
    pub async fn send(
        &self,
        instance: usize,
        player: &Account,
        request: &Request,
    ) -> Result<Answer, String> {
        client::send(self.instances[instance], request, Some(&player.cookie)).await
    }
}
