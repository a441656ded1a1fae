//! The database behind the store: one AWS SDK client, whichever engine answers it.
//!
//! - `embedded`: a DynamoDB-compatible engine in this process, stored in a file. Builds for AWS leave it
//!   out by disabling the crate's feature `embedded`.
//! - `local`: DynamoDB Local or another compatible endpoint.
//! - `aws`: Amazon DynamoDB.
//!
//! Everything above this module sees a [`Client`] and cannot tell which of the three it talks to.

mod conflicts;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod http_client;
mod observer;
pub mod operations;
pub mod region;
mod remote;

pub use error::DatabaseError;
pub use observer::{CompletedOperation, Observer, OperationOutcome};
pub(crate) use remote::LOCAL_ENDPOINT;

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, retry::RetryConfig, timeout::TimeoutConfig},
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
#[cfg(feature = "embedded")]
use std::path::PathBuf;
use std::{fmt, sync::Arc, time::Duration};

/// The default region of requests to DynamoDB Local. Without `-sharedDb` it keeps separate tables for each
/// pair of access key and region, so other tools need this region and [`LOCAL_ACCESS_KEY`] to see these tables.
const LOCAL_REGION: &str = "us-east-1";

/// The access key and secret for DynamoDB Local, which requires some and checks none. The developer's own
/// credentials are not used: the tables would depend on the developer, and any endpoint would receive the key.
const LOCAL_ACCESS_KEY: &str = "local";

/// The engine that stores the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseKind {
    /// An engine inside this process, stored in a file in the data directory
    #[cfg(feature = "embedded")]
    #[default]
    Embedded,
    /// DynamoDB Local or any endpoint that speaks its protocol
    Local,
    /// Amazon DynamoDB, with credentials and region from the usual AWS chain
    #[cfg_attr(not(feature = "embedded"), default)]
    Aws,
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            #[cfg(feature = "embedded")]
            Self::Embedded => "embedded",
            Self::Local => "local",
            Self::Aws => "aws",
        })
    }
}

/// The engine that stores the tables, and its address.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// The engine.
    pub kind: DatabaseKind,
    /// The directory of the embedded engine's file. The other engines ignore it.
    #[cfg(feature = "embedded")]
    pub data_dir: PathBuf,
    /// The URL to send requests to. The default is `http://127.0.0.1:8000` for `local` and the region's
    /// endpoint for `aws`. The embedded engine ignores it.
    pub endpoint: Option<String>,
    /// The AWS region. For `aws`, the default is the region that the AWS chain finds. DynamoDB Local keeps
    /// separate tables for each pair of access key and region; its default is `us-east-1`.
    pub region: Option<String>,
    /// A loopback port on which to serve the embedded engine as well, for other tools. It authenticates
    /// nobody, so any local program and any web page can read and change the tables.
    #[cfg(feature = "embedded")]
    pub embedded_port: Option<u16>,
}

impl DatabaseOptions {
    /// Returns true if the engine is certain to run on this machine: inside the process, or behind an endpoint on
    /// the loopback interface. An engine elsewhere may be somebody's production.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        match self.kind {
            #[cfg(feature = "embedded")]
            DatabaseKind::Embedded => true,
            DatabaseKind::Local => {
                remote::is_loopback(self.endpoint.as_deref().unwrap_or(LOCAL_ENDPOINT))
            }
            DatabaseKind::Aws => false,
        }
    }
}

/// An open database. The embedded engine stays open and its directory locked until this and every clone of
/// the client are dropped.
#[derive(Debug)]
pub struct Database {
    /// The client. Clones are cheap and share its connections.
    pub client: Client,
    /// The client for the streams of the tables. `None` if no other process can change the tables.
    pub streams: Option<aws_sdk_dynamodbstreams::Client>,
    /// The background tasks of the embedded engine. They stop on drop.
    #[cfg(feature = "embedded")]
    background: Option<embedded::BackgroundTasks>,
}

impl Database {
    /// Adds an observer of every operation.
    #[must_use]
    pub fn observed(mut self, observer: Arc<dyn Observer>) -> Self {
        let interceptor = observer::ObserverInterceptor(observer);
        let client = self.client.config().to_builder();
        self.client = Client::from_conf(client.interceptor(interceptor.clone()).build());
        self.streams = self.streams.map(|streams| {
            let config = streams.config().to_builder().interceptor(interceptor);
            aws_sdk_dynamodbstreams::Client::from_conf(config.build())
        });
        self
    }

    /// Drops the client and waits for the background tasks. Once the other clones of the client are dropped
    /// as well, the embedded engine's directory can be opened again. Dropping the database without closing
    /// it loses no data.
    pub async fn close(self) {
        drop(self.client);
        #[cfg(feature = "embedded")]
        if let Some(background) = self.background {
            background.close().await;
        }
    }
}

/// Opens the database that the options select. Sends no request to `local` and `aws`: the caller checks
/// that the tables respond.
///
/// # Errors
///
/// [`DatabaseError`]: the data directory is in use or cannot be used, the port is taken, the endpoint is not
/// a URL, or no AWS region or credentials were found.
pub async fn open(options: &DatabaseOptions) -> Result<Database, DatabaseError> {
    match options.kind {
        #[cfg(feature = "embedded")]
        DatabaseKind::Embedded => {
            let (client, background) =
                embedded::open(&options.data_dir, options.embedded_port).await?;
            Ok(Database {
                client,
                streams: None,
                background: Some(background),
            })
        }
        DatabaseKind::Local => Ok(remote::database(&remote::local(options)?)),
        DatabaseKind::Aws => Ok(remote::database(&remote::aws(options).await?)),
    }
}

/// The SDK's defaults as of a date, so that an update of the SDK alone changes no behaviour.
fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// The retry policy: few attempts, close together, because a player waits for the response. The SDK may
/// repeat any write, because each write's condition makes that safe.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_secs(1))
}

/// The timeouts. DynamoDB responds in milliseconds, so a request that takes seconds has met a lost packet or an
/// outage. The whole operation, retries included, ends before a player gives up.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build()
}
