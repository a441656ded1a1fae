//! What is looked up when somebody asks: the process, and what is watched here. The names without `ttt_` are
//! those that every program monitored by Prometheus has.

use app::ssr::hub::Hub;
use metrics::{Unit, describe_gauge, gauge};
use std::{
    fs,
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

const BUILD: &str = "ttt_build_info";
const WATCHED: &str = "ttt_watched";
const MEMORY: &str = "process_resident_memory_bytes";
const FILES: &str = "process_open_fds";
const START: &str = "process_start_time_seconds";

/// When the recorder was installed: the process's start, or soon after it.
static STARTED: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

pub(super) fn describe() {
    LazyLock::force(&STARTED);
    describe_gauge!(BUILD, "Always 1; the version is in the label");
    describe_gauge!(
        WATCHED,
        "What open event streams watch, each once, by kind: games, lists, sessions"
    );
    describe_gauge!(MEMORY, Unit::Bytes, "Memory in use");
    describe_gauge!(FILES, "Open files and connections");
    describe_gauge!(
        START,
        Unit::Seconds,
        "When the process started, in seconds since 1970"
    );
}

/// Looks at all of it.
pub(super) fn look(hub: &Hub) {
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    let watched = hub.watched();
    for (kind, number) in [
        ("games", watched.games.len()),
        ("lists", watched.players.len()),
        ("sessions", watched.sessions.len()),
    ] {
        gauge!(WATCHED, "kind" => kind).set(number as f64);
    }
    let started = STARTED.duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!(START).set(started.as_secs_f64());
    // Systems without /proc do without these two.
    if let Some(bytes) = resident_bytes() {
        gauge!(MEMORY).set(bytes);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!(FILES).set(files.count() as f64);
    }
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}
