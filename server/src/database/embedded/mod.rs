//! The embedded engine: a DynamoDB-compatible database in this process, kept in one SQLite file.
//!
//! SQLite runs in its write-ahead-log mode with `synchronous = FULL`, its default: a write is on the disk before
//! it is acknowledged, and neither a killed process nor a power failure loses one.

mod connector;
mod lock;
mod port;

use super::{DatabaseError, behavior_version, retries, timeouts};
use aws_sdk_dynamodb::{Client, Config, config::Region};
use connector::InProcess;
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

/// The file in the data directory; SQLite puts `-wal` and `-shm` beside it.
const FILE: &str = "dynamodb.sqlite";

/// How often items whose time to live is over are deleted.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// The open engine with the directory that it alone may use. The field order matters: the engine closes its
/// file before the lock goes.
pub(super) struct Engine {
    database: dynoxide::Database,
    _data_dir: DataDir,
}

impl Engine {
    fn open(dir: &Path) -> Result<Self, DatabaseError> {
        let data_dir = DataDir::lock(dir)?;
        // SQLite gives the files beside it the permissions of the database file; those that are already there
        // may have been copied.
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

    /// The engine; its methods block.
    pub(super) fn database(&self) -> &dynoxide::Database {
        &self.database
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// What runs beside the client. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Embedded {
    stop_sweeping: oneshot::Sender<()>,
    sweeper: JoinHandle<()>,
    port: Option<port::Served>,
}

impl Embedded {
    /// Ends it and waits for a sweep and for requests to the port that are under way.
    pub(super) async fn close(self) {
        drop(self.stop_sweeping);
        if let Some(port) = self.port {
            port.close().await;
        }
        if let Err(error) = self.sweeper.await {
            tracing::warn!(%error, "the deletion of expired items broke off");
        }
    }
}

/// Opens the engine on a directory, with a client for it.
pub(super) async fn open(
    dir: &Path,
    port: Option<u16>,
) -> Result<(Client, Embedded), DatabaseError> {
    let owned = dir.to_owned();
    let engine = spawn_blocking(move || Engine::open(&owned))
        .await
        .map_err(|e| DatabaseError::DataDir {
            path: dir.to_owned(),
            cause: e.into(),
        })?
        .map(Arc::new)?;
    let served = match port {
        Some(port) => Some(port::serve(Arc::clone(&engine), port)?),
        None => None,
    };
    let (stop_sweeping, stopped) = oneshot::channel();
    let embedded = Embedded {
        stop_sweeping,
        sweeper: tokio::spawn(sweep_expired_items(Arc::downgrade(&engine), stopped)),
        port: served,
    };
    Ok((client(engine), embedded))
}

/// A client whose every request is answered by the engine. Nothing is signed, as nothing leaves the process.
fn client(engine: Arc<Engine>) -> Client {
    let config = Config::builder()
        .behavior_version(behavior_version())
        .region(Region::from_static("embedded"))
        // Never resolved; "invalid" is a name that cannot exist.
        .endpoint_url("http://embedded.invalid")
        .allow_no_auth()
        .retry_config(retries())
        .timeout_config(timeouts())
        .http_client(InProcess::new(engine))
        .build();
    Client::from_conf(config)
}

/// Deletes what has expired, now and every minute, until told to stop or the engine is gone.
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
            Err(error) => tracing::warn!(%error, "the deletion of expired items broke off"),
        }
    }
}
