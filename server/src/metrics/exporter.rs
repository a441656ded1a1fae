//! The HTTP server of the metrics. It has its own address, so that the public address does not expose them.

use super::{UPKEEP_INTERVAL, process};
use axum::{Router, extract::State, response::IntoResponse, routing::get};
use backend::hub::Hub;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use tokio::{net::TcpListener, task::JoinHandle, time};

/// The media type of Prometheus's text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The HTTP server of the metrics, which runs until this is dropped.
#[derive(Debug)]
pub struct Exporter {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Exporter {
    /// Serves `/metrics`, and nothing else, on a listener and its address.
    pub fn start(
        (listener, address): (TcpListener, SocketAddr),
        handle: &'static PrometheusHandle,
        hub: Hub,
    ) -> Self {
        let router = Router::new()
            .route("/metrics", get(render))
            .with_state((handle, hub));
        let served = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the metrics server failed");
            }
        });
        Self {
            address,
            tasks: [served, tokio::spawn(run_upkeep(handle))],
        }
    }

    /// The listening address with the actual port.
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

async fn render(
    State((handle, hub)): State<(&'static PrometheusHandle, Hub)>,
) -> impl IntoResponse {
    process::update(&hub);
    let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
    (headers, handle.render())
}

/// Sorts recorded values into the histograms regularly. Otherwise they would pile up until the next scrape.
async fn run_upkeep(handle: &PrometheusHandle) {
    let mut ticks = time::interval(UPKEEP_INTERVAL);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
