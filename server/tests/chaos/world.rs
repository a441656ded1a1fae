//! What everybody who plays shares: the instances, the accounts, the history.

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

const PASSWORD: &str = "correct horse";

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
    /// Pages that people have open while they play.
    pub pages: Pages,
    games: AtomicUsize,
    over: AtomicBool,
}

impl World {
    /// Registers players, while nothing goes wrong yet.
    pub async fn with_players(instances: Vec<SocketAddr>, players: usize) -> Self {
        let mut accounts = Vec::new();
        for number in 0..players {
            let name = format!("player-{number}");
            let credentials = json!({"name": name, "password": PASSWORD});
            let address = instances[number % instances.len()];
            let answer = client::send(
                address,
                Method::POST,
                "/api/v1/players",
                None,
                Some(&credentials),
            )
            .await;
            let answer = answer.unwrap();
            assert_eq!(answer.status, 201, "{}", answer.body);
            let cookie = answer.cookie.unwrap();
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

    /// Counts one more game that was played, or given up.
    pub fn game_over(&self) {
        self.games.fetch_add(1, Ordering::Relaxed);
    }

    /// How many games are over.
    pub fn games_over(&self) -> usize {
        self.games.load(Ordering::Relaxed)
    }

    /// Tells everybody to leave the board.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Asks an instance for something about a game, and writes down what came of it.
    pub async fn call(
        &self,
        instance: usize,
        player: &Account,
        game: &str,
        action: Action,
    ) -> Outcome {
        let path = format!("/api/v1/games/{game}");
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
            Action::Look => (Method::GET, path, None),
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
        client::send(
            self.instances[instance],
            method,
            path,
            Some(&player.cookie),
            json,
        )
        .await
    }
}

fn read(answer: Result<Answer, String>) -> Outcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return Outcome::Unknown { why },
    };
    let status = answer.status.as_u16();
    let code = || answer.body["code"].as_str().unwrap_or_default().to_owned();
    match status {
        200 | 201 => match serde_json::from_value(answer.body) {
            Ok(game) => Outcome::Game(game),
            // Such an answer is refused by the checker.
            Err(error) => Outcome::Refused {
                status,
                code: error.to_string(),
            },
        },
        204 => Outcome::Removed,
        503 => Outcome::Unknown {
            why: format!("503 {}", code()),
        },
        _ => Outcome::Refused {
            status,
            code: code(),
        },
    }
}
