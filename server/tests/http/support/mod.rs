//! A server of its own for each test, and clients that talk to it.

mod answer;
mod client;
mod stream;

pub use answer::Answer;
pub use client::{Client, Outgoing};
pub use stream::Events;

pub use http::{Method, header};
pub use serde_json::{Value, json};

use server::{
    config::Config,
    startup::{self, Running},
};
use std::net::SocketAddr;
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse";
pub const NO_GAME: &str = "00000000-0000-4000-8000-000000000000";
/// The moves of a game that nobody wins.
pub const DRAW: [&str; 9] = [
    "TopLeft",
    "TopMiddle",
    "TopRight",
    "MiddleMiddle",
    "MiddleLeft",
    "MiddleRight",
    "BottomMiddle",
    "BottomLeft",
    "BottomRight",
];

/// A running server with an empty database.
pub struct App {
    pub running: Running,
    _data: TempDir,
}

impl App {
    /// With the defaults, but without rate limits.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::embedded(data.path());
        config.rate_limits = false;
        change(&mut config);
        Self {
            running: startup::start(config).await.unwrap(),
            _data: data,
        }
    }

    /// Somebody who is not logged in.
    pub fn visitor(&self) -> Client {
        Client::new(self.running.address())
    }

    /// A new player, logged in.
    pub async fn player(&self, name: &str) -> Client {
        Client::registered(self.running.address(), name).await
    }

    pub async fn two_players(&self) -> (Client, Client) {
        (self.player("ada").await, self.player("bob").await)
    }

    /// A game that ada, who hosts it, and bob can play.
    pub async fn game(&self) -> (Client, Client, String) {
        let (ada, bob) = self.two_players().await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        (ada, bob, game)
    }
}

pub fn path_of(game: &str) -> String {
    format!("/api/v1/games/{game}")
}

/// What players do again and again.
impl Client {
    /// A new player, logged in and talking to this address.
    pub async fn registered(address: SocketAddr, name: &str) -> Self {
        let client = Self::new(address);
        let account = json!({"name": name, "password": PASSWORD});
        client.post("/api/v1/players", account).await.is(201);
        client
    }

    /// Invites and returns the game's id.
    pub async fn invite(&self, opponent: &str) -> String {
        let answer = self
            .post("/api/v1/games", json!({"opponent": opponent}))
            .await;
        answer.is(201).json()["game_id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub async fn accept(&self, game: &str) -> Value {
        self.post_nothing(&format!("{}/accept", path_of(game)))
            .await
            .is(200)
            .json()
    }

    pub async fn see(&self, game: &str) -> Value {
        self.get(&path_of(game)).await.is(200).json()
    }

    pub async fn try_move(&self, game: &str, square: &str, ply: u32) -> Answer {
        let path = format!("{}/moves", path_of(game));
        self.post(&path, json!({"square": square, "ply": ply}))
            .await
    }

    pub async fn play(&self, game: &str, square: &str, ply: u32) -> Value {
        self.try_move(game, square, ply).await.is(200).json()
    }
}

/// Plays squares in turn, `first` beginning, on an empty board.
pub async fn play_all(first: &Client, second: &Client, game: &str, squares: &[&str]) -> Value {
    let mut last = Value::Null;
    for (ply, square) in squares.iter().enumerate() {
        let player = if ply % 2 == 0 { first } else { second };
        last = player.play(game, square, ply as u32).await;
    }
    last
}
