//! By the stream of `Games`.

use super::*;
use aws_sdk_dynamodb::types::StreamViewType;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// A game of ada's and bob's, who talk to different instances.
async fn game(cluster: &Cluster, hosts: usize, guests: usize) -> (Client, Client, String) {
    let ada = cluster.player(hosts, &unique("ada")).await;
    let bob_name = unique("bob");
    let bob = cluster.player(guests, &bob_name).await;
    let game = ada.invite(&bob_name).await;
    bob.accept(&game).await;
    (ada, bob, game)
}

fn unique(name: &str) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("{name}-{}", &id[..12])
}

/// Plays it to its end, each move only after every stream has shown the one before; how long each took
/// to be shown by each.
async fn play_live(
    ada: &Client,
    bob: &Client,
    game: &str,
    streams: &mut [Events],
) -> Vec<Duration> {
    let mut delays = Vec::new();
    for (ply, square) in (0..).zip(SEVEN_MOVES) {
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
        let watcher = Client::new(cluster.instances[instance].address());
        streams.push(watch(&watcher, &game).await);
    }
    play_live(&ada, &bob, &game, &mut streams).await;
}

#[tokio::test]
async fn lists_follow_what_happens_elsewhere() {
    let cluster = Cluster::start(2).await;
    let ada = cluster.player(0, "ada").await;
    let bob = cluster.player(1, "bob").await;
    let mut of_bob = bob.events("/api/v1/events").await;
    let invited = ada.invite("bob").await;
    let moved = until_lobby(&mut of_bob, |event| event["kind"] == "moved").await;
    assert_eq!(
        (&moved["list"], &moved["game"]["game_id"]),
        (&json!("invitations"), &json!(invited))
    );

    ada.post_nothing(&format!("{}/cancel", path_of(&invited)))
        .await
        .is(204);
    until_lobby(&mut of_bob, |event| {
        *event == json!({"kind": "removed", "game_id": invited})
    })
    .await;

    let game = ada.invite("bob").await;
    let mut of_ada = ada.events("/api/v1/events").await;
    bob.accept(&game).await;
    until_lobby(&mut of_ada, |event| {
        event["list"] == "in_progress" && event["game"]["turn"] == "ada"
    })
    .await;
    ada.play(&game, "TopLeft", 0).await;
    until_lobby(&mut of_bob, |event| {
        event["list"] == "in_progress" && event["game"]["turn"] == "bob"
    })
    .await;
}

#[tokio::test]
async fn a_page_that_only_waits_reads_no_table() {
    let cluster = Cluster::start(1).await;
    let (ada, bob, game) = game(&cluster, 0, 0).await;
    let mut page = watch(&ada, &game).await;
    let _lists = bob.events("/api/v1/events").await;
    until_version(&mut page, 2).await;
    let before = cluster.engine.operations();
    cluster.engine.readings(4).await;
    assert_eq!(cluster.engine.operations(), before);
}

#[tokio::test]
async fn shards_that_split_lose_nothing() {
    let cluster = Cluster::start(2).await;
    let (ada, bob, first) = game(&cluster, 0, 0).await;
    let (eve, dan, second) = game(&cluster, 0, 0).await;
    let watcher = Client::new(cluster.instances[1].address());
    let mut streams = [
        watch(&watcher, &first).await,
        watch(&watcher, &second).await,
    ];
    cluster.engine.readings(1).await;
    for (ply, square) in (0..).zip(SEVEN_MOVES) {
        // The parents end, then their children go on; what is written in between is in both.
        if ply == 1 {
            cluster.engine.split_shards(&cluster.games_table()).await;
        }
        for (n, (host, guest, game)) in [(&ada, &bob, &first), (&eve, &dan, &second)]
            .into_iter()
            .enumerate()
        {
            let player = if ply % 2 == 0 { host } else { guest };
            let answer = player.play(game, square, ply).await;
            let version = answer["version"].as_u64().unwrap();
            assert_eq!(until_version(&mut streams[n], version).await, answer);
        }
    }
}

/// One instance, whose page watches a game that is played elsewhere.
struct Watched {
    cluster: Cluster,
    ada: Client,
    bob: Client,
    page: Events,
}

