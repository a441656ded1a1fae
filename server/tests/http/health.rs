//! Probes, and the end of a server's life.

use super::support::*;

#[tokio::test]
async fn a_server_that_has_started_lives_and_is_ready() {
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
async fn while_draining_it_lives_and_is_not_ready() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    app.running.drain();
    ada.get("/livez").await.is(200);
    ada.get("/readyz").await.is(503);
    // What is asked for is still answered.
    ada.invite("bob").await;
}

#[tokio::test]
async fn while_draining_streams_are_sent_elsewhere_and_none_begins() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let of_game = format!("{}/events", path_of(&game));
    let mut streams = [
        ada.events(&of_game).await,
        ada.events("/api/v1/events").await,
    ];
    streams[0].expect("game").await;
    app.running.drain();
    for stream in &mut streams {
        assert_eq!(stream.expect("reconnect").await, json!({}));
        stream.expect_end().await;
    }
    for path in [of_game.as_str(), "/api/v1/events"] {
        let answer = ada.get(path).await;
        assert_eq!(answer.header("retry-after"), "1");
        answer.problem(503, "server_stopping");
    }
}

#[tokio::test]
async fn stopping_ends_the_streams_and_keeps_the_games() {
    let data = tempfile::tempdir().unwrap();
    let start = async || {
        let mut config = server::config::Config::embedded(data.path());
        config.rate_limits = false;
        server::startup::start(config).await.unwrap()
    };
    let first = start().await;
    let ada = Client::registered(first.address(), "ada").await;
    let game = ada.invite("bob").await;
    let mut events = ada.events(&format!("{}/events", path_of(&game))).await;
    let before = events.expect("game").await;
    let mut lists = ada.events("/api/v1/events").await;
    first.stop().await;
    for stream in [&mut events, &mut lists] {
        stream.expect("reconnect").await;
        stream.expect_end().await;
    }

    let second = start().await;
    let again = Client::new(second.address());
    again.set_cookie(ada.cookie());
    assert_eq!(again.see(&game).await, before);
    again.get("/api/v1/session").await.is(200);
}

#[tokio::test]
async fn a_second_server_is_told_that_the_directory_is_taken() {
    let data = tempfile::tempdir().unwrap();
    let config = server::config::Config::embedded(data.path());
    let _first = server::startup::start(config.clone()).await.unwrap();
    let second = server::startup::start(config).await;
    let Err(error) = second else {
        panic!("two servers on one directory")
    };
    assert!(error.to_string().contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let app = App::start().await;
    let data = tempfile::tempdir().unwrap();
    let mut config = server::config::Config::embedded(data.path());
    config.listen = app.running.address();
    let Err(error) = server::startup::start(config).await else {
        panic!("two servers on one port")
    };
    let error = error.to_string();
    assert!(
        error.contains("--listen") && error.contains(&app.visitor().host()),
        "{error}"
    );
}
