//! The history checker: several instances, real processes, on one DynamoDB Local; many people who play at the same
//! time through the JSON API; faults between the instances and the database, outages, kills. Every answer is written
//! down, and all of it is checked against the tables afterwards; and every page that was left open shows in the end
//! what the table has.
//!
//! `make test` runs a short form, `make chaos` a long one; `CHAOS_SECONDS` and `CHAOS_SEED` decide.
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
    missing_docs,
    reason = "in a test a panic is the report"
)]

#[path = "../support/mod.rs"]
mod support;

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
use support::FaultProxy;
use tokio::{task::JoinSet, time};
use world::World;

/// How much longer people play on a slow machine, until enough has happened.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_change_is_kept_and_no_other_is_made() {
    let settings = Settings::from_environment();
    println!("{settings:?}");
    let mut random = fastrand::Rng::with_seed(settings.seed);
    let fixture = support::dynamodb_local().await;
    let engine = support::dynamodb_local_endpoint().await;
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
            .unwrap_or_else(|e| panic!("{e}\n{}", instance.last_words()));
    }
    let addresses = instances.iter().map(|instance| instance.address).collect();
    let world = Arc::new(World::with_players(addresses, settings.players).await);

    proxy.set_rates(disruption::rates());
    let mut games = JoinSet::new();
    for _ in 0..settings.games_at_once {
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
            "instance {} has ended by itself; it said:\n{}",
            instance.number,
            instance.last_words()
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
        report::tell(&violations, &record)
    );
    report.assert_enough();
}

/// Returns when the time is over and enough has happened, and everybody has been told to stop.
async fn play_until_enough(settings: Settings, world: &World, proxy: &FaultProxy) {
    let ends = time::Instant::now() + settings.time;
    let mut every_second = time::interval(Duration::from_secs(1));
    loop {
        every_second.tick().await;
        let now = time::Instant::now();
        let is_enough =
            world.games_over() >= report::ENOUGH_GAMES && report::has_met_all(&proxy.counts());
        if now >= ends && (is_enough || now >= ends + PATIENCE) {
            return world.end();
        }
    }
}
