//! From a configuration to a running server, and back.

use crate::{
    config::Config,
    database::{self, Database, DatabaseError, DatabaseKind, DatabaseOptions},
    lifecycle::{Lifecycle, Phase},
    metrics::{self, database::OperationMetrics, exporter::Exporter},
    rate_limit::RateLimits,
    router::router,
    shutdown::FINISH,
};
use app::ssr::{
    feed,
    inspector::Inspector,
    state::AppState,
    store::{Store, StoreError, TableNames},
};
use axum::serve::ListenerExt;
use futures::FutureExt;
use std::{io, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle, time};

/// How often the tables are asked for before giving up, and how long to wait in between: long enough
/// for an engine that is started at the same time.
const ATTEMPTS: u32 = 6;
const WAIT: Duration = Duration::from_secs(1);

/// Why the server did not start, in sentences for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error(
        "can't listen on {address} ({cause}); stop what is there, or choose another --{option}"
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// The option that says so.
        option: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// Something else in this process records metrics.
    #[error("the metrics can't be recorded ({0}); start without --metrics-listen")]
    Metrics(&'static metrics_exporter_prometheus::BuildError),
    /// The database can't be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A table that the server may not create by itself.
    #[error("the table {0} does not exist; create the tables with `server tables create`")]
    MissingTable(String),
    /// The engine refused a request for the tables.
    #[error("{database} refuses: {message} ({code}); {advice}")]
    Refused {
        /// What was asked, and where.
        database: String,
        /// The engine's name for the reason.
        code: String,
        /// What it said, without a full stop.
        message: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// The tables did not answer.
    #[error("{database} does not answer; {advice} (the log says more)")]
    Unreachable {
        /// What was asked, and where.
        database: String,
        /// What to do about it.
        advice: &'static str,
    },
}

/// A server that takes requests.
pub struct Running {
    address: SocketAddr,
    lifecycle: Lifecycle,
    state: AppState,
    server: JoinHandle<io::Result<()>>,
    /// Hears of what other instances write.
    feed: Option<JoinHandle<()>>,
    metrics: Option<Exporter>,
    database: Database,
}

/// Listens, opens the database and has the tables ready. Requests are taken before the last step is
/// done, so that probes can tell starting from dead.
///
/// # Errors
///
/// [`StartError`]; nothing is left running then.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let (listener, address) = listen(config.listen, "listen").await?;
    let recording = match config.metrics_listen {
        Some(address) => {
            let listener = listen(address, "metrics-listen").await?;
            Some((listener, metrics::recorder().map_err(StartError::Metrics)?))
        }
        None => None,
    };
    let mut database = database::open(&config.database).await?;
    if recording.is_some() {
        database = database.observed(Arc::new(OperationMetrics::new(&config.table_prefix)));
    }
    let inspector = config.inspects().then(|| {
        let can_break = config.database.kind != DatabaseKind::Aws;
        Inspector::new(TableNames::new(&config.table_prefix), can_break)
    });
    if let Some(inspector) = &inspector {
        database.client = inspector.inspected(&database.client);
    }
    let store = Store::new(database.client.clone(), &config.table_prefix)
        .with_streams(database.streams.clone());
    let state = AppState::new(
        config.leptos_options.clone(),
        store.clone(),
        config.is_https(),
    )
    .with_inspector(inspector);
    let metrics = recording
        .map(|(listener, recorder)| Exporter::start(listener, recorder, state.hub.clone()));
    let lifecycle = Lifecycle::default();
    let server = tokio::spawn(serve(listener, &config, state.clone(), lifecycle.clone()));
    let mut running = Running {
        address,
        lifecycle,
        state,
        server,
        feed: None,
        metrics,
        database,
    };
    match have_tables(&store, &config.database).await {
        Ok(()) => {
            running.feed = Some(tokio::spawn(follow(running.state.clone())));
            running.lifecycle.enter(Phase::Ready);
            Ok(running)
        }
        Err(error) => {
            running.stop().await;
            Err(error)
        }
    }
}