impl Watched {
    /// The game was begun before the instance was started: it has read nothing of the stream yet.
    async fn start() -> (Self, String) {
        let cluster = Cluster::new().await;
        cluster.begin_streams().await;
        let (ada, bob, game) = cluster.game_elsewhere().await;
        let cluster = cluster.with(1).await;
        let mut page = watch(&Client::new(cluster.instances[0].address()), &game).await;
        page.expect("game").await;
        cluster.engine.readings(2).await;
        let watched = Self {
            cluster,
            ada,
            bob,
            page,
        };
        (watched, game)
    }

    fn refuse_next(&self, operation: &'static str, error: &'static str) {
        let table = self.cluster.games_table();
        self.cluster.engine.refuse_next(operation, &table, error);
    }
}

#[tokio::test]
async fn an_expired_iterator_is_asked_for_again_where_it_was() {
    let (mut watched, game) = Watched::start().await;
    watched.ada.play(&game, SEVEN_MOVES[0], 0).await;
    until_version(&mut watched.page, 3).await;
    let before = watched.cluster.engine.operations();
    watched.refuse_next("GetRecords", "ExpiredIteratorException");
    let after = watched.bob.play(&game, SEVEN_MOVES[1], 1).await;
    assert_eq!(until_version(&mut watched.page, 4).await, after);
    watched.cluster.engine.refused(1).await;
    // It came from the stream: nothing was read afresh.
    let reads = |operations: &HashMap<String, usize>| operations.get("BatchGetItem").copied();
    assert_eq!(reads(&watched.cluster.engine.operations()), reads(&before));
}

#[tokio::test]
async fn an_iterator_that_expired_before_anything_was_read_leads_to_a_fresh_read() {
    let (mut watched, game) = Watched::start().await;
    watched.refuse_next("GetRecords", "ExpiredIteratorException");
    let after = watched.ada.play(&game, SEVEN_MOVES[0], 0).await;
    assert_eq!(until_version(&mut watched.page, 3).await, after);
    watched.cluster.engine.refused(1).await;
}

#[tokio::test]
async fn trimmed_records_lead_to_a_fresh_read() {
    let (mut watched, game) = Watched::start().await;
    watched.refuse_next("GetRecords", "TrimmedDataAccessException");
    let first = watched.ada.play(&game, SEVEN_MOVES[0], 0).await;
    assert_eq!(until_version(&mut watched.page, 3).await, first);
    watched.cluster.engine.refused(1).await;

    // Or they are found to be when an iterator is asked for.
    watched.refuse_next("GetRecords", "ExpiredIteratorException");
    watched.refuse_next("GetShardIterator", "TrimmedDataAccessException");
    let second = watched.bob.play(&game, SEVEN_MOVES[1], 1).await;
    assert_eq!(until_version(&mut watched.page, 4).await, second);
    watched.cluster.engine.refused(2).await;
}

#[tokio::test]
async fn streams_that_fail_for_a_while_are_caught_up_with() {
    let (mut watched, game) = Watched::start().await;
    let engine = watched.cluster.engine.clone();
    engine.set_streams_down(true);
    watched.ada.play(&game, SEVEN_MOVES[0], 0).await;
    engine.refused(2).await;
    let last = watched.bob.play(&game, SEVEN_MOVES[1], 1).await;
    engine.set_streams_down(false);
    assert_eq!(until_version(&mut watched.page, 4).await, last);
}

/// What is watched is read again instead.
#[tokio::test]
async fn a_stream_that_cannot_be_read_is_done_without() {
    live_although(|engine| engine.set_streams_down(true)).await;
}

#[tokio::test]
async fn a_stream_that_may_not_be_read_is_done_without() {
    live_although(|engine| engine.deny("GetRecords")).await;
    live_although(|engine| engine.deny("GetShardIterator")).await;
}

async fn live_although(breakage: impl FnOnce(&Engine)) {
    let mut cluster = Cluster::new().await;
    cluster.begin_streams().await;
    breakage(&cluster.engine);
    cluster.start_one().await;
    let (ada, _, game) = cluster.game_elsewhere().await;
    let mut page = watch(&Client::new(cluster.instances[0].address()), &game).await;
    let first = ada.play(&game, SEVEN_MOVES[0], 0).await;
    assert_eq!(until_version(&mut page, 3).await, first);
}

