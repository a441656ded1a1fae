//! Instances that share an engine.

use super::stream_proxy::StreamProxy;
use aws_sdk_dynamodb::types::StreamSpecification;
use backend::{
    accounts::{StartedSession, VerifiedHash},
    game::{Game, new_game_id},
    store::Store,
};
use domain::{ids::PlayerName, players::Players};
use jiff::Timestamp;
use server::{
    config::Config,
    database::{self, DatabaseKind},
    lifecycle::{Running, start::start},
};
use std::path::Path;
use test_support::{Client, serve};

/// Instances on tables that no other test uses, behind a proxy in front of DynamoDB Local.
pub struct Cluster {
    pub proxy: StreamProxy,
    pub prefix: String,
    pub instances: Vec<Running>,
}

impl Cluster {
    /// Starts instances on tables whose streams contain records.
    pub async fn start(instances: usize) -> Self {
        let cluster = Self::new().await;
        cluster.begin_streams().await;
        cluster.with(instances).await
    }

    pub async fn new() -> Self {
        Self {
            proxy: StreamProxy::start().await,
            prefix: format!("t{}-", uuid::Uuid::new_v4().simple()),
            instances: Vec::new(),
        }
    }

    pub async fn with(mut self, instances: usize) -> Self {
        for _ in 0..instances {
            self.add().await;
        }
        self
    }

    /// Creates the tables and writes to each stream. DynamoDB Local numbers the records of all tables together. It
    /// takes an iterator at the beginning of an empty stream for one that points to trimmed records, as soon as
    /// another table has been written.
    pub async fn begin_streams(&self) {
        let config = self.config();
        let database = database::open(&config.database).await.unwrap();
        let store = Store::new(database.client, &self.prefix).with_streams(database.streams);
        store.create_missing_tables().await.unwrap();
        let [host, opponent] = ["zoe", "yan"].map(|name| PlayerName::from_stored(name.to_owned()));
        let now = Timestamp::now();
        let hash = VerifiedHash::new("no hash".to_owned());
        store
            .create_player(&host, hash.as_str(), now)
            .await
            .unwrap();
        let session = StartedSession::new(host.clone(), now).unwrap().session;
        store
            .start_session(&session, &hash, None, None)
            .await
            .unwrap();
        let game = Game::invitation(new_game_id(), Players { host, opponent }, now);
        store.create_game(&game).await.unwrap();
    }

    /// Registers ada and bob and starts a game, through an instance outside the cluster.
    pub async fn game_elsewhere(&self) -> (Client, Client, String) {
        let config = self.config();
        let database = database::open(&config.database).await.unwrap();
        let elsewhere = serve(Store::new(database.client, &self.prefix)).await;
        let ada = Client::registered(elsewhere, "ada").await;
        let bob = Client::registered(elsewhere, "bob").await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        (ada, bob, game)
    }

    fn config(&self) -> Config {
        local_config(&self.prefix, &self.proxy.endpoint)
    }

    /// Starts an instance.
    pub async fn start_one(&mut self) {
        let running = start(self.config()).await.unwrap();
        self.instances.push(running);
    }

    /// Starts an instance and waits until it follows the one shard of each of the two streams.
    pub async fn add(&mut self) {
        self.start_one().await;
        self.proxy.latest_iterators(2 * self.instances.len()).await;
    }

    /// A client of an instance, without a session.
    pub fn visitor(&self, instance: usize) -> Client {
        Client::new(self.instances[instance].address())
    }

    /// A new player, logged in on an instance.
    pub async fn player(&self, instance: usize, name: &str) -> Client {
        Client::registered(self.instances[instance].address(), name).await
    }

    /// The same session on another instance.
    pub fn elsewhere(&self, player: &Client, instance: usize) -> Client {
        let client = self.visitor(instance);
        client.set_cookie(player.cookie());
        client
    }

    pub fn games_table(&self) -> String {
        format!("{}Games", self.prefix)
    }

    /// A client of the engine, for changes that an administrator makes.
    pub fn sdk(&self) -> &aws_sdk_dynamodb::Client {
        &self.instances[0].database().client
    }

    pub async fn disable_stream(&self, table: &str) {
        let disabled = StreamSpecification::builder().stream_enabled(false);
        let update = self.sdk().update_table().table_name(table);
        update
            .stream_specification(disabled.build().unwrap())
            .send()
            .await
            .unwrap();
    }
}

/// The configuration of an instance on the tables with this prefix.
pub fn local_config(prefix: &str, endpoint: &str) -> Config {
    let mut config = Config::embedded(Path::new("unused"));
    config.rate_limits = false;
    prefix.clone_into(&mut config.table_prefix);
    config.database.kind = DatabaseKind::Local;
    config.database.endpoint = Some(endpoint.to_owned());
    config
}
