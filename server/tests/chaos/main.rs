//! The history checker. Several server processes share one DynamoDB Local. Many players play at the same time through
//! the JSON API, while faults and outages of the database happen and servers are killed. All responses are recorded and
//! then checked against the tables. In the end, every page that was left open must show the state in the table.
//!
//! `make test` runs it briefly, `make chaos` longer. The variables `CHAOS_SECONDS` and `CHAOS_SEED` control it.
//!
//! ```text
//! players ──> server processes ──> fault proxy ──> DynamoDB Local
//!    │            ▲ kill, stop, start    ▲ faults, outages   │
//!    └─ history ──────────> checker <──── table, indexes ────┘
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the test's report"
)]

mod checker;
mod client;
mod disruption;
mod history;
mod inspection;
mod instance;
mod pages;
mod players;
mod record;
mod report;
mod rules;
mod settings;
mod world;

use instance::Instance;
use report::Report;
use settings::Settings;
use std::{sync::Arc, time::Duration};
use test_support::{FaultProxy, dynamodb_local, dynamodb_local_endpoint};
use tokio::{task::JoinSet, time};
use world::World;

/// The additional time on a slow machine, until enough has happened.
const MAX_EXTENSION: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_change_is_kept_and_no_other_is_made() {
    let settings = Settings::from_environment();
    println!("{settings:?}");
    let mut random = fastrand::Rng::with_seed(settings.seed);
    let fixture = dynamodb_local().await;
    let engine = dynamodb_local_endpoint().await;
    let engine = engine.trim_start_matches("http://").parse().unwrap();
    let proxy = Arc::new(FaultProxy::start(engine, random.u64(..)).await);
    let logs = tempfile::tempdir().unwrap();

    let mut instances: Vec<_> = (0..settings.instances)
        .map(|number| {
            let log = logs.path().join(format!("instance-{number}.log"));
            Instance::new(number, &proxy.endpoint(), &fixture.prefix, log)
        })
        .collect();
    for instance in &mut instances {
        instance
            .start()
            .await
            .unwrap_or_else(|e| panic!("{e}\n{}", instance.log_tail()));
    }
    let addresses = instances.iter().map(|instance| instance.address).collect();
    let world = Arc::new(World::with_players(addresses, settings.players).await);

    proxy.set_rates(disruption::rates());
    let mut games = JoinSet::new();
    for _ in 0..settings.concurrent_games {
        games.spawn(players::play_games(Arc::clone(&world), random.fork()));
    }
    let disruption = tokio::spawn(disruption::disrupt(
        Arc::clone(&world),
        Arc::clone(&proxy),
        instances,
        random.fork(),
    ));
    play_until_enough(settings, &world, &proxy).await;
    games.join_all().await;
    let (mut instances, disruptions) = disruption.await.unwrap();
    proxy.set_rates(Vec::new());
    proxy.settled().await;

    let record = inspection::inspect(&world, &fixture).await;
    let pages = world.pages.settle(&record).await;
    for instance in &mut instances {
        assert!(
            instance.is_running(),
            "instance {} has ended by itself; its log:\n{}",
            instance.number,
            instance.log_tail()
        );
        instance.kill().await;
    }
    let violations = checker::check(&record);
    let report = Report::new(settings, &record, &pages, &proxy, disruptions);
    println!("{report}");
    assert!(pages.wrong.is_empty(), "{report}{}", pages.wrong.join("\n"));
    assert!(
        violations.is_empty(),
        "{report}{} violations\n{}",
        violations.len(),
        report::describe(&violations, &record)
    );
    report.assert_enough();
}

/// Waits until the time is over and enough has happened, and then tells all players to stop.
async fn play_until_enough(settings: Settings, world: &World, proxy: &FaultProxy) {
    let ends = time::Instant::now() + settings.time;
    let mut every_second = time::interval(Duration::from_secs(1));
    loop {
        every_second.tick().await;
        let now = time::Instant::now();
        let is_enough =
            world.games_over() >= report::ENOUGH_GAMES && report::has_met_all(&proxy.counts());
        if now >= ends && (is_enough || now >= ends + MAX_EXTENSION) {
            return world.end();
        }
    }
}
