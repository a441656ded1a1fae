//! The state that all players share: the instances, the accounts, the history.

use crate::{
    client::{self, Answer},
    history::{Action, Call, History, Outcome},
    pages::Pages,
};
use http::Method;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};
use test_support::{Client, game_path};

/// A player with a session.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub cookie: String,
}

pub struct World {
    pub instances: Vec<SocketAddr>,
    pub accounts: Vec<Account>,
    pub history: History,
    /// The open pages.
    pub pages: Pages,
    games: AtomicUsize,
    over: AtomicBool,
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
            history: History::default(),
            pages: Pages::default(),
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

    /// Tells all players to stop.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Sends an action to an instance and records the outcome.
    pub async fn call(
        &self,
        instance: usize,
        player: &Account,
        game: &str,
        action: Action,
    ) -> Outcome {
        let path = game_path(game);
        let (method, path, json) = match &action {
            Action::Invite { opponent } => {
                let body = json!({"opponent": opponent, "game_id": game});
                (Method::POST, "/api/v1/games".to_owned(), Some(body))
            }
            Action::Accept => (Method::POST, format!("{path}/accept"), None),
            Action::Decline => (Method::POST, format!("{path}/decline"), None),
            Action::Cancel => (Method::POST, format!("{path}/cancel"), None),
            Action::Play { square, ply } => {
                let body = json!({"square": square, "ply": ply});
                (Method::POST, format!("{path}/moves"), Some(body))
            }
            Action::Read => (Method::GET, path, None),
        };
        let began = self.history.tick();
        let answer = self
            .send(instance, player, method, &path, json.as_ref())
            .await;
        let ended = self.history.tick();
        let outcome = read(answer);
        self.history.record(Call {
            game: game.to_owned(),
            player: player.name.clone(),
            action,
            instance,
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
        method: Method,
        path: &str,
        json: Option<&Value>,
    ) -> Result<Answer, String> {
        client::send(self.instances[instance], method, path, &player.cookie, json).await
    }
}

fn read(answer: Result<Answer, String>) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(reason) => return Outcome::Unknown { reason },
    };
    let status = answer.status.as_u16();
    let code = || answer.body["code"].as_str().unwrap_or_default().to_owned();
    match status {
        200 | 201 => match serde_json::from_value(answer.body) {
            Ok(game) => Outcome::Game(game),
            // The checker reports this status as a server error.
            Err(error) => Outcome::Rejected {
                status,
                code: error.to_string(),
            },
        },
        204 => Outcome::Removed,
        503 => Outcome::Unknown {
            reason: format!("503 {}", code()),
        },
        _ => Outcome::Rejected {
            status,
            code: code(),
        },
    }
}
