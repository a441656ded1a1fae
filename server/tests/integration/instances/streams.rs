//! Changes by other instances, from the stream of `Games`.

use super::{Cluster, until_lobby, until_version, watch};
use aws_sdk_dynamodb::types::{StreamSpecification, StreamViewType};
use std::time::{Duration, Instant};
use test_support::{Client, Events, HOST_WINS_AT_SEVEN, game_path, json};

/// Registers two players, each on an instance, and starts a game.
async fn game(cluster: &Cluster, host: usize, opponent: usize) -> (Client, Client, String) {
    let ada = cluster.player(host, &unique("ada")).await;
    let bob_name = unique("bob");
    let bob = cluster.player(opponent, &bob_name).await;
    let game = ada.invite(&bob_name).await;
    bob.accept(&game).await;
    (ada, bob, game)
}

fn unique(name: &str) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("{name}-{}", &id[..12])
}

/// Plays a game to its end. Each move waits until every stream has shown the one before. Returns the delay of each
/// move on each stream.
async fn play_live(
    ada: &Client,
    bob: &Client,
    game: &str,
    streams: &mut [Events],
) -> Vec<Duration> {
    let mut delays = Vec::new();
    for (ply, square) in (0..).zip(HOST_WINS_AT_SEVEN) {
        let player = if ply % 2 == 0 { ada } else { bob };
        let began = Instant::now();
        let answer = player.play(game, square, ply).await;
        let version = answer["version"].as_u64().unwrap();
        for stream in &mut *streams {
            assert_eq!(until_version(stream, version).await, answer);
            delays.push(began.elapsed());
        }
    }
    delays
}

#[tokio::test]
async fn a_game_played_through_two_instances_is_live_on_all_four() {
    let cluster = Cluster::start(4).await;
    let (ada, bob, game) = game(&cluster, 0, 1).await;
    let mut streams = Vec::new();
    for instance in 0..4 {
        streams.push(watch(&cluster.visitor(instance), &game).await);
    }
    play_live(&ada, &bob, &game, &mut streams).await;
}

#[tokio::test]
async fn lists_follow_changes_by_other_instances() {
    let cluster = Cluster::start(2).await;
    let ada = cluster.player(0, "ada").await;
    let bob = cluster.player(1, "bob").await;
    let mut bob_lists = bob.events("/api/v1/events").await;
    let invited = ada.invite("bob").await;
    let moved = until_lobby(&mut bob_lists, |event| event["kind"] == "moved").await;
    assert_eq!(
        (&moved["list"], &moved["game"]["game_id"]),
        (&json!("invitations"), &json!(invited))
    );

    ada.cancel(&invited).await;
    until_lobby(&mut bob_lists, |event| {
        *event == json!({"kind": "removed", "game_id": invited})
    })
    .await;

    let game = ada.invite("bob").await;
    let mut ada_lists = ada.events("/api/v1/events").await;
    bob.accept(&game).await;
    until_lobby(&mut ada_lists, |event| {
        event["list"] == "in_progress" && event["game"]["turn"] == "ada"
    })
    .await;
    ada.play(&game, "TopLeft", 0).await;
    until_lobby(&mut bob_lists, |event| {
        event["list"] == "in_progress" && event["game"]["turn"] == "bob"
    })
    .await;
}

#[tokio::test]
async fn an_idle_page_reads_no_table() {
    let cluster = Cluster::start(1).await;
    let (ada, bob, game) = game(&cluster, 0, 0).await;
    let mut page = watch(&ada, &game).await;
    let _lists = bob.events("/api/v1/events").await;
    until_version(&mut page, 2).await;
    let before = cluster.proxy.operations();
    cluster.proxy.reads(4).await;
    assert_eq!(cluster.proxy.operations(), before);
}

#[tokio::test]
async fn split_shards_lose_nothing() {
    let cluster = Cluster::start(2).await;
    let (ada, bob, first) = game(&cluster, 0, 0).await;
    let (eve, dan, second) = game(&cluster, 0, 0).await;
    let watcher = cluster.visitor(1);
    let mut streams = [
        watch(&watcher, &first).await,
        watch(&watcher, &second).await,
    ];
    cluster.proxy.reads(1).await;
    for (ply, square) in (0..).zip(HOST_WINS_AT_SEVEN) {
        // After the first moves the shards end and continue in their children.
        if ply == 1 {
            cluster.proxy.split_shards(&cluster.games_table()).await;
        }
        for (n, (host, opponent, game)) in [(&ada, &bob, &first), (&eve, &dan, &second)]
            .into_iter()
            .enumerate()
        {
            let player = if ply % 2 == 0 { host } else { opponent };
            let answer = player.play(game, square, ply).await;
            let version = answer["version"].as_u64().unwrap();
            assert_eq!(until_version(&mut streams[n], version).await, answer);
        }
    }
}

