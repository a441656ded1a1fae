//! The accounts and games of one cell.

use super::{
    action::Route,
    caller::{Caller, Stage},
    tables::{self, Table},
};
use app::session_cookie;
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use backend::accounts::{SESSION_DAYS, StartedSession};
use domain::ids::PlayerName;
use http_body_util::BodyExt;
use jiff::{Timestamp, ToSpan};
use std::time::Duration;
use test_support::{
    Answer, App, Client, Method, PASSWORD, RequestBuilder, Value, json, new_game_id, play_all,
};
use tokio::time::timeout;

/// A deadline for tests that would otherwise hang.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A caller and a game at some stage, with names that no other world has.
pub struct World {
    /// The caller's name. Only visitors have not registered it.
    pub caller_name: String,
    /// The game's id or, without the link, the id of no game.
    pub link: String,
    /// The number of marks on the board.
    pub ply: usize,
    client: Client,
    game: String,
    host: String,
    opponent: String,
    /// A player who has a game with the host that is none of the others' business.
    confidant: String,
    private_game: String,
    /// The hash of the password, and the tokens and keys of the sessions.
    secrets: Vec<String>,
}

impl World {
    /// Makes the accounts, the session of the caller, and the games.
    pub async fn new(app: &App, caller: Caller, stage: Stage) -> Self {
        let mut setup = Setup::new(app).await;
        let suffix = fastrand::u32(..);
        let name = |role: &str| format!("{role}-{suffix:08x}");
        let [host, opponent, confidant] = ["host", "opponent", "confidant"].map(name);
        let [host_client, opponent_client, confidant_client] = [
            setup.player(&host).await,
            setup.player(&opponent).await,
            setup.player(&confidant).await,
        ];
        let game = host_client.invite(&opponent).await;
        let moves = stage.moves();
        if let Some(moves) = moves {
            opponent_client.accept(&game).await;
            play_all(&host_client, &opponent_client, &game, moves).await;
        }
        let private_game = host_client.invite(&confidant).await;
        confidant_client.accept(&private_game).await;
        let (caller_name, client) = match caller {
            Caller::Nobody | Caller::Watcher => (name("visitor"), app.visitor()),
            Caller::Expired => (host.clone(), setup.expired_session(&host).await),
            Caller::Deleted => {
                let cookie = host_client.cookie();
                let deletion = host_client.request(Method::DELETE, "/api/v1/account");
                let deletion = deletion.json(&json!({"current": PASSWORD}));
                deletion.send().await.is(204);
                host_client.set_cookie(cookie);
                (host.clone(), host_client)
            }
            Caller::Player | Caller::Third => (name("caller"), setup.player(&name("caller")).await),
            Caller::Opponent => (opponent.clone(), opponent_client),
            Caller::Host => (host.clone(), host_client),
        };
        let mut secrets = setup.tokens;
        secrets.extend(tables::values(app, Table::Players, "PasswordHash").await);
        secrets.extend(tables::values(app, Table::Sessions, "SessionId").await);
        Self {
            caller_name,
            link: if caller.has_link() {
                game.clone()
            } else {
                new_game_id()
            },
            ply: moves.map_or(0, <[_]>::len),
            client,
            game,
            host,
            opponent,
            confidant,
            private_game,
            secrets,
        }
    }

