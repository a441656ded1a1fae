//! Probes, start and shutdown.

use server::{config::Config, lifecycle::start::start};
use test_support::{App, Client, Method, game_path, json};

#[tokio::test]
async fn a_started_server_is_live_and_ready() {
    let app = App::start().await;
    let visitor = app.visitor();
    visitor.get("/livez").await.is(200);
    visitor.get("/readyz").await.is(200);
    visitor
        .request(Method::HEAD, "/readyz")
        .send()
        .await
        .is(200);
}

#[tokio::test]
async fn a_draining_server_is_live_but_not_ready() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    app.running.drain();
    ada.get("/livez").await.is(200);
    ada.get("/readyz").await.is(503);
    // Requests are still served.
    ada.invite("bob").await;
}

#[tokio::test]
async fn a_draining_server_ends_its_streams_and_rejects_new_ones() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let game_events = format!("{}/events", game_path(&game));
    let mut streams = [
        ada.events(&game_events).await,
        ada.events("/api/v1/events").await,
    ];
    streams[0].expect("game").await;
    streams[1].lobby_event_of(&game).await;
    app.running.drain();
    for stream in &mut streams {
        assert_eq!(stream.expect("reconnect").await, json!({}));
        stream.expect_end().await;
    }
    for path in [game_events.as_str(), "/api/v1/events"] {
        let answer = ada.get(path).await;
        assert_eq!(answer.header("retry-after"), "1");
        answer.problem(503, "server_stopping");
    }
}

#[tokio::test]
async fn stopping_ends_the_streams_and_keeps_the_games() {
    let data = tempfile::tempdir().unwrap();
    let start_again = async || {
        let mut config = Config::embedded(data.path());
        config.rate_limits = false;
        start(config).await.unwrap()
    };
    let first = start_again().await;
    let ada = Client::registered(first.address(), "ada").await;
    let game = ada.invite("bob").await;
    let mut events = ada.events(&format!("{}/events", game_path(&game))).await;
    let before = events.expect("game").await;
    let mut lists = ada.events("/api/v1/events").await;
    lists.lobby_event_of(&game).await;
    first.stop().await;
    for stream in [&mut events, &mut lists] {
        stream.expect("reconnect").await;
        stream.expect_end().await;
    }

    let second = start_again().await;
    let again = Client::new(second.address());
    again.set_cookie(ada.cookie());
    assert_eq!(again.game(&game).await, before);
    again.get("/api/v1/session").await.is(200);
}

#[tokio::test]
async fn a_second_server_cannot_use_the_same_directory() {
    let data = tempfile::tempdir().unwrap();
    let config = Config::embedded(data.path());
    let _first = start(config.clone()).await.unwrap();
    let second = start(config).await;
    let Err(error) = second else {
        panic!("two servers on one directory")
    };
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let app = App::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::embedded(data.path());
    config.listen = app.running.address();
    let Err(error) = start(config).await else {
        panic!("two servers on one port")
    };
    let error = error.to_string();
    assert!(
        error.contains("--listen") && error.contains(&app.visitor().host()),
        "{error}"
    );
}
