//! Several instances on one DynamoDB Local: a write by one of them reaches the pages of the others.

mod cluster;
mod log_out;
mod outage;
mod stream_faults;
mod stream_proxy;
mod streams;
mod without_stream;

use cluster::{Cluster, local_config};
use std::time::Duration;
use test_support::{Client, Events, Value, game_path};
use tokio::time::timeout;

/// A deadline for tests that would otherwise hang.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Opens the stream of a game's page.
async fn watch(client: &Client, game: &str) -> Events {
    client.events(&format!("{}/events", game_path(game))).await
}

/// Skips events until the game has at least this version.
async fn until_version(events: &mut Events, version: u64) -> Value {
    until(events, |name, game| {
        name == "game" && game["version"].as_u64() >= Some(version)
    })
    .await
}

/// Skips events until a list has changed in this way.
async fn until_lobby(events: &mut Events, is_wanted: impl Fn(&Value) -> bool) -> Value {
    until(events, |name, event| name == "lobby" && is_wanted(event)).await
}

async fn until(events: &mut Events, is_wanted: impl Fn(&str, &Value) -> bool) -> Value {
    let mut skipped = Vec::new();
    let search = async {
        loop {
            let (name, data) = events.next().await.expect("an event, not the end");
            if is_wanted(&name, &data) {
                return data;
            }
            skipped.push((name, data));
        }
    };
    let found = timeout(TIMEOUT, search).await;
    found.unwrap_or_else(|_| panic!("the event did not come, only these: {skipped:?}"))
}