    /// The caller's request. The API gets its arguments in the path and as JSON, everything else as fields of a form,
    /// and a `GET` in the query.
    pub fn request(&self, route: Route) -> RequestBuilder<'_> {
        let (method, path) = route.name.split_once(' ').unwrap();
        let Value::Object(mut arguments) = route.action.arguments(self) else {
            unreachable!("arguments have names")
        };
        let mut path = path.to_owned();
        arguments.retain(|name, value| {
            let in_path = format!("{{{name}}}");
            let is_in_path = path.contains(&in_path);
            if is_in_path {
                path = path.replace(&in_path, value.as_str().unwrap());
            }
            !is_in_path
        });
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let fields: Vec<(&str, String)> = arguments
            .iter()
            .map(|(name, value)| (name.as_str(), text(value)))
            .collect();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let is_api = path.starts_with("/api/");
        if method == "GET" {
            let query: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            path = format!("{path}?{}", query.join("&"));
        }
        let request = self.client.request(method.parse().unwrap(), &path);
        match method.parse().unwrap() {
            Method::GET if is_api => request,
            Method::GET => request.header("accept", "text/html"),
            _ if is_api && arguments.is_empty() => request,
            _ if is_api => request.json(&arguments.into()),
            _ => request.call(&fields),
        }
    }

    /// Sends the caller's request. Of a stream, the answer has everything until the data of the game.
    pub async fn send(&self, route: Route) -> Answer {
        let (parts, mut body) = self.request(route).open().await.into_parts();
        let mut bytes = Vec::new();
        let is_read = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let event = route.action.event().filter(|_| parts.status.is_success());
            event.is_some_and(|event| text.contains(event) && text.ends_with("\n\n"))
        };
        while !is_read(&bytes)
            && let Some(frame) = timeout(TIMEOUT, body.frame()).await.expect("an event")
        {
            bytes.extend(frame.unwrap().into_data().unwrap_or_default());
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: bytes,
        }
    }

    /// The first thing in an answer that its caller must not see, or `None`.
    pub fn leak(&self, caller: Caller, answer: &Answer) -> Option<String> {
        let text = answer.text();
        let mut hidden = self.hidden_from(caller).into_iter();
        let leak = hidden.find(|hidden| text.contains(*hidden));
        leak.map(|leak| format!("the answer contains {leak}: {text}"))
    }

    /// Everything that no answer to a caller may contain.
    pub fn hidden_from(&self, caller: Caller) -> Vec<&str> {
        let mut hidden: Vec<&String> = self.secrets.iter().collect();
        if caller != Caller::Host {
            hidden.extend([&self.confidant, &self.private_game]);
        }
        if !caller.has_link() {
            hidden.extend([&self.game, &self.host, &self.opponent]);
        }
        hidden.into_iter().map(String::as_str).collect()
    }
}

/// The making of a world. Accounts and sessions are written as items, because hashing a password takes long.
struct Setup<'a> {
    app: &'a App,
    /// The hash of everybody's password.
    hash: String,
    /// The secrets of the sessions.
    tokens: Vec<String>,
}

impl<'a> Setup<'a> {
    async fn new(app: &'a App) -> Self {
        // This player's password never changes.
        let first = PlayerName::from_stored("first".to_owned());
        let stored = async || app.backend().store.password_hash(&first).await.unwrap();
        if stored().await.is_none() {
            app.player("first").await;
        }
        Self {
            app,
            hash: stored().await.unwrap(),
            tokens: Vec::new(),
        }
    }

    /// A new player with a session.
    async fn player(&mut self, name: &str) -> Client {
        let now = Timestamp::now();
        let account = [
            ("PlayerId", S(name.to_owned())),
            ("PasswordHash", S(self.hash.clone())),
            ("CreatedAt", S(now.to_string())),
        ];
        tables::put(self.app, Table::Players, account).await;
        self.session(name, now).await
    }

    /// A session that expired a minute ago.
    async fn expired_session(&mut self, name: &str) -> Client {
        let age = (SESSION_DAYS * 24).hours().minutes(1);
        self.session(name, Timestamp::now().checked_sub(age).unwrap())
            .await
    }

    async fn session(&mut self, name: &str, begin: Timestamp) -> Client {
        let player = PlayerName::from_stored(name.to_owned());
        let started = StartedSession::new(player, begin).unwrap();
        let session = [
            ("PlayerId", S(name.to_owned())),
            ("SessionId", S(started.session.key.id.clone())),
            (
                "ExpiresAt",
                N(started.session.expires_at.as_second().to_string()),
            ),
        ];
        tables::put(self.app, Table::Sessions, session).await;
        let token = started.token.reveal();
        let secret = token.rsplit('.').next().unwrap();
        self.tokens.push(secret.to_owned());
        let cookie = session_cookie::new_cookie(&started, false);
        let client = self.app.visitor();
        client.set_cookie(cookie.split(';').next().map(str::to_owned));
        client
    }
}
