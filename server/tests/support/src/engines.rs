//! Both database engines, with tables of the test's own.

use crate::{app, capacity::CapacityMeter, dynamodb_local::endpoint, faults::Faults};
use aws_sdk_dynamodb::{
    Client,
    config::timeout::TimeoutConfig,
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use backend::{Backend, store::Store};
use server::database::{self, Database, DatabaseKind, DatabaseOptions};
use std::{net::SocketAddr, path::PathBuf};
use tempfile::TempDir;

/// The engine of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The engine inside the process, in a temporary directory.
    Embedded,
    /// Amazon's DynamoDB Local, one process for the whole test program.
    DynamoDbLocal,
}

/// An engine with tables that no other test uses.
pub struct Fixture {
    /// The engine.
    pub engine: Engine,
    /// The store on the tables, which exist.
    pub store: Store,
    /// The store's client.
    pub client: Client,
    /// The prefix of the tables' names.
    pub prefix: String,
    /// The capacity that was consumed since the tables were created.
    pub capacity: CapacityMeter,
    /// The faults between the client and the engine.
    pub faults: Faults,
    // Declared in this order: the engine closes its file before the directory is deleted.
    _database: Database,
    _directory: Option<TempDir>,
}

impl Fixture {
    /// The name of the games table.
    pub fn games_table(&self) -> String {
        self.store.tables().games.clone()
    }

    /// The same fixture without the SDK's timeouts, so that a race can hold a request for any length of time.
    pub fn without_timeouts(mut self) -> Self {
        let config = self.client.config().to_builder();
        let config = config.timeout_config(TimeoutConfig::disabled());
        self.store = Store::new(Client::from_conf(config.build()), &self.prefix);
        self
    }

    /// Replaces `Sessions` by the empty table of an earlier version, with `SessionId` alone as its key.
    pub async fn create_old_sessions_table(&self) {
        let sessions = &self.store.tables().sessions;
        self.store.delete_table(sessions).await.unwrap();
        let attribute = AttributeDefinition::builder()
            .attribute_name("SessionId")
            .attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder()
            .attribute_name("SessionId")
            .key_type(KeyType::Hash);
        self.client
            .create_table()
            .table_name(sessions)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute.build().unwrap())
            .key_schema(key.build().unwrap())
            .send()
            .await
            .unwrap();
    }

    /// The state of an instance that has not served any request yet.
    pub fn backend(&self) -> Backend {
        Backend::new(self.store.clone())
    }

    /// Serves the application on these tables: see [`app::serve`].
    pub async fn serve(&self) -> SocketAddr {
        app::serve(self.store.clone()).await
    }
}

/// A fixture on the embedded engine.
pub async fn embedded() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let options = options(DatabaseKind::Embedded, directory.path().into(), None);
    fixture(Engine::Embedded, options, new_prefix(), Some(directory)).await
}

/// A fixture on the tables that a server with the embedded engine and without a table prefix has left in a directory.
pub async fn embedded_in(directory: TempDir) -> Fixture {
    let options = options(DatabaseKind::Embedded, directory.path().into(), None);
    fixture(Engine::Embedded, options, String::new(), Some(directory)).await
}

/// A fixture on DynamoDB Local. If Java or the jar is missing, the test fails with a sentence that says what to
/// install.
pub async fn dynamodb_local() -> Fixture {
    let endpoint = dynamodb_local_endpoint().await;
    let options = options(DatabaseKind::Local, PathBuf::new(), Some(endpoint));
    fixture(Engine::DynamoDbLocal, options, new_prefix(), None).await
}

/// The URL of the test program's DynamoDB Local.
pub async fn dynamodb_local_endpoint() -> String {
    match tokio::task::spawn_blocking(endpoint).await.unwrap() {
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

/// A prefix of the tables' names that no other test uses.
fn new_prefix() -> String {
    format!("t{}-", uuid::Uuid::new_v4().simple())
}

async fn fixture(
    engine: Engine,
    options: DatabaseOptions,
    prefix: String,
    directory: Option<TempDir>,
) -> Fixture {
    let database = database::open(&options).await.unwrap();
    let capacity = CapacityMeter::default();
    let config = database.client.config();
    let faults = Faults::new(config.http_client().unwrap());
    let client = Client::from_conf(
        config
            .to_builder()
            .interceptor(capacity.clone())
            .http_client(faults.clone())
            .build(),
    );
    let store = Store::new(client.clone(), &prefix);
    // The tables get their streams, because a test may start instances that follow them. This store does not.
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

/// Makes two tests from each function: `name::embedded` and `name::dynamodb_local`.
///
/// ```ignore
/// on_both_engines! {
///     async fn a_new_game_is_pending(fixture: Fixture) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($fixture:ident: Fixture) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($fixture: $crate::Fixture) $body

            #[tokio::test]
            async fn embedded() {
                body($crate::embedded().await).await;
            }

            #[tokio::test]
            async fn dynamodb_local() {
                body($crate::dynamodb_local().await).await;
            }
        }
    )+};
}
