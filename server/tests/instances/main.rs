//! Several instances on one DynamoDB: whatever one of them writes reaches the pages of the others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod engine;
#[path = "../http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http_support;
#[path = "../support/mod.rs"]
mod support;

mod log_out;
mod outage;
mod streams;
mod without_stream;

use app::{
    ids::{GameId, PlayerName},
    ssr::{auth::StartedSession, game::Game, state::AppState, store::Store},
};
use aws_sdk_dynamodb::types::StreamSpecification;
use engine::Engine;
use http_support::{Client, Events, Value, json, path_of};
use jiff::Timestamp;
use server::{
    config::Config,
    database::{self, DatabaseKind},
    lifecycle::{Lifecycle, Phase},
    router::router,
    startup::{self, Running},
};
use std::{net::SocketAddr, path::Path, time::Duration};
use support::SEVEN_MOVES;
use tokio::{net::TcpListener, time::timeout};

/// Nothing waits this long: a test that would hang fails instead.
const FOREVER: Duration = Duration::from_secs(60);

/// Instances that share an engine, with tables that no other test knows.
struct Cluster {
    engine: Engine,
    prefix: String,
    instances: Vec<Running>,
}

impl Cluster {
    /// On tables whose streams have begun.
    async fn start(instances: usize) -> Self {
        let cluster = Self::new().await;
        cluster.begin_streams().await;
        cluster.with(instances).await
    }

    async fn new() -> Self {
        Self {
            engine: Engine::start().await,
            prefix: format!("t{}-", uuid::Uuid::new_v4().simple()),
            instances: Vec::new(),
        }
    }

    async fn with(mut self, instances: usize) -> Self {
        for _ in 0..instances {
            self.add().await;
        }
        self
    }

    /// DynamoDB Local numbers the records of all tables together. It takes an iterator at the beginning of
    /// an empty stream for one that points to trimmed records, as soon as another table has been written.
    async fn begin_streams(&self) {
        let config = self.config();
        let database = database::open(&config.database).await.unwrap();
        let store = Store::new(database.client, &self.prefix).with_streams(database.streams);
        store.create_missing_tables().await.unwrap();
        let [zoe, yan] = ["zoe", "yan"].map(|name| PlayerName::recorded(name.to_owned()));
        let now = Timestamp::now();
        let session = StartedSession::new(zoe.clone(), now).unwrap();
        store.create_session(&session).await.unwrap();
        let game = Game::invitation(GameId::random(), zoe, yan, now);
        store.create_game(&game).await.unwrap();
    }

    /// Serves the application on the same tables without following their streams: what is written through it
    /// comes from elsewhere for every instance.
    async fn serve_elsewhere(&self) -> SocketAddr {
        let config = self.config();
        let database = database::open(&config.database).await.unwrap();
        let store = Store::new(database.client, &self.prefix);
        let state = AppState::new(config.leptos_options.clone(), store, false);
        let lifecycle = Lifecycle::default();
        lifecycle.enter(Phase::Ready);
        let service = router(&config, state, lifecycle, None);
        let service = service.into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await });
        address
    }

    /// A game of ada's and bob's, who talk to none of the instances.
    async fn game_elsewhere(&self) -> (Client, Client, String) {
        let elsewhere = self.serve_elsewhere().await;
        let ada = Client::registered(elsewhere, "ada").await;
        let bob = Client::registered(elsewhere, "bob").await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        (ada, bob, game)
    }

    fn config(&self) -> Config {
        config(&self.prefix, &self.engine.endpoint)
    }

    async fn start_one(&mut self) {
        let running = startup::start(self.config()).await.unwrap();
        self.instances.push(running);
    }

    async fn add(&mut self) {
        self.start_one().await;
        // It follows the one shard of each of the two tables from here on.
        self.engine.ends(2 * self.instances.len()).await;
    }

    /// A new player, logged in and talking to an instance.
    async fn player(&self, instance: usize, name: &str) -> Client {
        Client::registered(self.instances[instance].address(), name).await
    }

    /// The same player, talking to another instance.
    fn elsewhere(&self, player: &Client, instance: usize) -> Client {
        let client = Client::new(self.instances[instance].address());
        client.set_cookie(player.cookie());
        client
    }

    fn games_table(&self) -> String {
        format!("{}Games", self.prefix)
    }

    /// What AWS's command line would be used for.
    fn sdk(&self) -> &aws_sdk_dynamodb::Client {
        &self.instances[0].database().client
    }

    async fn switch_stream_off(&self, table: &str) {
        let none = StreamSpecification::builder().stream_enabled(false);
        let update = self.sdk().update_table().table_name(table);
        update
            .stream_specification(none.build().unwrap())
            .send()
            .await
            .unwrap();
    }
}

/// Of an instance on the tables with this prefix.
fn config(prefix: &str, endpoint: &str) -> Config {
    let mut config = Config::embedded(Path::new("unused"));
    config.rate_limits = false;
    prefix.clone_into(&mut config.table_prefix);
    config.database.kind = DatabaseKind::Local;
    config.database.endpoint = Some(endpoint.to_owned());
    config
}

/// The stream of a game's page.
async fn watch(client: &Client, game: &str) -> Events {
    client.events(&format!("{}/events", path_of(game))).await
}

/// Reads on until the game has this version, which has to come.
async fn until_version(events: &mut Events, version: u64) -> Value {
    let is_it =
        |name: &str, game: &Value| name == "game" && game["version"].as_u64() >= Some(version);
    until(events, is_it).await
}

/// Reads on until a list has changed in this way; what else is told is passed over.
async fn until_lobby(events: &mut Events, wanted: impl Fn(&Value) -> bool) -> Value {
    until(events, |name, event| name == "lobby" && wanted(event)).await
}

async fn until(events: &mut Events, wanted: impl Fn(&str, &Value) -> bool) -> Value {
    let mut passed = Vec::new();
    let search = async {
        loop {
            let (name, data) = events.next().await.expect("the stream goes on");
            if wanted(&name, &data) {
                return data;
            }
            passed.push((name, data));
        }
    };
    let found = timeout(FOREVER, search).await;
    found.unwrap_or_else(|_| panic!("it did not come, but this: {passed:?}"))
}
