//! A table that AWS's example application has made has no stream: what is watched is read again.

use super::*;
use app::ssr::{feed::reread::Rereading, hub::HubEvent};
use std::time::{Duration, Instant};
use support::Fixture;

/// Opens the stream of a player's lists; returns when they are read again and again.
async fn watch_lists(player: &Client) -> Events {
    let mut lists = player.events("/api/v1/events").await;
    until_lobby(&mut lists, |event| event["kind"] == "stale").await;
    lists
}

async fn cluster_without_stream(instances: usize) -> Cluster {
    let cluster = Cluster::start(instances).await;
    cluster.switch_stream_off(&cluster.games_table()).await;
    cluster
}

#[tokio::test]
async fn games_and_lists_follow_what_happens_elsewhere() {
    let cluster = cluster_without_stream(2).await;
    let ada = cluster.player(0, "ada").await;
    let bob = cluster.player(1, "bob").await;
    let mut of_bob = watch_lists(&bob).await;

    let invited = ada.invite("bob").await;
    until_lobby(&mut of_bob, |event| event["list"] == "invitations").await;
    ada.post_nothing(&format!("{}/cancel", path_of(&invited)))
        .await
        .is(204);
    until_lobby(&mut of_bob, |event| {
        *event == json!({"kind": "removed", "game_id": invited})
    })
    .await;

    let game = ada.invite("bob").await;
    let mut of_ada = watch_lists(&ada).await;
    bob.accept(&game).await;
    until_lobby(&mut of_ada, |event| event["list"] == "in_progress").await;

    let mut page = watch(&bob, &game).await;
    for (ply, square) in (0..).zip(SEVEN_MOVES) {
        // Moves through the instance that nobody watches the game on.
        let player = if ply % 2 == 0 {
            &ada
        } else {
            &cluster.elsewhere(&bob, 0)
        };
        let answer = player.play(&game, square, ply).await;
        let version = answer["version"].as_u64().unwrap();
        assert_eq!(until_version(&mut page, version).await, answer);
    }
    until_lobby(&mut of_bob, |event| event["list"] == "finished").await;
}

#[tokio::test]
async fn a_watched_game_that_is_removed_elsewhere_is_gone() {
    let cluster = cluster_without_stream(2).await;
    let ada = cluster.player(0, "ada").await;
    let game = ada.invite("bob").await;
    let mut page = watch(&Client::new(cluster.instances[1].address()), &game).await;
    page.expect("game").await;
    ada.post_nothing(&format!("{}/cancel", path_of(&game)))
        .await
        .is(204);
    loop {
        match page.next().await.expect("what happened").0.as_str() {
            "game" => {}
            name => break assert_eq!(name, "gone"),
        }
    }
    page.expect_end().await;
}

/// What a page that only waits costs: an hour, with the clock that the schedule goes by turned by hand.
#[tokio::test]
async fn an_hour_of_waiting_costs_little() {
    let fixture = support::dynamodb_local().await;
    let hour = Duration::from_secs(3600);
    for (page, with_lists) in [("a game's page", false), ("a home page", true)] {
        let (units, rounds) = waiting(&fixture, with_lists, hour).await;
        println!(
            "{page} that waits an hour without a stream: {units} read units in {rounds} readings"
        );
        // Once a second would be 3600 readings.
        assert!(rounds < 200, "{rounds}");
    }
}

async fn waiting(fixture: &Fixture, with_lists: bool, time: Duration) -> (f64, u32) {
    let state = fixture.state();
    let name = if with_lists { "ada" } else { "eve" };
    let ada = Client::registered(fixture.serve().await, name).await;
    let game = ada.invite("bob").await.parse().unwrap();
    let session = support::session_of(name);
    let watched = if with_lists {
        (None, Some(&session))
    } else {
        (Some(game), None)
    };
    let mut page = state
        .hub
        .watch(watched.0, watched.1, Some(&state.hub.now()));

    let mut rereading = Rereading::new(state.clone());
    let (start, mut rounds) = (Instant::now(), 0);
    let mut now = rereading.round(start).await;
    // The first is what the page is told at once.
    let told = page.next().await;
    assert!(matches!(told, HubEvent::Game(_) | HubEvent::Lobby(_)));
    fixture.capacity.reset();
    while now < start + time {
        now = rereading.round(now).await;
        rounds += 1;
    }
    (
        fixture
            .capacity
            .read_units_as_billed(&fixture.games_table()),
        rounds,
    )
}
