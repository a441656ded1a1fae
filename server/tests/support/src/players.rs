//! The requests that players send again and again.

use crate::{Answer, Client};
use backend::accounts::{Session, StartedSession};
use domain::ids::PlayerName;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The password of every test player.
pub const PASSWORD: &str = "correct horse";

/// The id of a game that does not exist.
pub const NO_GAME: &str = "00000000-0000-4000-8000-000000000000";

/// The moves of a game that ends in a draw.
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

/// The moves of a game that the host wins in the top row with the fifth move.
pub const HOST_WINS_AT_FIVE: [&str; 5] = [
    "TopLeft",
    "BottomLeft",
    "TopMiddle",
    "BottomMiddle",
    "TopRight",
];

/// The moves of a game that the host wins in the left column with the seventh move.
pub const HOST_WINS_AT_SEVEN: [&str; 7] = [
    "TopLeft",
    "TopMiddle",
    "MiddleMiddle",
    "BottomRight",
    "MiddleLeft",
    "TopRight",
    "BottomLeft",
];

/// The path of a game in the API.
pub fn game_path(game: &str) -> String {
    format!("/api/v1/games/{game}")
}

/// A random id for a game that the client names itself.
pub fn new_game_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A session that is in no table.
pub fn session_of(player: &str) -> Session {
    let player = PlayerName::from_stored(player.to_owned());
    let started = StartedSession::new(player, Timestamp::now());
    started.unwrap().session
}

impl Client {
    /// A new player, who is logged in.
    pub async fn registered(address: SocketAddr, name: &str) -> Self {
        let client = Self::new(address);
        let account = json!({"name": name, "password": PASSWORD});
        client.post("/api/v1/players", account).await.is(201);
        client
    }

    /// A player who has an account already, logged in with [`PASSWORD`].
    pub async fn logged_in(address: SocketAddr, name: &str) -> Self {
        let client = Self::new(address);
        let account = json!({"name": name, "password": PASSWORD});
        client.post("/api/v1/session", account).await.is(200);
        client
    }

    /// Invites a player and returns the id of the game.
    pub async fn invite(&self, opponent: &str) -> String {
        let answer = self
            .post("/api/v1/games", json!({"opponent": opponent}))
            .await;
        answer.is(201).json()["game_id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Accepts an invitation and returns the game.
    pub async fn accept(&self, game: &str) -> Value {
        self.answer_invitation(game, "accept").await.is(200).json()
    }

    /// Declines an invitation.
    pub async fn decline(&self, game: &str) {
        self.answer_invitation(game, "decline").await.is(204);
    }

    /// Cancels an invitation.
    pub async fn cancel(&self, game: &str) {
        self.answer_invitation(game, "cancel").await.is(204);
    }

    /// Tries to `accept`, `decline` or `cancel`.
    pub async fn answer_invitation(&self, game: &str, action: &str) -> Answer {
        self.post_empty(&format!("{}/{action}", game_path(game)))
            .await
    }

    /// Reads a game.
    pub async fn game(&self, game: &str) -> Value {
        self.get(&game_path(game)).await.is(200).json()
    }

    /// Tries to move.
    pub async fn try_move(&self, game: &str, square: &str, ply: u32) -> Answer {
        let path = format!("{}/moves", game_path(game));
        self.post(&path, json!({"square": square, "ply": ply}))
            .await
    }

    /// Moves and returns the game.
    pub async fn play(&self, game: &str, square: &str, ply: u32) -> Value {
        self.try_move(game, square, ply).await.is(200).json()
    }
}

/// Plays on an empty board, `host` first, and returns the game after the last move.
pub async fn play_all(host: &Client, opponent: &Client, game: &str, squares: &[&str]) -> Value {
    let mut last = Value::Null;
    for (ply, square) in (0..).zip(squares) {
        let player = if ply % 2 == 0 { host } else { opponent };
        last = player.play(game, square, ply).await;
    }
    last
}
