//! The address of the figures: its own, so that the public one does not have them.

use super::{UPKEEP_EVERY, process};
use app::ssr::hub::Hub;
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use tokio::{net::TcpListener, task::JoinHandle, time};

/// The media type of Prometheus's text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The figures are served until this is dropped.
#[derive(Debug)]
pub struct Exporter {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Exporter {
    /// Serves `/metrics` and nothing else, on a listener with this address.
    pub fn start(
        (listener, address): (TcpListener, SocketAddr),
        handle: &'static PrometheusHandle,
        hub: Hub,
    ) -> Self {
        let router = Router::new()
            .route("/metrics", get(text))
            .with_state((handle, hub));
        let served = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the metrics are not served any more");
            }
        });
        Self {
            address,
            tasks: [served, tokio::spawn(keep_up(handle))],
        }
    }

    /// The address that is listened on, with the port that was taken.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn text(State((handle, hub)): State<(&'static PrometheusHandle, Hub)>) -> impl IntoResponse {
    process::look(&hub);
    let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
    (headers, handle.render())
}

/// What is recorded is kept one by one until somebody asks: this is for when nobody does.
async fn keep_up(handle: &PrometheusHandle) {
    let mut ticks = time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
