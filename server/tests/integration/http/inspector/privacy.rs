//! The limits of what is recorded.

use super::{assert_contains, panel, race, rows, token, visible_text};
use backend::use_cases::accounts;
use server::inspector::capture::session_log::MAX_ENTRIES;
use test_support::{App, Method, PASSWORD, json};

#[tokio::test]
async fn no_secrets_and_no_other_sessions_requests_are_recorded() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let carol = app.player("carol").await;
    carol.invite("bob").await;
    // A name that is taken, a wrong password, and a correct one.
    let credentials = |name: &str, password: &str| json!({"name": name, "password": password});
    ada.post("/api/v1/players", credentials("carol", PASSWORD))
        .await
        .problem(409, "name_taken");
    ada.post("/api/v1/session", credentials("carol", "wrong password"))
        .await
        .problem(401, "wrong_credentials");
    ada.post("/api/v1/session", credentials("ada", PASSWORD))
        .await;
    ada.get("/api/v1/lobby").await.is(200);
    ada.get(&format!("/games/{game}")).await.is(200);
    for example in ["log-in", "who-is-logged-in", "log-out", "all-sessions"] {
        let request = ada
            .request(Method::POST, "/guide/run")
            .call(&[("example", example)]);
        request.send().await.is(200);
    }
    let panel = panel(&ada, "/").await;
    assert!(rows(&panel).len() >= 10, "{panel}");
    assert_contains(&visible_text(&panel), &["(not recorded)"]);

    let mut secrets = vec![
        "$argon2".to_owned(),
        "carol".to_owned(),
        PASSWORD.to_owned(),
    ];
    for client in [&ada, &bob, &carol] {
        let token = token(client);
        assert!(
            accounts::session(app.backend(), Some(&token))
                .await
                .unwrap()
                .is_some()
        );
        let cookie = token.reveal();
        let (_, secret) = cookie.split_once('.').unwrap();
        secrets.extend([secret.to_owned(), token.key().id]);
    }
    // The recorded requests themselves, not only the panel.
    let inspector = app.running.inspector().unwrap();
    let log = inspector.session_log(&token(&ada).key());
    let recorded = format!("{:?}", log.after(0));
    for secret in secrets {
        assert!(!panel.contains(&secret), "{secret} is shown");
        assert!(!recorded.contains(&secret), "{secret} is recorded");
    }
}

#[tokio::test]
async fn the_number_of_recorded_requests_is_limited() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    for _ in 0..MAX_ENTRIES + 20 {
        ada.game(&game).await;
    }
    let rows = rows(&panel(&ada, "/").await);
    assert_eq!(rows.len(), MAX_ENTRIES);
    // A log-out deletes them.
    let session = token(&ada).key();
    ada.delete("/api/v1/session").await.is(204);
    let inspector = app.running.inspector().unwrap();
    assert!(inspector.session_log(&session).after(0).is_empty());
}

#[tokio::test]
async fn long_and_invalid_addresses_are_not_recorded() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let long = format!("http://localhost/{}", "x".repeat(20_000));
    let request = ada.request(Method::GET, &format!("/api/v1/games/{game}"));
    request.header("referer", &long).send().await.is(200);
    let panel = panel(&ada, "/").await;
    assert!(!panel.contains(&"x".repeat(200)));
    let document = ada.page("/inspector?page=javascript:alert(1)").await;
    let document = document.is(200).text();
    assert!(!document.contains("javascript:"), "{document}");
}

#[tokio::test]
async fn a_disabled_inspector_leaves_no_trace() {
    let app = App::start_with(|config| config.inspector = Some(false)).await;
    let (ada, _, game) = app.game().await;
    let page = ada.page("/").await.is(200).text();
    assert!(!page.contains("under-the-hood"), "{page}");
    assert!(app.running.inspector().is_none());
    ada.get("/inspector").await.problem(404, "not_found");
    ada.get("/inspector/events").await.problem(404, "not_found");
    race(&ada, &game, "TopLeft", "5")
        .await
        .problem(404, "not_found");
    let switch = ada
        .request(Method::POST, "/inspector/faults")
        .call(&[("fault", "delayed"), ("on", "true")]);
    switch.send().await.problem(404, "not_found");
    // The guide is still served, without its examples.
    let guide = ada.get("/guide").await.is(200).text();
    assert!(!guide.contains("/guide/run"));
    ada.request(Method::POST, "/guide/run")
        .call(&[("example", "move")])
        .send()
        .await
        .problem(404, "not_found");
}
