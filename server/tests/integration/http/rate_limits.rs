//! Rate limits per client address and per player.

use std::pin::pin;
use test_support::{App, Method, PASSWORD, game_path, header, json, new_game_id};

#[tokio::test]
async fn password_guesses_are_limited() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let visitor = app.visitor();
    let guess = || {
        visitor.post(
            "/api/v1/session",
            json!({"name": "ada", "password": "a guess"}),
        )
    };
    for _ in 0..10 {
        guess().await.problem(401, "wrong_credentials");
    }
    let refused = guess().await;
    let wait: u64 = refused.header(header::RETRY_AFTER).parse().unwrap();
    assert!((1..=7).contains(&wait));
    refused.problem(429, "too_many_requests");
    // The limit covers every request with a password, and no others.
    let credentials = json!({"name": "ada", "password": PASSWORD});
    visitor
        .post("/api/v1/players", credentials)
        .await
        .problem(429, "too_many_requests");
    visitor.delete("/api/v1/session").await.is(204);
    visitor
        .get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");

    let fields = [("name", "ada"), ("password", "a+guess")];
    let call = visitor
        .request(Method::POST, "/actions/log_in")
        .call(&fields)
        .send()
        .await
        .is(429);
    assert_eq!(call.json()["code"], "too_many_requests");
    assert!(call.headers.contains_key(header::RETRY_AFTER));
    // Without JavaScript, the page shows the error.
    let form = visitor
        .request(Method::POST, "/actions/log_in")
        .form(&fields)
        .send()
        .await
        .is(303);
    let page = visitor
        .request(Method::GET, form.header(header::LOCATION))
        .send()
        .await
        .is(200);
    assert!(page.text().contains("Too many requests"), "{}", page.text());
}

#[tokio::test]
async fn changes_are_limited_and_reads_are_not() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let visitor = app.visitor();
    let mut answers = Vec::new();
    for _ in 0..600 {
        let answer = visitor.delete("/api/v1/session").await;
        if answer.status == 429 {
            answers.push(answer);
            break;
        }
        answer.is(204);
    }
    let refused = answers.pop().expect("a limit");
    assert_eq!(refused.header(header::RETRY_AFTER), "1");
    for _ in 0..100 {
        visitor.get("/livez").await.is(200);
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_limit() {
    let app = App::start_with(|config| {
        config.rate_limits = true;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let visitor = app.visitor();
    let guess = |name: &str, from: &str| {
        let request = visitor
            .request(Method::POST, "/api/v1/session")
            .header("x-forwarded-for", from);
        request
            .json(&json!({"name": name, "password": "a guess"}))
            .send()
    };
    for _ in 0..10 {
        guess("ada", "198.51.100.1")
            .await
            .problem(401, "wrong_credentials");
    }
    guess("ada", "198.51.100.1")
        .await
        .problem(429, "too_many_requests");
    guess("ada", "6.6.6.6, 198.51.100.1")
        .await
        .problem(429, "too_many_requests");
    guess("bob", "198.51.100.2")
        .await
        .problem(401, "wrong_credentials");
}

#[tokio::test]
async fn log_ins_of_one_name_are_delayed_but_never_locked() {
    let app = App::start_with(|config| {
        config.rate_limits = true;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let visitor = app.visitor();
    let log_in = |name: &'static str, password: &'static str, from: String| {
        let request = visitor
            .request(Method::POST, "/api/v1/session")
            .header("x-forwarded-for", &from);
        request
            .json(&json!({"name": name, "password": password}))
            .send()
    };
    app.player("ada").await;
    let home = || "192.0.2.1".to_owned();
    log_in("ada", PASSWORD, home()).await.is(200);
    for n in 1..=9 {
        let guess = log_in("ada", "a guess", format!("198.51.100.{n}"));
        guess.await.problem(401, "wrong_credentials");
    }
    // Another guess has to wait. Meanwhile ada logs in from a known address, and others from anywhere.
    let mut guess = pin!(log_in("ada", "a guess", "198.51.100.99".to_owned()));
    let others = async {
        log_in("ada", PASSWORD, home()).await.is(200);
        log_in("bob", "a guess", "198.51.100.99".to_owned())
            .await
            .is(401);
    };
    tokio::select! {
        biased;
        answer = guess.as_mut() => panic!("{answer:?}"),
        () = others => {}
    }
    guess.await.problem(401, "wrong_credentials");
}

#[tokio::test]
async fn new_games_are_limited_for_each_player() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let (ada, bob) = app.two_players().await;
    let first = json!({"opponent": "carol", "game_id": new_game_id()});
    ada.post("/api/v1/games", first.clone()).await.is(201);
    let mut made = 1;
    let refused = loop {
        let answer = ada.post("/api/v1/games", json!({"opponent": "bob"})).await;
        if answer.status == 429 {
            break answer;
        }
        answer.is(201);
        made += 1;
        assert!(made < 60, "there is a limit");
    };
    assert!(made >= 20, "{made}");
    assert_ne!(refused.header(header::RETRY_AFTER), "0");
    refused.problem(429, "too_many_requests");
    // The limit holds for one host.
    bob.post("/api/v1/games", json!({"opponent": "ada"}))
        .await
        .is(201);

    let fields = [("opponent", "bob")];
    let form = ada.request(Method::POST, "/actions/invite");
    let form = form.call(&fields).send().await.is(429);
    assert_eq!(form.json()["code"], "too_many_requests");
}

#[tokio::test]
async fn repeated_requests_are_no_new_games() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let ada = app.player("ada").await;
    let game = json!({"opponent": "bob", "game_id": new_game_id()});
    ada.post("/api/v1/games", game.clone()).await.is(201);
    for _ in 0..40 {
        ada.post("/api/v1/games", game.clone()).await.is(200);
    }
}

#[tokio::test]
async fn the_event_streams_of_a_session_are_limited() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let (ada, bob, game) = app.game().await;
    let mut streams = Vec::new();
    for path in [
        "/api/v1/events".to_owned(),
        format!("{}/events", game_path(&game)),
    ] {
        for _ in 0..15 {
            streams.push(ada.events(&path).await);
        }
    }
    for path in ["/api/v1/events", "/inspector/events"] {
        let refused = ada.get(path).await;
        assert_ne!(refused.header(header::RETRY_AFTER), "0");
        let problem = refused.problem(429, "too_many_requests");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("close"), "{detail}");
    }
    // Other requests of the session, and streams of others, are not affected.
    ada.game(&game).await;
    bob.events("/api/v1/events").await;

    // The streams count while they are open.
    ada.delete("/api/v1/session").await.is(204);
    for mut stream in streams.drain(..15) {
        stream.lobby_event_of(&game).await;
        stream.expect_end().await;
    }
}

#[tokio::test]
async fn a_race_counts_its_writes() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let race = || {
        let fields = [("game_id", game.as_str()), ("times", "20")];
        ada.request(Method::POST, "/inspector/race")
            .call(&fields)
            .send()
    };
    // Only the invited player may race, but the attempts count before anything is read.
    let mut answers = Vec::new();
    while answers.last().is_none_or(|status| *status != 429) {
        answers.push(race().await.status.as_u16());
        assert!(answers.len() < 20, "there is a limit");
    }
    assert!((3..=6).contains(&answers.len()), "{answers:?}");
}
