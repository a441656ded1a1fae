//! Accounts and sessions.

use test_support::{App, Method, PASSWORD, header, json};

#[tokio::test]
async fn a_new_player_is_logged_in() {
    let app = App::start().await;
    let ada = app.visitor();
    ada.get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");

    let credentials = json!({"name": " Ada ", "password": PASSWORD});
    let created = ada.post("/api/v1/players", credentials).await.is(201);
    assert_eq!(created.json(), json!({"name": "ada"}));
    let cookie = created.header(header::SET_COOKIE);
    assert!(cookie.starts_with("ttt-session=ada."), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");

    let session = ada.get("/api/v1/session").await.is(200);
    assert_eq!(session.json(), json!({"name": "ada"}));
    assert_eq!(session.header(header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn cookies_are_secure_behind_https() {
    let app = App::start_with(|config| {
        config.public_url = Some("https://play.example.org".parse().unwrap());
    })
    .await;
    let ada = app.visitor();
    let credentials = json!({"name": "ada", "password": PASSWORD});
    let created = ada.post("/api/v1/players", credentials).await.is(201);
    let cookie = created.header(header::SET_COOKIE);
    // Browsers accept the prefix only with `Secure`, with `Path=/` and without `Domain`.
    assert!(cookie.starts_with("__Host-session=ada."), "{cookie}");
    for attribute in ["; Secure", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    ada.get("/api/v1/session").await.is(200);
    // The name without the prefix is not accepted: a page on plain HTTP could have set it.
    let unprefixed = ada.cookie().unwrap().replace("__Host-", "ttt-");
    let visitor = app.visitor();
    let request = visitor
        .request(Method::GET, "/api/v1/session")
        .header("cookie", &unprefixed);
    request.send().await.problem(401, "not_logged_in");
    let log_out = ada.delete("/api/v1/session").await.is(204);
    let removal = log_out.header(header::SET_COOKIE);
    assert!(removal.starts_with("__Host-session=;"), "{removal}");
}

#[tokio::test]
async fn a_name_can_be_registered_once() {
    let app = App::start().await;
    app.player("ada").await;
    let credentials = json!({"name": "ADA", "password": "another password"});
    app.visitor()
        .post("/api/v1/players", credentials)
        .await
        .problem(409, "name_taken");
}

#[tokio::test]
async fn two_simultaneous_registrations_do_not_get_the_same_name() {
    let app = App::start().await;
    let visitor = app.visitor();
    let register = || {
        visitor.post(
            "/api/v1/players",
            json!({"name": "ada", "password": PASSWORD}),
        )
    };
    let (one, other) = tokio::join!(register(), register());
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn invalid_names_and_passwords_are_rejected() {
    let app = App::start().await;
    let visitor = app.visitor();
    let (long_name, long_password) = ("x".repeat(21), "x".repeat(129));
    for (name, password, field) in [
        ("", PASSWORD, "name"),
        ("a", PASSWORD, "name"),
        (long_name.as_str(), PASSWORD, "name"),
        ("a b", PASSWORD, "name"),
        ("ädä", PASSWORD, "name"),
        ("a\u{0}b", PASSWORD, "name"),
        ("tie", PASSWORD, "name"),
        ("Computer", PASSWORD, "name"),
        ("ada", "", "password"),
        ("ada", "1234567", "password"),
        ("ada", long_password.as_str(), "password"),
    ] {
        let credentials = json!({"name": name, "password": password});
        let answer = visitor.post("/api/v1/players", credentials).await;
        assert_eq!(
            answer.problem(422, "invalid_request")["field"],
            field,
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_get_the_same_response() {
    let app = App::start().await;
    app.player("ada").await;
    let visitor = app.visitor();
    let mut answers = Vec::new();
    for (name, password) in [
        ("ada", "wrong password"),
        ("eve", PASSWORD),
        ("?", ""),
        ("ada", "x"),
    ] {
        let credentials = json!({"name": name, "password": password});
        let answer = visitor.post("/api/v1/session", credentials).await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        answers.push(answer.problem(401, "wrong_credentials"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn a_player_logs_out_and_in_again() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let old_session = ada.cookie().unwrap();

    ada.delete("/api/v1/session").await.is(204);
    assert_eq!(ada.cookie(), None);
    ada.get("/api/v1/lobby").await.problem(401, "not_logged_in");
    // The log-out deletes the session, not just the cookie.
    let with_old = ada
        .request(Method::GET, "/api/v1/session")
        .header("cookie", &old_session);
    with_old.send().await.problem(401, "not_logged_in");
    // A log-out without a session succeeds too.
    ada.delete("/api/v1/session").await.is(204);

    let credentials = json!({"name": "Ada", "password": PASSWORD});
    let answer = ada.post("/api/v1/session", credentials).await.is(200);
    assert_eq!(answer.json(), json!({"name": "ada"}));
    assert_ne!(ada.cookie(), Some(old_session));
    ada.get("/api/v1/lobby").await.is(200);
}

#[tokio::test]
async fn an_invalid_cookie_is_no_session() {
    let app = App::start().await;
    let visitor = app.visitor();
    let secret = "A".repeat(43);
    let random = format!("ttt-session=ada.{secret}");
    let without_name = format!("ttt-session={secret}");
    for cookie in [
        "ttt-session=",
        "ttt-session=x",
        "ttt-session=ada.",
        "ttt-session=%00",
        random.as_str(),
        without_name.as_str(),
        "ttt-session",
        ";;;=",
        "other=1",
    ] {
        let request = visitor
            .request(Method::GET, "/api/v1/session")
            .header("cookie", cookie);
        request.send().await.problem(401, "not_logged_in");
    }
}
