//! Server functions as the application calls them in the browser: errors have a status and are JSON.

use test_support::{Answer, App, Client, Method, NO_GAME, RequestBuilder, header, json};

fn call<'a>(client: &'a Client, action: &str, fields: &[(&str, &str)]) -> RequestBuilder<'a> {
    client
        .request(Method::POST, &format!("/actions/{action}"))
        .call(fields)
}

#[track_caller]
fn assert_error(answer: Answer, status: u16, code: &str) {
    let answer = answer.is(status);
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(answer.json()["code"], code);
}

#[tokio::test]
async fn a_call_returns_its_value_and_the_next_page() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let invited = call(&ada, "invite", &[("opponent", "bob")])
        .send()
        .await
        .is(200);
    let game = invited
        .header(header::LOCATION)
        .strip_prefix("/games/")
        .unwrap();
    call(&bob, "accept", &[("game_id", game)])
        .send()
        .await
        .is(200);
    let fields = [("game_id", game), ("square", "TopLeft"), ("ply", "0")];
    let played = call(&ada, "play", &fields).send().await.is(200);
    assert_eq!(played.json()["board"], json!({"TopLeft": "O"}));
    assert!(!played.headers.contains_key(header::LOCATION));
}

#[tokio::test]
async fn an_error_has_its_status() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let visitor = app.visitor();
    let fields = [("name", "ada"), ("password", "wrong")];
    assert_error(
        call(&visitor, "log_in", &fields).send().await,
        401,
        "wrong_credentials",
    );
    let fields = [("name", "ada"), ("password", "correct+horse")];
    assert_error(
        call(&visitor, "create_account", &fields).send().await,
        409,
        "name_taken",
    );
    let fields = [("name", "x"), ("password", "correct+horse")];
    assert_error(
        call(&visitor, "create_account", &fields).send().await,
        422,
        "invalid_request",
    );
    assert_error(
        call(&visitor, "invite", &[("opponent", "ada")])
            .send()
            .await,
        401,
        "not_logged_in",
    );
    let fields = [
        ("game_id", game.as_str()),
        ("square", "TopLeft"),
        ("ply", "0"),
    ];
    assert_error(
        call(&bob, "play", &fields).send().await,
        409,
        "not_your_turn",
    );
    assert_error(
        call(&ada, "accept", &[("game_id", &game)]).send().await,
        403,
        "not_your_game",
    );
    assert_error(
        call(&ada, "accept", &[("game_id", NO_GAME)]).send().await,
        404,
        "no_such_game",
    );
    assert_error(
        call(&ada, "load_game", &[("game_id", "x")]).send().await,
        404,
        "no_such_game",
    );
}

#[tokio::test]
async fn undecodable_arguments_are_malformed() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for (action, body) in [
        ("play", "".as_bytes()),
        ("play", b"game_id=x&square=TopLeft&ply=-1"),
        ("play", b"game_id=x&square=TopLeft&ply=one"),
        ("log_in", b"{\"name\": \"ada\"}"),
        ("log_in", b"\xff\xfe"),
        ("log_in", b"name[a][b][c][d][e][f][g]=x&password=y"),
        ("load_list", b"list=everything"),
    ] {
        let request = ada.request(Method::POST, &format!("/actions/{action}"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_error(request.body(body).send().await, 400, "malformed_request");
    }
}

#[tokio::test]
async fn large_bodies_are_rejected() {
    let app = App::start().await;
    let visitor = app.visitor();
    let body = format!("name=ada&password={}", "x".repeat(17_000));
    let request = || visitor.request(Method::POST, "/actions/log_in");
    assert_error(request().body(body.clone()).send().await, 413, "too_large");
    assert_error(request().chunked(body).send().await, 413, "too_large");
}

#[tokio::test]
async fn an_unknown_action_is_not_found() {
    let app = App::start().await;
    let visitor = app.visitor();
    for action in ["nothing", "log_in/", "log_in/x", "%ff"] {
        assert_error(call(&visitor, action, &[]).send().await, 404, "not_found");
    }
    let answer = visitor
        .request(Method::GET, "/actions/log_out")
        .send()
        .await;
    assert_eq!(answer.header(header::ALLOW), "POST");
    assert_error(answer, 405, "method_not_allowed");
}
