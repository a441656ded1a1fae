//! Live events.

use super::support::*;
use std::time::Duration;

fn stream_of(game: &str) -> String {
    format!("{}/events", path_of(game))
}

#[tokio::test]
async fn a_stream_begins_with_the_game_and_tells_every_change() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let mut events = app.visitor().events(&stream_of(&game)).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(events.headers[name], value);
    }
    assert_eq!(events.expect("game").await, ada.see(&game).await);
    let first = ada.play(&game, "TopLeft", 0).await;
    assert_eq!(events.expect("game").await, first);
    let second = bob.play(&game, "TopRight", 1).await;
    assert_eq!(events.expect("game").await, second);
}

#[tokio::test]
async fn a_stream_is_not_compressed() {
    let app = App::start().await;
    let (_, _, game) = app.game().await;
    let visitor = app.visitor();
    let request = visitor
        .request(Method::GET, &stream_of(&game))
        .header("accept-encoding", "br, gzip");
    let mut events = Events::new(request.open().await);
    assert!(!events.headers.contains_key(header::CONTENT_ENCODING));
    events.expect("game").await;
}

#[tokio::test]
async fn what_happens_to_an_invitation_is_told() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let mut events = ada.events(&stream_of(&game)).await;
    assert_eq!(events.expect("game").await["status"], "PENDING");
    bob.accept(&game).await;
    assert_eq!(events.expect("game").await["status"], "IN_PROGRESS");

    let declined = ada.invite("bob").await;
    let mut events = ada.events(&stream_of(&declined)).await;
    events.expect("game").await;
    bob.post_nothing(&format!("{}/decline", path_of(&declined)))
        .await
        .is(204);
    assert_eq!(events.expect("gone").await, json!({"game_id": declined}));
    events.expect_end().await;
}

#[tokio::test]
async fn there_is_no_stream_of_no_game() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for id in [NO_GAME, "7", "%ff", "%00"] {
        ada.get(&stream_of(id)).await.problem(404, "no_such_game");
        let both = format!("/api/v1/events?game_id={id}");
        ada.get(&both).await.problem(404, "no_such_game");
    }
}

#[tokio::test]
async fn the_lists_need_a_session() {
    let app = App::start().await;
    app.visitor()
        .get("/api/v1/events")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn a_player_hears_of_changes_in_the_lists() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let mut bobs = bob.events("/api/v1/events").await;
    let game = ada.invite("bob").await;
    let invitation = bobs.expect("lobby").await;
    assert_eq!(invitation["kind"], "moved");
    assert_eq!(invitation["list"], "invitations");
    assert_eq!(invitation["game"]["game_id"], game);

    let mut adas = ada.events("/api/v1/events").await;
    bob.accept(&game).await;
    for events in [&mut adas, &mut bobs] {
        assert_eq!(events.expect("lobby").await["list"], "in_progress");
    }

    let cancelled = ada.invite("bob").await;
    ada.post_nothing(&format!("{}/cancel", path_of(&cancelled)))
        .await
        .is(204);
    for events in [&mut adas, &mut bobs] {
        assert_eq!(events.expect("lobby").await["kind"], "moved");
        let removed = events.expect("lobby").await;
        assert_eq!(removed, json!({"kind": "removed", "game_id": cancelled}));
    }
}

#[tokio::test]
async fn one_stream_for_the_lists_and_a_game() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let mut events = ada.events(&format!("/api/v1/events?game_id={game}")).await;
    assert_eq!(events.expect("game").await["game_id"], game);
    bob.post_nothing(&format!("{}/decline", path_of(&game)))
        .await
        .is(204);
    let mut names = Vec::new();
    for _ in 0..2 {
        names.push(events.next().await.unwrap().0);
    }
    names.sort_unstable();
    assert_eq!(names, ["gone", "lobby"]);
    // The lists go on.
    ada.invite("bob").await;
    assert_eq!(events.expect("lobby").await["list"], "outgoing");
}

#[tokio::test]
async fn nothing_is_lost_between_a_page_and_its_stream() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let since = app.running.state().hub.now();
    ada.play(&game, "TopLeft", 0).await;
    let second = bob.play(&game, "TopRight", 1).await;
    // Of the states in between a late watcher needs the newest only.
    let path = format!("{}?since={since}", stream_of(&game));
    let mut events = app.visitor().events(&path).await;
    assert_eq!(events.expect("game").await, second);
    let third = ada.play(&game, "MiddleLeft", 2).await;
    assert_eq!(events.expect("game").await, third);

    // Of the lists every change.
    let both = format!("/api/v1/events?game_id={game}&since={since}");
    let mut events = bob.events(&both).await;
    let mut turns = Vec::new();
    let mut shown = Value::Null;
    for _ in 0..4 {
        let (name, data) = events.next().await.unwrap();
        match name.as_str() {
            "game" => shown = data,
            _ => turns.push(data["game"]["turn"].clone()),
        }
    }
    assert_eq!(shown, third);
    assert_eq!(turns, ["bob", "ada", "bob"]);
}

#[tokio::test]
async fn a_game_that_was_removed_meanwhile_is_told_to_be_gone() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let since = app.running.state().hub.now();
    ada.post_nothing(&format!("{}/cancel", path_of(&game)))
        .await
        .is(204);
    let mut events = ada
        .events(&format!("{}?since={since}", stream_of(&game)))
        .await;
    assert_eq!(events.expect("gone").await, json!({"game_id": game}));
    events.expect_end().await;
}

#[tokio::test]
async fn a_since_of_another_server_starts_over() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let other = App::start().await.running.state().hub.now();
    for since in ["", "x", other.as_str(), "%00", "99999999999999999999"] {
        let path = format!("{}?since={since}", stream_of(&game));
        let mut events = ada.events(&path).await;
        assert_eq!(events.expect("game").await["game_id"], game);
    }
    let mut events = ada.events(&format!("/api/v1/events?since={other}")).await;
    assert_eq!(events.expect("lobby").await, json!({"kind": "stale"}));
}

#[tokio::test]
async fn logging_out_ends_the_streams_of_that_session_only() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let elsewhere = app.visitor();
    let credentials = json!({"name": "ada", "password": PASSWORD});
    elsewhere.post("/api/v1/session", credentials).await.is(200);
    let game = ada.invite("bob").await;
    let mut one = ada.events("/api/v1/events").await;
    let mut with_game = ada.events(&format!("/api/v1/events?game_id={game}")).await;
    with_game.expect("game").await;
    let mut other = elsewhere.events("/api/v1/events").await;
    ada.delete("/api/v1/session").await.is(204);
    one.expect_end().await;
    with_game.expect_end().await;
    elsewhere.invite("bob").await;
    other.expect("lobby").await;
}

#[tokio::test]
async fn a_quiet_stream_says_that_it_is_alive() {
    let app = App::start_with(|config| config.ping_every = Duration::from_millis(50)).await;
    let ada = app.player("ada").await;
    let mut events = ada.events("/api/v1/events").await;
    assert_eq!(events.expect("ping").await, json!({}));
    assert_eq!(events.expect("ping").await, json!({}));
}

#[test]
fn the_interval_is_the_one_that_clients_rely_on() {
    let config = server::config::Config::embedded(std::path::Path::new("data"));
    assert_eq!(config.ping_every, Duration::from_secs(15));
}
