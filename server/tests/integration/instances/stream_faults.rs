//! Streams that fail: expired iterators, trimmed records, outages, missing permissions.

use super::{Cluster, stream_proxy::StreamProxy, until_version, watch};
use std::collections::HashMap;
use test_support::{Client, Events, HOST_WINS_AT_SEVEN};

/// One instance with an open page of a game whose players use another instance.
struct Watcher {
    cluster: Cluster,
    ada: Client,
    bob: Client,
    page: Events,
}

impl Watcher {
    /// Starts the instance after the game, so that it has read no records yet.
    async fn start() -> (Self, String) {
        let cluster = Cluster::new().await;
        cluster.begin_streams().await;
        let (ada, bob, game) = cluster.game_elsewhere().await;
        let cluster = cluster.with(1).await;
        let mut page = watch(&cluster.visitor(0), &game).await;
        page.expect("game").await;
        cluster.proxy.reads(2).await;
        let watcher = Self {
            cluster,
            ada,
            bob,
            page,
        };
        (watcher, game)
    }

    fn reject_next(&self, operation: &'static str, error: &'static str) {
        let table = self.cluster.games_table();
        self.cluster.proxy.reject_next(operation, &table, error);
    }
}

#[tokio::test]
async fn an_expired_iterator_is_replaced_at_its_position() {
    let (mut watcher, game) = Watcher::start().await;
    watcher.ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    until_version(&mut watcher.page, 3).await;
    let before = watcher.cluster.proxy.operations();
    watcher.reject_next("GetRecords", "ExpiredIteratorException");
    let after = watcher.bob.play(&game, HOST_WINS_AT_SEVEN[1], 1).await;
    assert_eq!(until_version(&mut watcher.page, 4).await, after);
    watcher.cluster.proxy.rejected(1).await;
    // The change came from the stream: the game was not read again.
    let reads = |operations: &HashMap<String, usize>| operations.get("BatchGetItem").copied();
    assert_eq!(reads(&watcher.cluster.proxy.operations()), reads(&before));
}

#[tokio::test]
async fn an_iterator_that_expires_unused_leads_to_a_fresh_read() {
    let (mut watcher, game) = Watcher::start().await;
    watcher.reject_next("GetRecords", "ExpiredIteratorException");
    let after = watcher.ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    assert_eq!(until_version(&mut watcher.page, 3).await, after);
    watcher.cluster.proxy.rejected(1).await;
}

#[tokio::test]
async fn trimmed_records_lead_to_a_fresh_read() {
    let (mut watcher, game) = Watcher::start().await;
    watcher.reject_next("GetRecords", "TrimmedDataAccessException");
    let first = watcher.ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    assert_eq!(until_version(&mut watcher.page, 3).await, first);
    watcher.cluster.proxy.rejected(1).await;

    // The engine may also reject the request for a new iterator.
    watcher.reject_next("GetRecords", "ExpiredIteratorException");
    watcher.reject_next("GetShardIterator", "TrimmedDataAccessException");
    let second = watcher.bob.play(&game, HOST_WINS_AT_SEVEN[1], 1).await;
    assert_eq!(until_version(&mut watcher.page, 4).await, second);
    watcher.cluster.proxy.rejected(2).await;
}

#[tokio::test]
async fn an_instance_catches_up_after_a_stream_outage() {
    let (mut watcher, game) = Watcher::start().await;
    let proxy = watcher.cluster.proxy.clone();
    proxy.set_streams_down(true);
    watcher.ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    proxy.rejected(2).await;
    let last = watcher.bob.play(&game, HOST_WINS_AT_SEVEN[1], 1).await;
    proxy.set_streams_down(false);
    assert_eq!(until_version(&mut watcher.page, 4).await, last);
}

#[tokio::test]
async fn an_unavailable_stream_is_replaced_by_reads() {
    assert_live_despite(|proxy| proxy.set_streams_down(true)).await;
}

#[tokio::test]
async fn a_forbidden_stream_is_replaced_by_reads() {
    assert_live_despite(|proxy| proxy.deny("GetRecords")).await;
    assert_live_despite(|proxy| proxy.deny("GetShardIterator")).await;
}

/// Asserts that a page shows a move by another instance, although the streams cannot be read.
async fn assert_live_despite(break_streams: impl FnOnce(&StreamProxy)) {
    let mut cluster = Cluster::new().await;
    cluster.begin_streams().await;
    break_streams(&cluster.proxy);
    cluster.start_one().await;
    let (ada, _, game) = cluster.game_elsewhere().await;
    let mut page = watch(&cluster.visitor(0), &game).await;
    let first = ada.play(&game, HOST_WINS_AT_SEVEN[0], 0).await;
    assert_eq!(until_version(&mut page, 3).await, first);
}