/// On DynamoDB Local the first record of a stream can be missed; see [`Cluster::begin_streams`].
#[tokio::test]
async fn the_first_change_of_all_is_shown_too() {
    let cluster = Cluster::new().await.with(2).await;
    let (ada, _, game) = game(&cluster, 0, 0).await;
    let mut page = watch(&Client::new(cluster.instances[1].address()), &game).await;
    let first = ada.play(&game, SEVEN_MOVES[0], 0).await;
    assert_eq!(until_version(&mut page, 3).await, first);
}

#[tokio::test]
async fn a_stream_that_is_replaced_by_another_is_followed_on() {
    let cluster = Cluster::start(2).await;
    let (ada, bob, game) = game(&cluster, 0, 0).await;
    let mut page = watch(&Client::new(cluster.instances[1].address()), &game).await;
    ada.play(&game, SEVEN_MOVES[0], 0).await;
    until_version(&mut page, 3).await;

    let table = cluster.games_table();
    cluster.switch_stream_off(&table).await;
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let update = cluster.sdk().update_table().table_name(table);
    update
        .stream_specification(stream.build().unwrap())
        .send()
        .await
        .unwrap();
    let second = bob.play(&game, SEVEN_MOVES[1], 1).await;
    assert_eq!(until_version(&mut page, 4).await, second);
    let third = ada.play(&game, SEVEN_MOVES[2], 2).await;
    assert_eq!(until_version(&mut page, 5).await, third);
}

#[tokio::test]
async fn an_instance_that_comes_later_shows_what_happened_without_it() {
    let mut cluster = Cluster::start(1).await;
    let (ada, bob, game) = game(&cluster, 0, 0).await;
    let since = cluster.instances[0].state().hub.now();
    ada.play(&game, SEVEN_MOVES[0], 0).await;
    cluster.add().await;
    let late = Client::new(cluster.instances[1].address());
    // The page came from one instance, its stream is another's.
    let mut page = late
        .events(&format!("{}/events?since={since}", path_of(&game)))
        .await;
    assert_eq!(page.expect("game").await["version"], 3);
    let last = bob.play(&game, SEVEN_MOVES[1], 1).await;
    assert_eq!(until_version(&mut page, 4).await, last);
}

/// A shard serves five readings a second. Eight instances want eight: each slows down by itself.
#[tokio::test]
async fn eight_instances_share_what_a_shard_serves() {
    let cluster = Cluster::start(8).await;
    cluster.engine.limit_readings(5);
    let (ada, bob, game) = game(&cluster, 0, 1).await;
    let mut streams = Vec::new();
    for running in &cluster.instances {
        streams.push(watch(&Client::new(running.address()), &game).await);
    }
    let delays = play_live(&ada, &bob, &game, &mut streams).await;
    let refused = cluster.engine.refused_readings();
    assert!(refused > 0);
    print_delays(&format!("8 instances, {refused} readings refused"), delays);
}

/// Ten games at once through four instances. Only prints; see docs/decisions/change-feed.md.
#[tokio::test]
async fn how_long_a_move_takes_to_reach_another_instance() {
    let cluster = Cluster::start(4).await;
    cluster.engine.limit_readings(5);
    let games = (0..10).map(async |n| {
        let (here, there) = (n % 4, (n + 1) % 4);
        let (ada, bob, game) = game(&cluster, here, here).await;
        let watcher = Client::new(cluster.instances[there].address());
        let mut streams = [watch(&watcher, &game).await];
        play_live(&ada, &bob, &game, &mut streams).await
    });
    let delays = futures::future::join_all(games).await.concat();
    let refused = cluster.engine.refused_readings();
    print_delays(&format!("4 instances, {refused} readings refused"), delays);
}

fn print_delays(what: &str, mut delays: Vec<Duration>) {
    delays.sort();
    let at = |share: f64| delays[((delays.len() as f64 * share) as usize).min(delays.len() - 1)];
    println!(
        "{what}: from sending a move to the event on another instance's stream, {} events: median {:?}, 99 of 100 {:?}, \
         longest {:?}",
        delays.len(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}
