//! The embedded engine: a DynamoDB-compatible database in this process, stored in one SQLite file.
//!
//! SQLite runs in its write-ahead-log mode with `synchronous = FULL`, its default. A write is on disk before it
//! is acknowledged, so neither a killed process nor a power failure loses one.

mod connector;
mod lock;
mod port;

use super::{DatabaseError, behavior_version, conflicts::ConflictClassifier, retries, timeouts};
use aws_sdk_dynamodb::{Client, Config, config::Region};
use connector::InProcessClient;
use lock::DataDir;
use std::{
    fmt,
    path::Path,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::{
    select,
    sync::oneshot,
    task::{JoinHandle, spawn_blocking},
    time::{self, MissedTickBehavior},
};

/// The database file in the data directory. SQLite adds files with the suffixes `-wal` and `-shm`.
const FILE: &str = "dynamodb.sqlite";

/// The interval between two deletions of expired items.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// The open engine with its locked directory. The field order matters: the engine closes its file before the
/// lock is released.
pub(super) struct Engine {
    database: dynoxide::Database,
    _data_dir: DataDir,
}

impl Engine {
    fn open(dir: &Path) -> Result<Self, DatabaseError> {
        let data_dir = DataDir::lock(dir)?;
        // SQLite gives its other files the permissions of the database file. Existing ones may be copies with
        // other permissions.
        let path = data_dir.private_file(FILE)?;
        for suffix in ["-wal", "-shm"] {
            data_dir.make_private(&format!("{FILE}{suffix}"))?;
        }
        let name = path.to_str().ok_or_else(|| DatabaseError::DataDirName {
            dir: dir.to_owned(),
        })?;
        match dynoxide::Database::new(name) {
            Ok(database) => Ok(Self {
                database,
                _data_dir: data_dir,
            }),
            Err(cause) => Err(DatabaseError::DataFile { path, cause }),
        }
    }

    /// The engine. Its methods block.
    pub(super) fn database(&self) -> &dynoxide::Database {
        &self.database
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// The background tasks of the engine. They stop when this is dropped.
#[derive(Debug)]
pub(super) struct BackgroundTasks {
    stop_sweeping: oneshot::Sender<()>,
    sweeper: JoinHandle<()>,
    port: Option<port::PortServer>,
}

impl BackgroundTasks {
    /// Stops the tasks and waits for a running sweep and for running requests to the port.
    pub(super) async fn close(self) {
        drop(self.stop_sweeping);
        if let Some(port) = self.port {
            port.close().await;
        }
        if let Err(error) = self.sweeper.await {
            tracing::warn!(%error, "the deletion of expired items failed");
        }
    }
}

/// Opens the engine on a directory and returns a client for it.
pub(super) async fn open(
    dir: &Path,
    port: Option<u16>,
) -> Result<(Client, BackgroundTasks), DatabaseError> {
    let owned = dir.to_owned();
    let engine = spawn_blocking(move || Engine::open(&owned))
        .await
        .map_err(|e| DatabaseError::DataDir {
            path: dir.to_owned(),
            cause: e.into(),
        })?
        .map(Arc::new)?;
    let port = match port {
        Some(port) => Some(port::serve(Arc::clone(&engine), port)?),
        None => None,
    };
    let (stop_sweeping, stopped) = oneshot::channel();
    let background = BackgroundTasks {
        stop_sweeping,
        sweeper: tokio::spawn(sweep_expired_items(Arc::downgrade(&engine), stopped)),
        port,
    };
    Ok((client(engine), background))
}

/// A client whose requests the engine answers. Nothing is signed, because nothing leaves the process.
fn client(engine: Arc<Engine>) -> Client {
    let config = Config::builder()
        .behavior_version(behavior_version())
        .region(Region::from_static("embedded"))
        // Never resolved: the top-level domain "invalid" is reserved.
        .endpoint_url("http://embedded.invalid")
        .allow_no_auth()
        .retry_config(retries())
        .retry_classifier(ConflictClassifier)
        .timeout_config(timeouts())
        .http_client(InProcessClient::new(engine))
        .build();
    Client::from_conf(config)
}

/// Deletes expired items, now and every minute, until the sender or the engine is dropped.
async fn sweep_expired_items(engine: Weak<Engine>, mut stopped: oneshot::Receiver<()>) {
    let mut ticks = time::interval(SWEEP_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        select! {
            biased;
            // The sender is never used: dropping it is the signal.
            _ = &mut stopped => return,
            _ = ticks.tick() => {}
        }
        let Some(engine) = engine.upgrade() else {
            return;
        };
        match spawn_blocking(move || engine.database.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(deleted)) => tracing::debug!(deleted, "expired items were deleted"),
            Ok(Err(error)) => tracing::warn!(%error, "expired items could not be deleted"),
            Err(error) => tracing::warn!(%error, "the deletion of expired items failed"),
        }
    }
}
