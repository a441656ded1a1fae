//! What the tests that need a database share: the engines, started for real, with tables of the test's own.
//!
//! A test program takes it in with `#[path = "../support/mod.rs"] mod support;`. A test that is to hold on both
//! engines is written once:
//!
//! ```ignore
//! support::on_both_engines! {
//!     async fn a_new_game_is_pending(fixture: Fixture) { … }
//! }
//! ```
#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::unwrap_used,
    clippy::expect_used
)]

mod capacity;
mod dynamodb_local;
mod fault_proxy;
mod faults;

pub use capacity::CapacityMeter;
pub use dynamodb_local::{OnDisk, reserve_port};
pub use fault_proxy::{FaultProxy, ProxyFault, Rates};
pub use faults::{Fault, Faults, Held, Point};

use app::{
    ids::PlayerName,
    ssr::{
        auth::{Session, StartedSession},
        state::AppState,
        store::Store,
    },
};
use aws_sdk_dynamodb::{Client, config::timeout::TimeoutConfig};
use jiff::Timestamp;
use server::{
    config::Config,
    database::{self, Database, DatabaseKind, DatabaseOptions},
    lifecycle::{Lifecycle, Phase},
    router::router,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A game that the host wins with the seventh move.
pub const SEVEN_MOVES: [&str; 7] = [
    "TopLeft",
    "TopMiddle",
    "MiddleMiddle",
    "BottomRight",
    "MiddleLeft",
    "TopRight",
    "BottomLeft",
];

/// Which engine a fixture runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The one inside the process, here in a temporary directory.
    Embedded,
    /// Amazon's DynamoDB Local, one for the whole test program.
    DynamoDbLocal,
}

/// An engine with tables that no other test knows.
pub struct Fixture {
    /// Which engine it is.
    pub engine: Engine,
    /// The store on those tables, which exist.
    pub store: Store,
    /// The client that the store uses.
    pub client: Client,
    /// What the names of the tables begin with.
    pub prefix: String,
    /// What requests consumed since the tables exist.
    pub capacity: CapacityMeter,
    /// What is to go wrong between the client and the engine.
    pub faults: Faults,
    // In this order: the engine closes its file before the directory goes.
    _database: Database,
    _directory: Option<TempDir>,
}

impl Fixture {
    /// The name of the games table.
    pub fn games_table(&self) -> String {
        self.store.tables().games.clone()
    }

    /// The same with a store whose requests have no time-outs, so that one can be held for as long as a race takes
    /// on a busy machine.
    pub fn patient(mut self) -> Self {
        let config = self.client.config().to_builder();
        let config = config.timeout_config(TimeoutConfig::disabled());
        self.store = Store::new(Client::from_conf(config.build()), &self.prefix);
        self
    }

    /// What an instance's requests work with.
    pub fn state(&self) -> AppState {
        let config = Config::embedded(Path::new("unused"));
        AppState::new(config.leptos_options, self.store.clone(), false)
    }

    /// Serves the application on these tables, on a port of its own, until the test program ends.
    pub async fn serve(&self) -> SocketAddr {
        let config = Config::embedded(Path::new("unused"));
        let lifecycle = Lifecycle::default();
        lifecycle.enter(Phase::Ready);
        let service = router(&config, self.state(), lifecycle, None)
            .into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await });
        address
    }
}

/// A fixture on the embedded engine.
pub async fn embedded() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let options = options(DatabaseKind::Embedded, directory.path().into(), None);
    fixture(Engine::Embedded, options, Some(directory)).await
}

/// A fixture on DynamoDB Local, which is started by the first test that wants it and ends with the test
/// program. A missing Java or jar fails the test with a sentence that says what to install.
pub async fn dynamodb_local() -> Fixture {
    let endpoint = dynamodb_local_endpoint().await;
    let options = options(DatabaseKind::Local, PathBuf::new(), Some(endpoint));
    fixture(Engine::DynamoDbLocal, options, None).await
}

/// Where the DynamoDB Local of [`dynamodb_local`] answers.
pub async fn dynamodb_local_endpoint() -> String {
    let started = tokio::task::spawn_blocking(dynamodb_local::endpoint);
    match started.await.unwrap() {
        Ok(endpoint) => endpoint,
        Err(reason) => panic!("{reason}"),
    }
}

fn options(kind: DatabaseKind, data_dir: PathBuf, endpoint: Option<String>) -> DatabaseOptions {
    DatabaseOptions {
        kind,
        data_dir,
        endpoint,
        region: None,
        embedded_port: None,
    }
}

async fn fixture(engine: Engine, options: DatabaseOptions, directory: Option<TempDir>) -> Fixture {
    let database = database::open(&options).await.unwrap();
    let capacity = CapacityMeter::default();
    let config = database.client.config();
    let faults = Faults::before(config.http_client().unwrap());
    let client = Client::from_conf(
        config
            .to_builder()
            .interceptor(capacity.clone())
            .http_client(faults.clone())
            .build(),
    );
    let prefix = format!("t{}-", uuid::Uuid::new_v4().simple());
    let store = Store::new(client.clone(), &prefix);
    // With their streams, for instances that are started on these tables; this one follows none.
    let shared = store.clone().with_streams(database.streams.clone());
    shared.create_missing_tables().await.unwrap();
    capacity.reset();
    Fixture {
        engine,
        store,
        client,
        prefix,
        capacity,
        faults,
        _database: database,
        _directory: directory,
    }
}

/// A session of somebody, known to no table.
pub fn session_of(player: &str) -> Session {
    let player = PlayerName::recorded(player.to_owned());
    let started = StartedSession::new(player, Timestamp::now()).unwrap();
    Session {
        id: started.token.id(),
        player: started.player,
        expires_at: started.expires_at,
    }
}

/// Makes two tests of one body: `name::embedded` and `name::dynamodb_local`.
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($fixture:ident: Fixture) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($fixture: crate::support::Fixture) $body

            #[tokio::test]
            async fn embedded() {
                body(crate::support::embedded().await).await;
            }

            #[tokio::test]
            async fn dynamodb_local() {
                body(crate::support::dynamodb_local().await).await;
            }
        }
    )+};
}
pub(crate) use on_both_engines;
