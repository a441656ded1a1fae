//! Live events.

use std::time::Duration;
use test_support::{App, Client, Events, Method, NO_GAME, game_path, header, json};

fn events_path(game: &str) -> String {
    format!("{}/events", game_path(game))
}

#[tokio::test]
async fn a_stream_starts_with_the_game_and_sends_every_change() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let mut events = app.visitor().events(&events_path(&game)).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(events.headers[name], value);
    }
    assert_eq!(events.expect("game").await, ada.game(&game).await);
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
        .request(Method::GET, &events_path(&game))
        .header("accept-encoding", "br, gzip");
    let mut events = Events::new(request.open().await);
    assert!(!events.headers.contains_key(header::CONTENT_ENCODING));
    events.expect("game").await;
}

#[tokio::test]
async fn a_stream_sends_the_answer_to_an_invitation() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let mut events = ada.events(&events_path(&game)).await;
    assert_eq!(events.expect("game").await["status"], "PENDING");
    bob.accept(&game).await;
    assert_eq!(events.expect("game").await["status"], "IN_PROGRESS");

    let declined = ada.invite("bob").await;
    let mut events = ada.events(&events_path(&declined)).await;
    events.expect("game").await;
    bob.decline(&declined).await;
    assert_eq!(events.expect("gone").await, json!({"game_id": declined}));
    events.expect_end().await;
}

#[tokio::test]
async fn an_unknown_game_has_no_stream() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for id in [NO_GAME, "7", "%ff", "%00"] {
        ada.get(&events_path(id)).await.problem(404, "no_such_game");
        let both = format!("/api/v1/events?game_id={id}");
        ada.get(&both).await.problem(404, "no_such_game");
    }
}

#[tokio::test]
async fn the_stream_of_the_lists_needs_a_session() {
    let app = App::start().await;
    app.visitor()
        .get("/api/v1/events")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn a_stream_sends_changes_of_the_lists() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let mut bob_events = bob.events("/api/v1/events").await;
    let game = ada.invite("bob").await;
    let invitation = bob_events.expect("lobby").await;
    assert_eq!(invitation["kind"], "moved");
    assert_eq!(invitation["list"], "invitations");
    assert_eq!(invitation["game"]["game_id"], game);

    // The indexes may lack the latest changes, so the stream begins with them.
    let mut ada_events = ada.events("/api/v1/events").await;
    assert_eq!(ada_events.expect("lobby").await["list"], "outgoing");
    bob.accept(&game).await;
    for events in [&mut ada_events, &mut bob_events] {
        assert_eq!(events.expect("lobby").await["list"], "in_progress");
    }

    let cancelled = ada.invite("bob").await;
    ada.cancel(&cancelled).await;
    for events in [&mut ada_events, &mut bob_events] {
        assert_eq!(events.expect("lobby").await["kind"], "moved");
        let removed = events.expect("lobby").await;
        assert_eq!(removed, json!({"kind": "removed", "game_id": cancelled}));
    }
}

#[tokio::test]
async fn one_stream_serves_the_lists_and_a_game() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let mut events = ada.events(&format!("/api/v1/events?game_id={game}")).await;
    assert_eq!(events.expect("game").await["game_id"], game);
    assert_eq!(events.expect("lobby").await["list"], "outgoing");
    bob.decline(&game).await;
    let mut names = Vec::new();
    for _ in 0..2 {
        names.push(events.next().await.unwrap().0);
    }
    names.sort_unstable();
    assert_eq!(names, ["gone", "lobby"]);
    // The stream continues with the lists.
    ada.invite("bob").await;
    assert_eq!(events.expect("lobby").await["list"], "outgoing");
}

#[tokio::test]
async fn nothing_is_lost_between_a_page_and_its_stream() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let since = app.backend().hub.resume_token();
    ada.play(&game, "TopLeft", 0).await;
    let second = bob.play(&game, "TopRight", 1).await;
    // A late watcher gets the newest state of the game only.
    let path = format!("{}?since={since}", events_path(&game));
    let mut events = app.visitor().events(&path).await;
    assert_eq!(events.expect("game").await, second);
    let third = ada.play(&game, "MiddleLeft", 2).await;
    assert_eq!(events.expect("game").await, third);

    // A late watcher gets the latest change of each game in the lists.
    let both = format!("/api/v1/events?game_id={game}&since={since}");
    let mut events = bob.events(&both).await;
    assert_eq!(events.expect("game").await, third);
    assert_eq!(events.expect("lobby").await["game"]["turn"], "bob");
}

