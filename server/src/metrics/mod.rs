//! Prometheus metrics for operators, served on a separate address.
//!
//! | file | subject |
//! |---|---|
//! | [`exporter`] | the HTTP server |
//! | [`requests`] | requests and event streams |
//! | [`database`] | operations on the tables |
//! | [`process`] | process statistics and watcher counts, read on each scrape |
//! | `backend::metrics` | games, moves, rejections, passwords, the change feed |
//!
//! All metrics go through the crate `metrics` to the one recorder of the process. Without an address there
//! is no recorder, and counting costs next to nothing.

pub mod database;
pub mod exporter;
pub mod process;
pub mod requests;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::{sync::OnceLock, time::Duration};

/// Bucket bounds of the duration histograms, in seconds: from work in memory to the timeout of an operation
/// on the tables.
const DURATION_BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0,
];

/// Bucket bounds of the histograms of consumed units. The cheapest read consumes half a unit.
const UNIT_BUCKETS: [f64; 6] = [0.5, 1.0, 2.0, 5.0, 10.0, 100.0];

/// The interval at which recorded values are sorted into the histograms.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// The recorder of the process, which the first call installs. Several servers in one process share it.
///
/// # Errors
///
/// Another recorder is installed.
pub fn recorder() -> Result<&'static PrometheusHandle, &'static BuildError> {
    static RECORDER: OnceLock<Result<PrometheusHandle, BuildError>> = OnceLock::new();
    RECORDER.get_or_init(install).as_ref()
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_units".to_owned()), &UNIT_BUCKETS)?
        .install_recorder()?;
    requests::describe();
    database::describe();
    process::describe();
    backend::metrics::describe();
    Ok(handle)
}
