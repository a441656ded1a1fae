//! Figures for whoever runs the server, as Prometheus reads them, at an address of their own.
//!
//! | file | subject |
//! |---|---|
//! | [`exporter`] | the address and the text |
//! | [`requests`] | requests and event streams |
//! | [`database`] | operations on the tables |
//! | [`process`] | memory, files, what is watched: looked up when asked |
//! | `app::ssr::metrics` | games, moves, refusals, passwords, the change feed |
//!
//! Whatever is counted goes through the crate `metrics` to the process's one recorder. Without an address
//! there is no recorder, and counting costs next to nothing.

#[cfg(test)]
mod cost;
pub mod database;
pub mod exporter;
pub mod process;
pub mod requests;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::{sync::OnceLock, time::Duration};

/// Bounds of the histograms of times, in seconds: from what memory takes to the longest that a request to
/// the tables may.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0,
];

/// Bounds of the histogram of consumed units: half a unit is what the cheapest read costs.
const UNITS: [f64; 6] = [0.5, 1.0, 2.0, 5.0, 10.0, 100.0];

/// How often what was recorded is sorted into the histograms when nobody asks for them.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The process's recorder, from the first call on. Several servers in one process share it.
///
/// # Errors
///
/// When something else records here already.
pub fn recorder() -> Result<&'static PrometheusHandle, &'static BuildError> {
    static RECORDER: OnceLock<Result<PrometheusHandle, BuildError>> = OnceLock::new();
    RECORDER.get_or_init(install).as_ref()
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_units".to_owned()), &UNITS)?
        .install_recorder()?;
    requests::describe();
    database::describe();
    process::describe();
    app::ssr::metrics::describe();
    Ok(handle)
}
