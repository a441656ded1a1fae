//! The database gone for a while.

use super::support::*;
use server::{
    config::Config,
    database::DatabaseKind,
    startup::{self, Running},
};
use std::{net::TcpListener, path::Path};

/// The embedded engine, reachable by HTTP.
async fn engine(data: &Path, port: u16) -> Running {
    let mut config = Config::embedded(data);
    config.database.embedded_port = Some(port);
    startup::start(config).await.unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn nothing_is_lost_and_no_restart_is_needed() {
    let (data, port) = (tempfile::tempdir().unwrap(), free_port());
    let database = engine(data.path(), port).await;
    let app = App::start_with(|config| {
        config.database.kind = DatabaseKind::Local;
        config.database.endpoint = Some(format!("http://127.0.0.1:{port}"));
    })
    .await;
    let (ada, bob, game) = app.game().await;
    let first = ada.play(&game, "TopLeft", 0).await;
    let mut events = bob.events(&format!("{}/events", path_of(&game))).await;
    assert_eq!(events.expect("game").await, first);

    database.stop().await;
    for answer in [
        bob.try_move(&game, "TopRight", 1).await,
        bob.get(&path_of(&game)).await,
        bob.get("/api/v1/lobby").await,
        bob.get(&format!("{}/events", path_of(&game))).await,
        app.visitor()
            .post(
                "/api/v1/session",
                json!({"name": "ada", "password": PASSWORD}),
            )
            .await,
    ] {
        assert!(answer.status == 503, "{}", answer.text());
        assert_eq!(answer.header(header::RETRY_AFTER), "2");
        answer.problem(503, "database_unavailable");
    }
    let fields = [
        ("game_id", game.as_str()),
        ("square", "TopRight"),
        ("ply", "1"),
    ];
    let call = bob.request(Method::POST, "/actions/play").call(&fields);
    assert_eq!(
        call.send().await.is(503).json()["code"],
        "database_unavailable"
    );
    let page = bob.request(Method::GET, "/").header("accept", "text/html");
    let page = page.send().await.is(503);
    assert!(
        page.text().contains("The game's database can't be reached"),
        "{}",
        page.text()
    );
    bob.get("/livez").await.is(200);
    app.visitor().get("/").await.is(200);

    let _database = engine(data.path(), port).await;
    let second = bob.play(&game, "TopRight", 1).await;
    assert_eq!(second["moves"], json!(["TopLeft", "TopRight"]));
    // The stream was quiet, not dead.
    assert_eq!(events.expect("game").await, second);
}