#[tokio::test]
async fn a_stream_continues_after_the_last_event() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let mut events = ada.events(&events_path(&game)).await;
    events.expect("game").await;
    let started = events.last_event_id.clone().unwrap();
    let first = ada.play(&game, "TopLeft", 0).await;
    assert_eq!(events.expect("game").await, first);
    let after_first = events.last_event_id.clone().unwrap();
    let path = |since: &str| format!("{}?since={since}", events_path(&game));

    // Nothing has changed, and the client learns it at once.
    let mut events = ada.events(&path(&after_first)).await;
    assert_eq!(events.next().await.unwrap().0, "ping");
    let unchanged = events.last_event_id.clone().unwrap();
    let second = bob.play(&game, "TopRight", 1).await;
    for since in [started, after_first.clone(), unchanged] {
        let mut events = ada.events(&path(&since)).await;
        assert_eq!(events.expect("game").await, second);
    }

    // A browser that reconnects on its own keeps the address and sends the newer token as a header.
    let newest = first_event_id(&ada, &path(&after_first)).await;
    let request = ada.request(Method::GET, &path(&after_first));
    let request = request.header("last-event-id", &newest);
    let mut events = Events::new(request.open().await);
    assert_eq!(events.next().await.unwrap().0, "ping");
}

/// The id of the first event of a stream.
async fn first_event_id(client: &Client, path: &str) -> String {
    let mut events = client.events(path).await;
    events.next().await.unwrap();
    events.last_event_id.unwrap()
}

#[tokio::test]
async fn an_event_that_others_follow_at_once_has_no_id() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let since = app.backend().hub.resume_token();
    for _ in 0..2 {
        ada.invite("bob").await;
    }
    let path = format!("/api/v1/events?since={since}");
    let mut events = bob.events(&path).await;
    events.expect("lobby").await;
    // A client that resumed from here would miss the second invitation.
    assert_eq!(events.last_event_id, None);
    events.expect("lobby").await;
    assert!(events.last_event_id.is_some());
}

#[tokio::test]
async fn a_stream_reports_a_game_that_was_deleted_meanwhile() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let since = app.backend().hub.resume_token();
    ada.cancel(&game).await;
    let mut events = ada
        .events(&format!("{}?since={since}", events_path(&game)))
        .await;
    assert_eq!(events.expect("gone").await, json!({"game_id": game}));
    events.expect_end().await;
}

#[tokio::test]
async fn an_unknown_resume_token_starts_over() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let other = App::start().await.backend().hub.resume_token();
    for since in ["", "x", other.as_str(), "%00", "99999999999999999999"] {
        let path = format!("{}?since={since}", events_path(&game));
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
    let elsewhere = Client::logged_in(app.running.address(), "ada").await;
    let game = ada.invite("bob").await;
    let mut one = ada.events("/api/v1/events").await;
    let mut with_game = ada.events(&format!("/api/v1/events?game_id={game}")).await;
    with_game.expect("game").await;
    let mut other = elsewhere.events("/api/v1/events").await;
    for stream in [&mut one, &mut with_game, &mut other] {
        stream.expect("lobby").await;
    }
    ada.delete("/api/v1/session").await.is(204);
    one.expect_end().await;
    with_game.expect_end().await;
    elsewhere.invite("bob").await;
    other.expect("lobby").await;
}

#[tokio::test]
async fn an_idle_stream_sends_pings() {
    let app = App::start_with(|config| config.ping_interval = Duration::from_millis(50)).await;
    let ada = app.player("ada").await;
    let mut events = ada.events("/api/v1/events").await;
    assert_eq!(events.expect("ping").await, json!({}));
    assert_eq!(events.expect("ping").await, json!({}));
}

#[test]
fn pings_come_every_15_seconds() {
    let config = server::config::Config::embedded(std::path::Path::new("data"));
    assert_eq!(config.ping_interval, Duration::from_secs(15));
}
