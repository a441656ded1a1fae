//! The database behind the store: one AWS SDK client, whichever engine answers it.
//!
//! - `embedded`: a DynamoDB-compatible engine in this process ([`embedded`]), kept in a file. Left out
//!   of what is deployed on AWS: the crate's feature `embedded`.
//! - `local`: DynamoDB Local or another compatible endpoint.
//! - `aws`: Amazon DynamoDB.
//!
//! Everything above this module sees a [`Client`] and cannot tell which of the three it talks to.

#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod observer;
pub mod region;
mod remote;

pub use error::DatabaseError;
pub use observer::{Observer, Operation, Outcome};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, retry::RetryConfig, timeout::TimeoutConfig},
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
#[cfg(feature = "embedded")]
use std::path::PathBuf;
use std::{fmt, sync::Arc, time::Duration};

/// Which engine keeps the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseKind {
    /// An engine inside this process, kept in a file under the data directory
    #[cfg(feature = "embedded")]
    #[default]
    Embedded,
    /// DynamoDB Local, or any endpoint that speaks its protocol
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

/// Where the tables are and how to reach them.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// Which engine.
    pub kind: DatabaseKind,
    /// The directory of the embedded engine's file; the others do not use it.
    #[cfg(feature = "embedded")]
    pub data_dir: PathBuf,
    /// The URL to send requests to; the embedded engine has none. For `local` the default is
    /// `http://127.0.0.1:8000`, for `aws` the region's own endpoint.
    pub endpoint: Option<String>,
    /// The AWS region. For `aws` the default is the one that the AWS chain finds. DynamoDB Local keeps
    /// separate tables for each pair of access key and region: see [`remote::LOCAL_REGION`].
    pub region: Option<String>,
    /// Serve the embedded engine on this port of the loopback interface as well, for looking in with other
    /// tools. Nothing is checked there: any local program and any web page can read and change the tables.
    #[cfg(feature = "embedded")]
    pub embedded_port: Option<u16>,
}

/// An open database. The embedded engine stays open, and its directory locked, until this and every clone of
/// the client are gone.
#[derive(Debug)]
pub struct Database {
    /// The client; cheap to clone, its connections are reused.
    pub client: Client,
    /// For the streams of the tables; none where no other process can change them.
    pub streams: Option<aws_sdk_dynamodbstreams::Client>,
    /// What runs beside the client when the engine is embedded; ended on drop.
    #[cfg(feature = "embedded")]
    embedded: Option<embedded::Embedded>,
}

impl Database {
    /// The same database, with somebody who hears of every operation.
    #[must_use]
    pub fn observed(mut self, observer: Arc<dyn Observer>) -> Self {
        let observed = observer::Observed(observer);
        let client = self.client.config().to_builder();
        self.client = Client::from_conf(client.interceptor(observed.clone()).build());
        self.streams = self.streams.map(|streams| {
            let config = streams.config().to_builder().interceptor(observed);
            aws_sdk_dynamodbstreams::Client::from_conf(config.build())
        });
        self
    }

    /// Drops the client and waits for what runs beside it. Once the other clones of the client are gone as
    /// well, the embedded engine's directory can be opened again. Just dropping the database loses nothing.
    pub async fn close(self) {
        drop(self.client);
        #[cfg(feature = "embedded")]
        if let Some(embedded) = self.embedded {
            embedded.close().await;
        }
    }
}

/// Opens the database that the options name. Sends no request to `local` and `aws`: whether the tables answer
/// is for the caller to ask.
///
/// # Errors
///
/// A sentence for whoever started the server: the data directory is in use or cannot be used, the port is
/// taken, the endpoint is not a URL, or no AWS region or credentials were found.
pub async fn open(options: &DatabaseOptions) -> Result<Database, DatabaseError> {
    match options.kind {
        #[cfg(feature = "embedded")]
        DatabaseKind::Embedded => {
            let (client, embedded) =
                embedded::open(&options.data_dir, options.embedded_port).await?;
            Ok(Database {
                client,
                streams: None,
                embedded: Some(embedded),
            })
        }
        DatabaseKind::Local => Ok(remote::database(&remote::local(options)?)),
        DatabaseKind::Aws => Ok(remote::database(&remote::aws(options).await?)),
    }
}

/// The SDK's defaults as of a date, so that an update of the SDK changes no behaviour by itself.
fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// A person waits for the answer: few attempts, close together. What is safe to repeat is decided by each
/// write's condition, so the SDK may repeat any of them.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_secs(1))
}

/// DynamoDB answers in milliseconds; whatever takes seconds is a lost packet or an outage. The whole operation,
/// with its repetitions, ends before the person gives up.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build()
}
