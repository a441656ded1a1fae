//! Tables without a stream, as AWS's example application creates them: the instance reads the watched items again.

use super::{Cluster, until_lobby, until_version, watch};
use backend::{feed::polling::Poller, hub::HubEvent};
use std::time::{Duration, Instant};
use test_support::{Client, Events, Fixture, HOST_WINS_AT_SEVEN, dynamodb_local, json, session_of};

/// Opens the stream of a player's lists and waits until the instance reads them periodically. It then says that they are
/// stale. Just after its start, it says so at once as well, and a second time later.
async fn watch_lists(player: &Client) -> Events {
    let mut lists = player.events("/api/v1/events").await;
    let (_, first) = lists.next().await.expect("an event, not the end");
    let repetitions = if first["kind"] == "stale" { 2 } else { 1 };
    for _ in 0..repetitions {
        until_lobby(&mut lists, |event| event["kind"] == "stale").await;
    }
    lists
}

async fn cluster_without_stream(instances: usize) -> Cluster {
    let cluster = Cluster::start(instances).await;
    cluster.disable_stream(&cluster.games_table()).await;
    cluster
}

#[tokio::test]
async fn games_and_lists_follow_changes_by_other_instances() {
    let cluster = cluster_without_stream(2).await;
    let ada = cluster.player(0, "ada").await;
    let bob = cluster.player(1, "bob").await;
    let mut bob_lists = watch_lists(&bob).await;

    let invited = ada.invite("bob").await;
    until_lobby(&mut bob_lists, |event| event["list"] == "invitations").await;
    ada.cancel(&invited).await;
    until_lobby(&mut bob_lists, |event| {
        *event == json!({"kind": "removed", "game_id": invited})
    })
    .await;

    let game = ada.invite("bob").await;
    let mut ada_lists = watch_lists(&ada).await;
    bob.accept(&game).await;
    until_lobby(&mut ada_lists, |event| event["list"] == "in_progress").await;

    let mut page = watch(&bob, &game).await;
    for (ply, square) in (0..).zip(HOST_WINS_AT_SEVEN) {
        // Both players move through the instance where the game is not watched.
        let player = if ply % 2 == 0 {
            &ada
        } else {
            &cluster.elsewhere(&bob, 0)
        };
        let answer = player.play(&game, square, ply).await;
        let version = answer["version"].as_u64().unwrap();
        assert_eq!(until_version(&mut page, version).await, answer);
    }
    until_lobby(&mut bob_lists, |event| event["list"] == "finished").await;
}

#[tokio::test]
async fn a_watched_game_is_reported_deleted() {
    let cluster = cluster_without_stream(2).await;
    let ada = cluster.player(0, "ada").await;
    let game = ada.invite("bob").await;
    let mut page = watch(&cluster.visitor(1), &game).await;
    page.expect("game").await;
    ada.cancel(&game).await;
    loop {
        match page.next().await.expect("an event, not the end").0.as_str() {
            "game" => {}
            name => break assert_eq!(name, "gone"),
        }
    }
    page.expect_end().await;
}

/// Simulates the schedule's clock, so the hour passes at once. Also prints the costs of an idle page.
#[tokio::test]
async fn an_idle_hour_costs_few_reads() {
    let fixture = dynamodb_local().await;
    let hour = Duration::from_secs(3600);
    for (page, with_lists) in [("a game's page", false), ("a home page", true)] {
        let (units, rounds) = cost_of_waiting(&fixture, with_lists, hour).await;
        println!("{page}, idle for an hour without a stream: {units} read units in {rounds} reads");
        // One read a second would be 3600.
        assert!(rounds < 200, "{rounds}");
    }
}

/// The read units and the number of reads for an idle page.
async fn cost_of_waiting(fixture: &Fixture, with_lists: bool, time: Duration) -> (f64, u32) {
    let backend = fixture.backend();
    let name = if with_lists { "ada" } else { "eve" };
    let ada = Client::registered(fixture.serve().await, name).await;
    let game = ada.invite("bob").await.parse().unwrap();
    let session = session_of(name);
    let watched = if with_lists {
        (None, Some(&session))
    } else {
        (Some(game), None)
    };
    let hub = &backend.hub;
    let mut page = hub.watch(watched.0, watched.1, Some(&hub.resume_token()));

    let mut poller = Poller::new(backend.clone());
    let (start, mut rounds) = (Instant::now(), 0);
    let mut now = poller.poll(start).await;
    // The first read sends the page an event.
    let event = page.next().await;
    assert!(matches!(event, HubEvent::Game(_) | HubEvent::Lobby(_)));
    fixture.capacity.reset();
    while now < start + time {
        now = poller.poll(now).await;
        rounds += 1;
    }
    (
        fixture
            .capacity
            .read_units_as_billed(&fixture.games_table()),
        rounds,
    )
}
