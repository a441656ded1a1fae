//! The history checker. Many players play at the same time through the JSON API and the server functions, while faults
//! and outages of the database happen, and servers are killed, paused and cut off. All responses and all events of open
//! pages are recorded and then checked against the tables.
//!
//! `make test` runs it briefly, `make chaos` longer. The variables `CHAOS_SECONDS` and `CHAOS_SEED` control it.
//!
//! ```text
//! players, visitors, pages ──> server processes ──> fault proxies ──> DynamoDB Local
//!            │                    ▲ kill, stop, pause   ▲ faults, outages   │
//!            └─ record ─────────────> checker <─────── table, indexes ──────┘
//! ```
//!
//! With the embedded engine there is one server process, without a proxy: its faults are those of the inspector.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the test's report"
)]

mod checker;
mod client;
mod clock;
mod cluster;
mod disruption;
mod door;
mod history;
mod inspection;
mod instance;
mod late;
mod pages;
mod players;
mod record;
mod report;
mod rules;
mod sessions;
mod settings;
mod walks;
mod world;

use cluster::Cluster;
use pages::Expected;
use record::Record;
use report::Report;
use settings::Settings;
use std::{sync::Arc, time::Duration};
use test_support::Engine;
use tokio::{task::JoinSet, time};
use world::World;

/// The additional time on a slow machine, until enough has happened.
const MAX_EXTENSION: Duration = Duration::from_secs(120);

/// The number of readers who page through lists.
const READERS: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_kept_and_told_with_the_embedded_engine() {
    run(Settings::from_environment(Engine::Embedded)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_kept_and_told_with_dynamodb_local() {
    run(Settings::from_environment(Engine::DynamoDbLocal)).await;
}

async fn run(settings: Settings) {
    println!("{settings:?}");
    let mut random = fastrand::Rng::with_seed(settings.seed);
    let cluster = Cluster::start(settings, &mut random).await;
    let world = World::with_players(cluster.addresses(), settings.players).await;
    let world = Arc::new(world);

    cluster.begin_faults();
    for account in &world.accounts {
        world.pages.open_home(&world, account, random.fork());
    }
    let mut people = JoinSet::new();
    for _ in 0..settings.concurrent_games {
        people.spawn(players::play_games(Arc::clone(&world), random.fork()));
    }
    for _ in 0..READERS {
        people.spawn(walks::walk_through_lists(Arc::clone(&world), random.fork()));
    }
    for visitor in 0..settings.visitors {
        let visit = sessions::visit(Arc::clone(&world), visitor, random.fork());
        people.spawn(visit);
    }
    let disruption = disruption::disrupt(Arc::clone(&world), cluster, random.fork());
    let disruption = tokio::spawn(disruption);
    play_until_enough(settings, &world).await;
    people.join_all().await;
    let (cluster, disruptions) = disruption.await.unwrap();
    cluster.end_faults().await;

    let (record, counts) = settle(settings, &world, cluster).await;
    let verdict = checker::check(&record);
    let report = Report::new(settings, &world, &record, &verdict, counts, disruptions);
    println!("{report}");
    assert!(
        verdict.violations.is_empty(),
        "{} violations\n{}",
        verdict.violations.len(),
        report::describe(&verdict.violations, &record)
    );
    report.assert_enough();
}

/// Waits until the time is over and enough has happened, and then tells all players to stop.
async fn play_until_enough(settings: Settings, world: &World) {
    let ends = time::Instant::now() + settings.time;
    let mut every_second = time::interval(Duration::from_secs(1));
    loop {
        every_second.tick().await;
        let now = time::Instant::now();
        let is_enough = world.games_over() >= report::ENOUGH_GAMES;
        if now >= ends && (is_enough || now >= ends + MAX_EXTENSION) {
            return world.end();
        }
    }
}

/// Lets the pages arrive at the final state, stops the servers, and collects everything for the checker.
async fn settle(settings: Settings, world: &World, cluster: Cluster) -> (Record, cluster::Counts) {
    let mut record = Record {
        bounds: settings.bounds(),
        ..Record::default()
    };
    inspection::read_every_game(world).await;
    record.lists = inspection::read_lists(world).await;
    record.calls = world.take_calls();
    record.calls.sort_by_key(|call| call.began);
    let expected = Expected::new(&record.calls, &record.lists);
    // A page that has just reconnected gets the whole time, too.
    let patience = 2 * settings.told_within();
    record.pages = world.pages.settle(world, &expected, patience).await;
    record.calls.extend(cluster.late_calls(&world.clock));
    record.calls.sort_by_key(|call| call.began);
    record.sessions = std::mem::take(&mut *world.sessions.lock().unwrap());
    record.walks = std::mem::take(&mut *world.walks.lock().unwrap());
    record.disturbances = std::mem::take(&mut *world.disturbances.lock().unwrap());
    let counts = cluster.counts();
    let fixture = cluster.stop().await;
    inspection::read_tables(world, &fixture, &mut record).await;
    (record, counts)
}
