//! Gauges that are read on each scrape: process statistics and watcher counts. The process statistics have
//! the names of Prometheus's client libraries.

use backend::hub::Hub;
use metrics::{describe_gauge, gauge};
use metrics_process::Collector;

const BUILD: &str = "ttt_build_info";
const WATCHED: &str = "ttt_watched";

pub(super) fn describe() {
    Collector::default().describe();
    describe_gauge!(BUILD, "Always 1; the version is in the label");
    describe_gauge!(
        WATCHED,
        "Distinct games, lists and sessions that open event streams watch, by kind"
    );
}

/// Sets all gauges.
pub(super) fn update(hub: &Hub) {
    Collector::default().collect();
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    let watched = hub.watched();
    for (kind, number) in [
        ("games", watched.games.len()),
        ("lists", watched.players.len()),
        ("sessions", watched.sessions.len()),
    ] {
        gauge!(WATCHED, "kind" => kind).set(number as f64);
    }
}
