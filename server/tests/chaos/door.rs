//! The two doors of the application, the JSON API and the server functions: requests for actions, and the meaning of
//! the responses.

use crate::{
    client::Answer,
    history::{Action, Outcome},
};
use http::Method;
use serde_json::{Value, json};
use test_support::game_path;

/// A way into the application. Both lead to the same use cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `/api/v1/…`, for programs.
    Api,
    /// `/actions/…`, for the application in the browser.
    Functions,
}

/// A request that has not been sent yet.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    Empty,
    Json(Value),
    /// The arguments of a server function.
    Fields(Vec<(&'static str, String)>),
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            body: Body::Empty,
        }
    }

    pub fn post(path: impl Into<String>, json: Value) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            body: Body::Json(json),
        }
    }

    /// The call of a server function.
    pub fn function(name: &str, fields: Vec<(&'static str, String)>) -> Self {
        Self {
            method: Method::POST,
            path: format!("/actions/{name}"),
            body: Body::Fields(fields),
        }
    }

    fn empty_post(path: String) -> Self {
        Self {
            method: Method::POST,
            path,
            body: Body::Empty,
        }
    }
}

impl Door {
    /// The request for an action on a game.
    pub fn request(self, game: &str, action: &Action) -> Request {
        match self {
            Self::Api => api_request(game, action),
            Self::Functions => function_call(game, action),
        }
    }

    /// The outcome that a response reports.
    pub fn outcome(self, action: &Action, answer: Result<Answer, String>) -> Outcome {
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(reason) => return Outcome::Unknown { reason },
        };
        let status = answer.status.as_u16();
        let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
        match (self, action) {
            _ if status == 503 => Outcome::Unknown {
                reason: format!("503 {code}"),
            },
            _ if status >= 300 => Outcome::Rejected { status, code },
            (_, Action::Decline | Action::Cancel) => Outcome::Removed,
            (Self::Functions, Action::Invite { .. } | Action::Accept) => Outcome::Done,
            (Self::Functions, Action::Read) => game(status, answer.body["game"].take()),
            _ => game(status, answer.body),
        }
    }
}

fn game(status: u16, body: Value) -> Outcome {
    match serde_json::from_value(body) {
        Ok(game) => Outcome::Game(game),
        // The checker reports this status as a server error.
        Err(error) => Outcome::Rejected {
            status,
            code: error.to_string(),
        },
    }
}

fn api_request(game: &str, action: &Action) -> Request {
    let path = game_path(game);
    match action {
        Action::Invite { opponent } => Request::post(
            "/api/v1/games",
            json!({"opponent": opponent, "game_id": game}),
        ),
        Action::Accept => Request::empty_post(format!("{path}/accept")),
        Action::Decline => Request::empty_post(format!("{path}/decline")),
        Action::Cancel => Request::empty_post(format!("{path}/cancel")),
        Action::Play { square, ply } => {
            let body = json!({"square": square, "ply": ply});
            Request::post(format!("{path}/moves"), body)
        }
        Action::Read => Request::get(path),
    }
}

fn function_call(game: &str, action: &Action) -> Request {
    let mut fields = vec![("game_id", game.to_owned())];
    let name = match action {
        Action::Invite { opponent } => {
            fields.push(("opponent", opponent.clone()));
            "invite"
        }
        Action::Accept => "accept",
        Action::Decline => "decline",
        Action::Cancel => "cancel",
        Action::Play { square, ply } => {
            fields.extend([("square", square.clone()), ("ply", ply.to_string())]);
            "play"
        }
        Action::Read => "load_game",
    };
    Request::function(name, fields)
}
