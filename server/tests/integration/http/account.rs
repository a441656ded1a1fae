//! Changes of a player's own account, by the API and by forms.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::PlayerName;
use http_body_util::BodyExt;
use jiff::Timestamp;
use test_support::{Answer, App, Client, Method, PASSWORD, RequestBuilder, Value, header, json};

const NEW_PASSWORD: &str = "battery staple";

/// Another session of ada.
async fn elsewhere(app: &App) -> Client {
    Client::logged_in(app.running.address(), "ada").await
}

async fn change_password(client: &Client, body: Value) -> Answer {
    let request = client.request(Method::PUT, "/api/v1/account/password");
    request.json(&body).send().await
}

async fn delete_account(client: &Client, body: Value) -> Answer {
    let request = client.request(Method::DELETE, "/api/v1/account");
    request.json(&body).send().await
}

fn form<'a>(client: &'a Client, action: &str, fields: &[(&str, &str)]) -> RequestBuilder<'a> {
    let referer = format!("http://{}/account", client.host());
    client
        .request(Method::POST, &format!("/actions/{action}"))
        .header("referer", &referer)
        .header("sec-fetch-site", "same-origin")
        .form(fields)
}

#[tokio::test]
async fn a_password_is_changed_and_other_sessions_end() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let elsewhere = elsewhere(&app).await;
    let mut events = elsewhere.events("/api/v1/events").await;
    let body = json!({"current": PASSWORD, "new": NEW_PASSWORD});
    change_password(&ada, body).await.is(204);
    events.expect_end().await;
    elsewhere
        .get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");
    ada.get("/api/v1/session").await.is(200);
    let credentials = json!({"name": "ada", "password": NEW_PASSWORD});
    app.visitor()
        .post("/api/v1/session", credentials)
        .await
        .is(200);
}

#[tokio::test]
async fn a_change_of_the_password_is_validated() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for (new, field) in [
        (json!("short"), "new"),
        (json!("12345678"), "new"),
        (json!("ada12345"), "new"),
        (Value::Null, "new"),
    ] {
        let body = json!({"current": PASSWORD, "new": new});
        let problem = change_password(&ada, body).await;
        assert_eq!(problem.problem(422, "invalid_request")["field"], field);
    }
    let body = json!({"new": NEW_PASSWORD});
    let problem = change_password(&ada, body).await;
    assert_eq!(problem.problem(422, "invalid_request")["field"], "current");
    let body = json!({"current": "wrong horse", "new": NEW_PASSWORD});
    change_password(&ada, body.clone())
        .await
        .problem(401, "wrong_credentials");
    change_password(&app.visitor(), body)
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn passwords_that_are_easy_to_guess_cannot_be_registered() {
    let app = App::start().await;
    for password in ["password", "12345678", "guessable1"] {
        let credentials = json!({"name": "guessable", "password": password});
        let answer = app.visitor().post("/api/v1/players", credentials).await;
        let problem = answer.problem(422, "invalid_request");
        assert_eq!(problem["field"], "password", "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("easy to guess"), "{problem}");
    }
}

#[tokio::test]
async fn a_player_logs_out_everywhere() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let elsewhere = elsewhere(&app).await;
    ada.delete("/api/v1/sessions").await.is(204);
    assert_eq!(ada.cookie(), None);
    for client in [&ada, &elsewhere] {
        client
            .delete("/api/v1/sessions")
            .await
            .problem(401, "not_logged_in");
    }
}

#[tokio::test]
async fn a_deleted_account_cannot_be_used_again() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let invitation = ada.invite("bob").await;
    let wrong = json!({"current": "wrong horse"});
    delete_account(&ada, wrong)
        .await
        .problem(401, "wrong_credentials");
    delete_account(&ada, json!({"current": PASSWORD}))
        .await
        .is(204);
    assert_eq!(ada.cookie(), None);
    let credentials = json!({"name": "ada", "password": PASSWORD});
    let visitor = app.visitor();
    visitor
        .post("/api/v1/session", credentials.clone())
        .await
        .problem(401, "wrong_credentials");
    visitor
        .post("/api/v1/players", credentials)
        .await
        .problem(409, "name_taken");
    let path = format!("/api/v1/games/{invitation}");
    bob.get(&path).await.problem(404, "no_such_game");
    bob.post("/api/v1/games", json!({"opponent": "ada"}))
        .await
        .problem(404, "no_such_player");
}

#[tokio::test]
async fn a_log_in_ends_the_session_that_the_request_brought() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for by_form in [false, true] {
        let before = app.visitor();
        before.set_cookie(ada.cookie());
        let mut events = before.events("/api/v1/events").await;
        if by_form {
            let fields = [("name", "ada"), ("password", "correct+horse")];
            form(&ada, "log_in", &fields).send().await.is(302);
        } else {
            let credentials = json!({"name": "ada", "password": PASSWORD});
            ada.post("/api/v1/session", credentials).await.is(200);
        }
        events.expect_end().await;
        assert_ne!(ada.cookie(), before.cookie());
        before
            .get("/api/v1/session")
            .await
            .problem(401, "not_logged_in");
    }
}

#[tokio::test]
async fn streams_end_when_their_session_expires() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let backend = app.backend();
    let player = PlayerName::parse("name", "ada").unwrap();
    let [key] = <[_; 1]>::try_from(backend.store.sessions_of(&player).await.unwrap()).unwrap();
    // `ExpiresAt` is in whole seconds.
    let soon = Timestamp::now().as_second() + 2;
    app.running
        .database()
        .client
        .update_item()
        .table_name(&backend.store.tables().sessions)
        .key("PlayerId", AttributeValue::S("ada".to_owned()))
        .key("SessionId", AttributeValue::S(key.id))
        .update_expression("SET ExpiresAt = :soon")
        .expression_attribute_values(":soon", AttributeValue::N(soon.to_string()))
        .send()
        .await
        .unwrap();
    let mut events = ada.events("/api/v1/events").await;
    let panel = ada.request(Method::GET, "/inspector/events?page=/");
    let panel = panel.open().await.into_body();
    events.expect_end().await;
    panel.collect().await.unwrap();
    ada.get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn the_forms_of_the_account_work_without_javascript() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let wrong = [("current", "wrong+horse"), ("new", "battery+staple")];
    let answer = form(&ada, "change_password", &wrong).send().await;
    let target = answer.header(header::LOCATION);
    assert!(
        target.starts_with("/account?__path=%2Factions%2Fchange_password&__err="),
        "{target}"
    );
    let right = [("current", "correct+horse"), ("new", "battery+staple")];
    let answer = form(&ada, "change_password", &right).send().await.is(302);
    assert_eq!(
        answer.header(header::LOCATION),
        app::server_pages::PASSWORD_CHANGED
    );

    let answer = form(&ada, "log_out_everywhere", &[]).send().await.is(302);
    assert_eq!(answer.header(header::LOCATION), "/");
    assert_eq!(ada.cookie(), None);

    let credentials = json!({"name": "ada", "password": NEW_PASSWORD});
    ada.post("/api/v1/session", credentials).await.is(200);
    let fields = [("current", "battery+staple")];
    let answer = form(&ada, "delete_account", &fields).send().await.is(302);
    assert_eq!(answer.header(header::LOCATION), "/");
    assert_eq!(ada.cookie(), None);
}