/// DynamoDB Local can hide the first record of a stream: see [`Cluster::begin_streams`].
#[tokio::test]
async fn the_first_record_of_a_stream_is_not_missed() {
    let cluster = Cluster::new().await.with(2).await;
    let (ada, _, game) = game(&cluster, 0, 0).await;
    let mut page = watch(&cluster.visitor(1), &game).await;
    let first = ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    assert_eq!(until_version(&mut page, 3).await, first);
}

#[tokio::test]
async fn a_new_stream_of_the_table_is_followed() {
    let cluster = Cluster::start(2).await;
    let (ada, bob, game) = game(&cluster, 0, 0).await;
    let mut page = watch(&cluster.visitor(1), &game).await;
    ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    until_version(&mut page, 3).await;

    let table = cluster.games_table();
    cluster.disable_stream(&table).await;
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let update = cluster.sdk().update_table().table_name(table);
    update
        .stream_specification(stream.build().unwrap())
        .send()
        .await
        .unwrap();
    let second = bob.play(&game, HOST_WINS_AT_SEVEN[1], 1).await;
    assert_eq!(until_version(&mut page, 4).await, second);
    let third = ada.play(&game, HOST_WINS_AT_SEVEN[2], 2).await;
    assert_eq!(until_version(&mut page, 5).await, third);
}

#[tokio::test]
async fn a_later_instance_shows_earlier_changes() {
    let mut cluster = Cluster::start(1).await;
    let (ada, bob, game) = game(&cluster, 0, 0).await;
    let since = cluster.instances[0].state().backend.hub.resume_token();
    ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    cluster.add().await;
    // The page was rendered by one instance and opens its stream on the other.
    let mut page = cluster
        .visitor(1)
        .events(&format!("{}/events?since={since}", game_path(&game)))
        .await;
    assert_eq!(page.expect("game").await["version"], 3);
    let last = bob.play(&game, HOST_WINS_AT_SEVEN[1], 1).await;
    assert_eq!(until_version(&mut page, 4).await, last);
}

/// A shard serves five reads a second. Eight instances want eight, so each of them slows down.
#[tokio::test]
async fn eight_instances_share_the_read_limit_of_a_shard() {
    let cluster = Cluster::start(8).await;
    cluster.proxy.limit_reads(5);
    let (ada, bob, game) = game(&cluster, 0, 1).await;
    let mut streams = Vec::new();
    for running in &cluster.instances {
        streams.push(watch(&Client::new(running.address()), &game).await);
    }
    let delays = play_live(&ada, &bob, &game, &mut streams).await;
    let rejected = cluster.proxy.rejected_reads();
    assert!(rejected > 0);
    print_delays(&format!("8 instances, {rejected} rejected reads"), delays);
}

/// Also prints the delays, which docs/decisions/change-feed.md refers to.
#[tokio::test]
async fn ten_games_are_live_across_four_instances() {
    let cluster = Cluster::start(4).await;
    cluster.proxy.limit_reads(5);
    let games = (0..10).map(async |n| {
        let (here, there) = (n % 4, (n + 1) % 4);
        let (ada, bob, game) = game(&cluster, here, here).await;
        let mut streams = [watch(&cluster.visitor(there), &game).await];
        play_live(&ada, &bob, &game, &mut streams).await
    });
    let delays = futures::future::join_all(games).await.concat();
    let rejected = cluster.proxy.rejected_reads();
    print_delays(&format!("4 instances, {rejected} rejected reads"), delays);
}

fn print_delays(setting: &str, mut delays: Vec<Duration>) {
    delays.sort();
    let at = |share: f64| delays[((delays.len() as f64 * share) as usize).min(delays.len() - 1)];
    println!(
        "{setting}: from sending a move to the event on another instance's stream, {} events: median {:?}, \
         99th percentile {:?}, longest {:?}",
        delays.len(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}
