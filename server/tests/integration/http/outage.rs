//! An outage of a database that the server reaches over HTTP.

use server::{
    config::Config,
    database::DatabaseKind,
    lifecycle::{Running, start::start},
};
use std::{net::TcpListener, path::Path};
use test_support::{App, Method, PASSWORD, game_path, header, json};

/// Starts a server whose embedded engine is reachable over HTTP.
async fn start_engine(data: &Path, port: u16) -> Running {
    let mut config = Config::embedded(data);
    config.database.embedded_port = Some(port);
    start(config).await.unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn the_server_recovers_from_an_outage_without_a_restart() {
    let (data, port) = (tempfile::tempdir().unwrap(), free_port());
    let database = start_engine(data.path(), port).await;
    let app = App::start_with(|config| {
        config.database.kind = DatabaseKind::Local;
        config.database.endpoint = Some(format!("http://127.0.0.1:{port}"));
    })
    .await;
    let (ada, bob, game) = app.game().await;
    let first = ada.play(&game, "TopLeft", 0).await;
    let mut events = bob.events(&format!("{}/events", game_path(&game))).await;
    assert_eq!(events.expect("game").await, first);

    database.stop().await;
    for answer in [
        bob.try_move(&game, "TopRight", 1).await,
        bob.get(&game_path(&game)).await,
        bob.get("/api/v1/lobby").await,
        bob.get(&format!("{}/events", game_path(&game))).await,
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
    // This instance knows bob's session, but not one of ada with bob's secret.
    let unknown = app.visitor();
    unknown.set_cookie(bob.cookie().map(|cookie| cookie.replace("bob.", "ada.")));
    for page in [bob.page("/").await, unknown.page("/account").await] {
        let text = page.is(503).text();
        assert!(text.contains("The database can't be reached"), "{text}");
        assert!(text.contains("Try again"), "{text}");
    }
    bob.get("/livez").await.is(200);
    app.visitor().get("/").await.is(200);

    let _database = start_engine(data.path(), port).await;
    let second = bob.play(&game, "TopRight", 1).await;
    assert_eq!(second["moves"], json!(["TopLeft", "TopRight"]));
    // The stream has survived the outage.
    assert_eq!(events.expect("game").await, second);
}
