//! Lists that are read from indexes which lag behind the table.

use backend::store::Store;
use server::{
    config::Config,
    database::{self, DatabaseKind},
};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use test_support::{
    Client, FaultProxy, Fixture, LaggingIndexes, dynamodb_local, dynamodb_local_endpoint, serve,
};

/// A lag that no test outlasts.
const FOREVER: Duration = Duration::from_secs(3600);
/// A long lag of an index of the service.
const USUAL: Duration = Duration::from_millis(800);

/// An instance in front of indexes that lag, and two players.
struct Setup {
    _tables: Fixture,
    _proxy: FaultProxy,
    ada: Client,
    bob: Client,
}

impl Setup {
    async fn new(lag: Duration) -> Self {
        let tables = dynamodb_local().await;
        let indexes = LaggingIndexes::start(&tables, lag).await;
        let engine = dynamodb_local_endpoint().await;
        let engine: SocketAddr = engine.trim_start_matches("http://").parse().unwrap();
        let proxy = FaultProxy::start_with(engine, 0, Some(Arc::new(indexes))).await;
        let mut config = Config::embedded(Path::new("unused"));
        config.database.kind = DatabaseKind::Local;
        config.database.endpoint = Some(proxy.endpoint());
        let database = database::open(&config.database).await.unwrap();
        let address = serve(Store::new(database.client, &tables.prefix)).await;
        Self {
            _tables: tables,
            _proxy: proxy,
            ada: Client::registered(address, "ada").await,
            bob: Client::registered(address, "bob").await,
        }
    }
}

/// Loads the home page. Returns it with its resume token.
async fn home(player: &Client) -> (String, String) {
    let html = player.page("/").await.is(200).text();
    let (_, rest) = html.split_once(r#"\"resume_token\":\""#).expect("a token");
    let token = rest.split('\\').next().unwrap().to_owned();
    (html, token)
}

#[tokio::test]
async fn a_page_gets_the_changes_that_its_lists_lack() {
    let Setup { ada, bob, .. } = &Setup::new(FOREVER).await;
    let game = ada.invite("bob").await;
    let (html, token) = home(bob).await;
    assert!(!html.contains(&game), "the index does not lag");
    let mut events = bob.events(&format!("/api/v1/events?since={token}")).await;
    assert_eq!(events.lobby_event_of(&game).await["list"], "invitations");

    ada.cancel(&game).await;
    let (_, token) = home(bob).await;
    let mut events = bob.events(&format!("/api/v1/events?since={token}")).await;
    assert_eq!(events.lobby_event_of(&game).await["kind"], "removed");
}

/// As after a reconnection: the stream is opened first, and then the lists are read.
#[tokio::test]
async fn a_stream_without_a_token_begins_with_the_changes_that_lists_may_lack() {
    let Setup { ada, bob, .. } = &Setup::new(FOREVER).await;
    let game = ada.invite("bob").await;
    let mut events = bob.events("/api/v1/events").await;
    let lobby = bob.get("/api/v1/lobby").await.is(200).text();
    assert!(!lobby.contains(&game), "the index does not lag");
    assert_eq!(events.lobby_event_of(&game).await["list"], "invitations");
}

#[tokio::test]
async fn stale_lists_are_read_again_when_the_index_has_caught_up() {
    let Setup { ada, bob, .. } = &Setup::new(USUAL).await;
    let game = ada.invite("bob").await;
    let mut events = bob.events("/api/v1/events?since=unknown").await;
    for _ in 0..2 {
        assert_eq!(events.expect("lobby").await["kind"], "stale");
    }
    let lobby = bob.get("/api/v1/lobby").await.is(200).text();
    assert!(lobby.contains(&game), "{lobby}");
}
