//! Reads of games and sessions that do not exist.

use test_support::{
    App, Client, NO_GAME, app::serve_backend, embedded, game_path, header, json, new_game_id,
    on_both_engines,
};

/// A cookie with a well-formed token of no session, made from a real one.
fn forged(cookie: &str) -> String {
    let (name, secret) = cookie.split_once('.').unwrap();
    let first = if secret.starts_with('A') { 'B' } else { 'A' };
    format!("{name}.{first}{}", &secret[1..])
}

on_both_engines! {
    async fn a_missing_game_is_looked_up_once(fixture: Fixture) {
        let visitor = Client::new(fixture.serve().await);
        let path = game_path(NO_GAME);
        visitor.get(&path).await.problem(404, "no_such_game");
        let calls = fixture.capacity.calls("GetItem");
        assert_eq!(calls, 2, "an eventually consistent read, then a strongly consistent one");
        for path in [path, format!("/games/{NO_GAME}"), format!("{}/events", game_path(NO_GAME))] {
            visitor.page(&path).await.is(404);
        }
        assert_eq!(fixture.capacity.calls("GetItem"), calls);
    }

    async fn news_of_a_missing_game_is_believed_at_once(fixture: Fixture) {
        let backend = fixture.backend();
        let address = serve_backend(backend.clone()).await;
        let (visitor, ada) = (Client::new(address), Client::registered(address, "ada").await);

        // Created on this instance.
        let game = new_game_id();
        visitor.get(&game_path(&game)).await.problem(404, "no_such_game");
        let invitation = json!({"opponent": "bob", "game_id": game});
        ada.post("/api/v1/games", invitation).await.is(201);
        visitor.get(&game_path(&game)).await.is(200);

        // Created on another instance, and reported by the feed.
        let game = new_game_id();
        visitor.get(&game_path(&game)).await.problem(404, "no_such_game");
        let elsewhere = Client::logged_in(fixture.serve().await, "ada").await;
        let invitation = json!({"opponent": "bob", "game_id": game});
        elsewhere.post("/api/v1/games", invitation).await.is(201);
        visitor.get(&game_path(&game)).await.problem(404, "no_such_game");
        let id = game.parse().unwrap();
        let stored = fixture.store.game(id, true).await.unwrap().unwrap();
        backend.game_changed(&stored);
        visitor.get(&game_path(&game)).await.is(200);
    }

    async fn players_always_ask_the_table(fixture: Fixture) {
        let address = fixture.serve().await;
        let (visitor, ada) = (Client::new(address), Client::registered(address, "ada").await);
        let game = new_game_id();
        visitor.get(&game_path(&game)).await.problem(404, "no_such_game");
        let elsewhere = Client::logged_in(fixture.serve().await, "ada").await;
        let invitation = json!({"opponent": "bob", "game_id": game});
        elsewhere.post("/api/v1/games", invitation).await.is(201);
        ada.game(&game).await;
        ada.cancel(&game).await;
    }
}

#[tokio::test]
async fn a_missing_session_is_looked_up_once() {
    let fixture = embedded().await;
    let address = fixture.serve().await;
    let (visitor, ada) = (
        Client::new(address),
        Client::registered(address, "ada").await,
    );
    visitor.set_cookie(Some(forged(&ada.cookie().unwrap())));
    visitor
        .get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");
    let calls = fixture.capacity.calls("GetItem");
    for path in ["/api/v1/session", "/api/v1/lobby", "/api/v1/events"] {
        visitor.get(path).await.problem(401, "not_logged_in");
    }
    visitor.page("/").await.is(200);
    assert_eq!(fixture.capacity.calls("GetItem"), calls);
}

#[tokio::test]
async fn reads_of_missing_games_are_limited() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let (ada, _, game) = app.game().await;
    let visitor = app.visitor();
    let mut found = 0;
    let refused = loop {
        let answer = visitor.get(&game_path(&new_game_id())).await;
        if answer.status == 429 {
            break answer;
        }
        answer.problem(404, "no_such_game");
        found += 1;
        assert!(found < 2000, "there is a limit");
    };
    assert!(found >= 200, "{found}");
    assert_eq!(refused.header(header::RETRY_AFTER), "1");
    refused.problem(429, "too_many_requests");
    // What is known stays readable from the same address.
    ada.game(&game).await;
    ada.page(&format!("/games/{game}")).await.is(200);
    visitor.get(&game_path(&game)).await.is(200);
    visitor.page("/").await.is(200);
}

#[tokio::test]
async fn reads_of_missing_sessions_are_limited() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let ada = app.player("ada").await;
    ada.get("/api/v1/session").await.is(200);
    let visitor = app.visitor();
    visitor.set_cookie(Some(forged(&ada.cookie().unwrap())));
    let mut rejected = 0;
    for path in ["/api/v1/session", "/"].into_iter().cycle() {
        let answer = visitor.get(path).await;
        if answer.status == 429 {
            break;
        }
        rejected += 1;
        assert!(rejected < 2000, "there is a limit");
    }
    assert!(rejected >= 200, "{rejected}");
    ada.get("/api/v1/session").await.is(200);
    ada.page("/").await.is(200);
}

#[tokio::test]
async fn a_stream_of_a_missing_game_is_not_found_whatever_its_token() {
    let fixture = embedded().await;
    let address = fixture.serve().await;
    let (visitor, ada) = (
        Client::new(address),
        Client::registered(address, "ada").await,
    );
    // The token is valid, but says nothing about this game.
    let token = resume_token(&ada.page("/").await.text());
    ada.invite("bob").await;
    for query in [
        format!("?since={token}"),
        "?since=x".to_owned(),
        String::new(),
    ] {
        let path = format!("{}/events{query}", game_path(NO_GAME));
        visitor.get(&path).await.problem(404, "no_such_game");
        ada.get(&path).await.problem(404, "no_such_game");
    }
    let path = format!("/api/v1/events?game_id={NO_GAME}&since={token}");
    ada.get(&path).await.problem(404, "no_such_game");
}

/// The resume token in a page.
fn resume_token(html: &str) -> String {
    let (_, rest) = html.split_once(r#"\"resume_token\":\""#).expect("a token");
    let (token, _) = rest.split_once('\\').expect("its end");
    token.to_owned()
}