async fn listen(
    address: SocketAddr,
    option: &'static str,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen {
        address,
        option,
        cause,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn serve(
    listener: TcpListener,
    config: &Config,
    state: AppState,
    lifecycle: Lifecycle,
) -> impl Future<Output = io::Result<()>> + Send + use<> {
    let rate = config.rate_limits.then(|| {
        let limits = Arc::new(RateLimits::new(config.trusted_proxies.clone()));
        tokio::spawn(Arc::clone(&limits).sweep());
        limits
    });
    let service = router(config, state, lifecycle.clone(), rate)
        .into_make_service_with_connect_info::<SocketAddr>();
    // Events are small and must not wait for more.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(async move { lifecycle.reached(Phase::Stopping).await })
            .await
    }
}

/// Follows what other instances write. A fault in that must not leave an instance that hears nothing.
async fn follow(state: AppState) {
    while let Err(panic) = AssertUnwindSafe(feed::follow(state.clone()))
        .catch_unwind()
        .await
    {
        // The panic itself has been reported.
        drop(panic);
        state.hub.end_feed();
        tracing::error!("the change feed failed; it begins again");
        time::sleep(WAIT).await;
    }
}

async fn have_tables(store: &Store, options: &DatabaseOptions) -> Result<(), StartError> {
    let mut attempt = 1;
    loop {
        let result = match options.kind {
            DatabaseKind::Aws => store.check().await,
            _ => store.create_missing_tables().await,
        };
        match result {
            Ok(()) => return Ok(()),
            Err(StoreError::MissingTable(table)) => return Err(StartError::MissingTable(table)),
            Err(error) if attempt < ATTEMPTS => {
                tracing::warn!(%error, attempt, "the tables can't be used yet");
                attempt += 1;
                time::sleep(WAIT).await;
            }
            Err(error) => {
                tracing::error!(%error, "the tables can't be used");
                return Err(why(error, options));
            }
        }
    }
}

/// What to say when a request for the tables failed.
pub(crate) fn why(error: StoreError, options: &DatabaseOptions) -> StartError {
    let at = |default: &str| {
        options
            .endpoint
            .clone()
            .unwrap_or_else(|| default.to_owned())
    };
    let (database, unreachable, refused) = match options.kind {
        #[cfg(feature = "embedded")]
        DatabaseKind::Embedded => (
            format!("the embedded database in {}", options.data_dir.display()),
            "look at the disk it is on",
            "it does not know what was asked for",
        ),
        DatabaseKind::Local => (
            format!("DynamoDB Local at {}", at("http://127.0.0.1:8000")),
            "start it, or choose another --endpoint",
            "it may not know what was asked for",
        ),
        DatabaseKind::Aws => (
            format!("Amazon DynamoDB ({})", at("the region's endpoint")),
            "look at the network and the region",
            "look at the region and at what the credentials allow: deploy/role.yaml has what the server needs",
        ),
    };
    match error {
        StoreError::Refused { code, message } => StartError::Refused {
            database,
            code,
            message: message.trim_end_matches('.').to_owned(),
            advice: refused,
        },
        _ => StartError::Unreachable {
            database,
            advice: unreachable,
        },
    }
}

impl Running {
    /// The address that is listened on, with the port that was taken.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the metrics, if they are served.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(Exporter::address)
    }

    /// The address to open in a browser on this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the requests work with, to prepare or look into in tests.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// The open database, for the same.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Says that it is not ready any more and ends the event streams, while requests are still taken.
    pub fn drain(&self) {
        self.lifecycle.enter(Phase::Draining);
    }

    /// Takes no new connections, lets running requests finish until the deadline, and closes the
    /// database.
    pub async fn stop(mut self) {
        self.lifecycle.enter(Phase::Stopping);
        let listener = self.server.abort_handle();
        if let Some(feed) = &self.feed {
            feed.abort();
        }
        let finish = async {
            if let Err(error) = (&mut self.server).await.unwrap_or_else(|e| Err(e.into())) {
                tracing::error!(%error, "the listener failed");
            }
            drop(self.state);
            self.database.close().await;
        };
        if time::timeout(FINISH, finish).await.is_ok() {
            tracing::info!("stopped");
        } else {
            tracing::warn!("some requests did not finish in time");
            listener.abort();
        }
    }
}
