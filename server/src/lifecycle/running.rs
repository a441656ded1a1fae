//! A running server and its shutdown.

use super::{Lifecycle, Phase};
use crate::{database::Database, inspector::capture::Inspector, metrics::exporter::Exporter};
use app::state::AppState;
use std::{net::SocketAddr, time::Duration};
use tokio::{task::JoinHandle, time};

/// The maximum time for running requests to finish.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(6);

/// A server that accepts requests.
#[derive(Debug)]
pub struct Running {
    pub(super) address: SocketAddr,
    pub(super) lifecycle: Lifecycle,
    pub(super) state: AppState,
    pub(super) inspector: Option<Inspector>,
    pub(super) server: JoinHandle<()>,
    /// The task that follows the changes by other instances.
    pub(super) feed: Option<JoinHandle<()>>,
    pub(super) metrics: Option<Exporter>,
    pub(super) database: Database,
}

impl Running {
    /// The listening address with the actual port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The listening address of the metrics, if they are served.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(Exporter::address)
    }

    /// The URL to open in a browser on this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The state that requests share, which tests prepare and inspect.
    #[must_use]
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// The inspector, if it is on.
    #[must_use]
    pub const fn inspector(&self) -> Option<&Inspector> {
        self.inspector.as_ref()
    }

    /// The open database, which tests use directly.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Reports the server as not ready and ends the event streams. Requests are still served.
    pub fn drain(&self) {
        self.lifecycle.enter(Phase::Draining);
    }

    /// Stops accepting connections, lets running requests finish until a deadline, also those whose clients
    /// have disconnected, and closes the database.
    pub async fn stop(mut self) {
        self.lifecycle.enter(Phase::Stopping);
        let listener = self.server.abort_handle();
        if let Some(feed) = &self.feed {
            feed.abort();
        }
        let finish = async {
            if let Err(error) = (&mut self.server).await {
                tracing::error!(%error, "the listener failed");
            }
            self.state.backend.finish().await;
            drop(self.state);
            self.database.close().await;
        };
        if time::timeout(SHUTDOWN_TIMEOUT, finish).await.is_ok() {
            tracing::info!("stopped");
        } else {
            tracing::warn!("some requests did not finish in time");
            listener.abort();
        }
    }
}
