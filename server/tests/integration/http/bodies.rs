//! Invalid request bodies.

use test_support::{App, Client, Method, PASSWORD, Value, game_path, json};

/// Every path that takes a body, with a valid one.
async fn paths_with_bodies(ada: &Client) -> Vec<(String, Value)> {
    let game = ada.invite("bob").await;
    vec![
        (
            "/api/v1/players".to_owned(),
            json!({"name": "cleo", "password": PASSWORD}),
        ),
        (
            "/api/v1/session".to_owned(),
            json!({"name": "ada", "password": PASSWORD}),
        ),
        ("/api/v1/games".to_owned(), json!({"opponent": "bob"})),
        (
            format!("{}/moves", game_path(&game)),
            json!({"square": "TopLeft", "ply": 0}),
        ),
    ]
}

#[tokio::test]
async fn invalid_json_is_malformed() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let deep = "[".repeat(5000);
    let bodies: [&[u8]; 9] = [
        b"",
        b"{",
        b"name=ada",
        b"{\"name\": \"ada\",}",
        b"{\"name\": \"\xff\"}",
        b"\xff\xfe{\x00}\x00",
        b"{\"name\": \"\\ud800\"}",
        b"{} {}",
        deep.as_bytes(),
    ];
    for (path, _) in paths_with_bodies(&ada).await {
        for body in bodies {
            let request = ada
                .request(Method::POST, &path)
                .header("content-type", "application/json");
            request
                .body(body.to_vec())
                .send()
                .await
                .problem(400, "malformed_request");
        }
    }
}

#[tokio::test]
async fn json_of_the_wrong_shape_is_invalid() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for (path, body) in paths_with_bodies(&ada).await {
        for other in [
            json!(null),
            json!([]),
            json!("text"),
            json!(7),
            json!([body]),
        ] {
            let problem = ada.post(&path, other).await.problem(422, "invalid_request");
            assert_eq!(problem.get("field"), None);
        }
        let fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
        for field in fields {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(&field);
            let problem = ada
                .post(&path, without)
                .await
                .problem(422, "invalid_request");
            assert_eq!(problem["field"], field);
            for wrong in [json!(null), json!({}), json!([]), json!(true), json!(-7)] {
                let mut other = body.clone();
                other[&field] = wrong;
                let problem = ada.post(&path, other).await.problem(422, "invalid_request");
                assert_eq!(problem["field"], field);
            }
        }
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let body = json!({"opponent": "bob", "status": "FINISHED", "": {"deep": [1]}});
    ada.post("/api/v1/games", body).await.is(201);
}

#[tokio::test]
async fn only_json_is_accepted() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for (path, body) in paths_with_bodies(&ada).await {
        for content_type in [
            "",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "\u{fc}",
        ] {
            let request = ada
                .request(Method::POST, &path)
                .header("content-type", content_type);
            let answer = request.body(body.to_string()).send().await;
            answer.problem(415, "unsupported_media_type");
        }
        let without = ada.request(Method::POST, &path).body(body.to_string());
        without.send().await.problem(415, "unsupported_media_type");
    }
    for content_type in [
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/vnd.api+json",
    ] {
        let request = ada
            .request(Method::POST, "/api/v1/games")
            .header("content-type", content_type);
        request
            .body(json!({"opponent": "bob"}).to_string())
            .send()
            .await
            .is(201);
    }
}

#[tokio::test]
async fn bodies_over_16_kilobytes_are_too_large() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let body = |length: usize| {
        let frame = json!({"opponent": "bob", "padding": ""}).to_string();
        let padding = "x".repeat(length - frame.len());
        let body = json!({"opponent": "bob", "padding": padding}).to_string();
        assert_eq!(body.len(), length);
        body
    };
    let request = || {
        ada.request(Method::POST, "/api/v1/games")
            .header("content-type", "application/json")
    };
    request().body(body(16 * 1024)).send().await.is(201);
    request().chunked(body(16 * 1024)).send().await.is(201);
    request()
        .body(body(16 * 1024 + 1))
        .send()
        .await
        .problem(413, "too_large");
    request()
        .chunked(body(16 * 1024 + 1))
        .send()
        .await
        .problem(413, "too_large");
}

#[tokio::test]
async fn every_form_has_the_same_limit() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let body = format!("padding={}", "x".repeat(16 * 1024));
    for path in [
        "/actions/log_in",
        "/inspector/race",
        "/inspector/faults",
        "/guide/run",
        "/nothing",
    ] {
        let request = || {
            let request = ada.request(Method::POST, path);
            request.header("content-type", "application/x-www-form-urlencoded")
        };
        request().body(body.clone()).send().await.is(413);
        request().chunked(body.clone()).send().await.is(413);
    }
}
