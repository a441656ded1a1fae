//! The start of a server from its configuration.

use super::{Lifecycle, Phase, running::Running};
use crate::{
    config::Config,
    database::{self, DatabaseError, DatabaseKind, DatabaseOptions, LOCAL_ENDPOINT},
    http::{connections, rate_limits::RateLimits, router::router},
    inspector::capture::Inspector,
    metrics::{self, database::OperationMetrics, exporter::Exporter},
};
use app::state::AppState;
use backend::{
    Backend, feed,
    store::{Store, StoreError, TableNames},
};
use futures::FutureExt;
use std::{io, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{net::TcpListener, time};

/// The number of attempts to reach the tables, and the delay between them. Together they are long enough
/// for an engine that starts at the same time.
const MAX_ATTEMPTS: u32 = 6;
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// An error of starting the server. Its text tells the operator what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The server can't listen on an address.
    #[error(
        "can't listen on {address} ({cause}); stop the process that uses it, or choose another --{option}"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The option that sets the address.
        option: &'static str,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// Another component of this process records metrics.
    #[error("the metrics can't be recorded ({0}); start without --metrics-listen")]
    Metrics(&'static metrics_exporter_prometheus::BuildError),
    /// The database could not be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A table is missing that the server may not create.
    #[error("the table {0} does not exist; create the tables with `server tables create`")]
    MissingTable(String),
    /// A table has the primary key of an earlier version.
    #[error(
        "the table {table} has the primary key of an earlier version; delete it with \
         `aws dynamodb delete-table --table-name {table}{endpoint}` and create it with `server tables create` \
         (it contains only sessions, so everybody logs in again)"
    )]
    OutdatedTable {
        /// The name of the table.
        table: String,
        /// The option for the endpoint, or nothing.
        endpoint: String,
    },
    /// The engine rejected a request for the tables.
    #[error("{database} rejected the request: {message} ({code}); {advice}")]
    Rejected {
        /// The engine and its address, in words.
        database: String,
        /// The engine's error code.
        code: String,
        /// The engine's error message, without a full stop.
        message: String,
        /// The advice to the operator.
        advice: &'static str,
    },
    /// The tables did not respond.
    #[error("{database} does not respond; {advice} (see the log for details)")]
    Unreachable {
        /// The engine and its address, in words.
        database: String,
        /// The advice to the operator.
        advice: &'static str,
    },
}

/// Listens, opens the database and prepares the tables. Requests are accepted before the tables are
/// ready, so that probes can tell starting from dead.
///
/// # Errors
///
/// [`StartError`]. Nothing is left running then.
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
    let inspector = config.has_inspector().then(|| {
        let tables = TableNames::new(&config.table_prefix);
        Inspector::new(tables, config.database.is_on_this_machine())
    });
    if let Some(inspector) = &inspector {
        database.client = inspector.inspected(&database.client);
    }
    let store = Store::new(database.client.clone(), &config.table_prefix)
        .with_streams(database.streams.clone());
    let mut backend = Backend::new(store.clone());
    if config.rate_limits {
        backend = backend.with_limits();
    }
    if let Some(inspector) = inspector.clone() {
        backend = backend.on_session_end(move |session| inspector.forget(session));
    }
    let metrics = recording
        .map(|(listener, recorder)| Exporter::start(listener, recorder, backend.hub.clone()));
    let state = AppState {
        leptos_options: config.leptos_options.clone(),
        backend: backend.clone(),
        secure_cookies: config.is_https(),
        has_panel: inspector.is_some(),
    };
    let lifecycle = Lifecycle::default();
    let limits = if config.rate_limits {
        RateLimits::on()
    } else {
        RateLimits::OFF
    };
    let router = router(
        &config,
        state.clone(),
        inspector.clone(),
        lifecycle.clone(),
        limits,
    );
    let serving = connections::serve(listener, router, config.connections, lifecycle.clone());
    let mut running = Running {
        address,
        lifecycle,
        state,
        inspector,
        server: tokio::spawn(serving),
        feed: None,
        metrics,
        database,
    };
    match ensure_tables(&store, &config.database).await {
        Ok(()) => {
            running.feed = Some(tokio::spawn(follow(backend)));
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

/// Follows the changes by other instances. After a panic it restarts, because an instance without the feed
/// would miss all changes.
async fn follow(backend: Backend) {
    while let Err(panic) = AssertUnwindSafe(feed::follow(backend.clone()))
        .catch_unwind()
        .await
    {
        // The panic hook has logged the panic.
        drop(panic);
        backend.hub.feed_stopped();
        tracing::error!("the change feed failed; restarting it");
        time::sleep(RETRY_DELAY).await;
    }
}

async fn ensure_tables(store: &Store, options: &DatabaseOptions) -> Result<(), StartError> {
    let mut attempt = 1;
    loop {
        let result = match options.kind {
            DatabaseKind::Aws => store.check_tables().await,
            _ => store.create_missing_tables().await,
        };
        match result {
            Ok(()) => return Ok(()),
            Err(error @ (StoreError::MissingTable(_) | StoreError::OutdatedTable(_))) => {
                return Err(start_error(error, options));
            }
            Err(error) if attempt < MAX_ATTEMPTS => {
                tracing::warn!(%error, attempt, "the tables can't be used yet");
                attempt += 1;
                time::sleep(RETRY_DELAY).await;
            }
            Err(error) => {
                tracing::error!(%error, "the tables can't be used");
                return Err(start_error(error, options));
            }
        }
    }
}

/// The error to report when a request for the tables failed.
pub(crate) fn start_error(error: StoreError, options: &DatabaseOptions) -> StartError {
    let at = |default: &str| {
        options
            .endpoint
            .clone()
            .unwrap_or_else(|| default.to_owned())
    };
    let (database, if_unreachable, if_rejected) = match options.kind {
        #[cfg(feature = "embedded")]
        DatabaseKind::Embedded => (
            format!("the embedded database in {}", options.data_dir.display()),
            "check its disk",
            "it does not support this",
        ),
        DatabaseKind::Local => (
            format!("DynamoDB Local at {}", at(LOCAL_ENDPOINT)),
            "start it, or choose another --endpoint",
            "it may not support this",
        ),
        DatabaseKind::Aws => (
            format!("Amazon DynamoDB ({})", at("the region's endpoint")),
            "check the network and the region",
            "check the region and the permissions of the credentials; deploy/role.yaml lists those that the server needs",
        ),
    };
    match error {
        StoreError::MissingTable(table) => StartError::MissingTable(table),
        StoreError::OutdatedTable(table) => {
            let endpoint = match options.kind {
                DatabaseKind::Local => format!(" --endpoint-url {}", at(LOCAL_ENDPOINT)),
                _ => String::new(),
            };
            StartError::OutdatedTable { table, endpoint }
        }
        StoreError::Rejected { code, message } => StartError::Rejected {
            database,
            code,
            message: message.trim_end_matches('.').to_owned(),
            advice: if_rejected,
        },
        _ => StartError::Unreachable {
            database,
            advice: if_unreachable,
        },
    }
}
