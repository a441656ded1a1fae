//! The OpenAPI description.

use test_support::{App, Method, NO_GAME, Value, header, json};

const ROUTES: [(&str, &[&str]); 17] = [
    ("/api/v1/players", &["post"]),
    ("/api/v1/session", &["post", "get", "delete"]),
    ("/api/v1/sessions", &["delete"]),
    ("/api/v1/account/password", &["put"]),
    ("/api/v1/account", &["delete"]),
    ("/api/v1/lobby", &["get"]),
    ("/api/v1/lobby/{list}", &["get"]),
    ("/api/v1/games", &["post"]),
    ("/api/v1/games/{game_id}", &["get"]),
    ("/api/v1/games/{game_id}/accept", &["post"]),
    ("/api/v1/games/{game_id}/decline", &["post"]),
    ("/api/v1/games/{game_id}/cancel", &["post"]),
    ("/api/v1/games/{game_id}/moves", &["post"]),
    ("/api/v1/games/{game_id}/events", &["get"]),
    ("/api/v1/events", &["get"]),
    ("/livez", &["get"]),
    ("/readyz", &["get"]),
];

async fn description() -> Value {
    let app = App::start().await;
    let answer = app.visitor().get("/api/v1/openapi.json").await.is(200);
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
    answer.json()
}

#[tokio::test]
async fn every_route_is_described() {
    let api = description().await;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described: Vec<String> = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        described.extend(
            item.as_object()
                .unwrap()
                .keys()
                .map(|method| format!("{method} {path}")),
        );
    }
    let mut expected: Vec<String> = ROUTES
        .iter()
        .flat_map(|(path, methods)| methods.iter().map(move |method| format!("{method} {path}")))
        .collect();
    expected.push("get /api/v1/openapi.json".to_owned());
    described.sort_unstable();
    expected.sort_unstable();
    assert_eq!(described, expected);
}

#[tokio::test]
async fn every_reference_resolves_and_every_operation_lists_its_responses() {
    let api = description().await;
    let text = api.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(api.pointer(pointer).is_some(), "{pointer}");
    }
    let mut ids = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap());
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{method} {path}"
            );
            for (status, response) in responses.iter().filter(|_| path.starts_with("/api/")) {
                let is_problem = response["content"]["application/problem+json"].is_object();
                assert_eq!(
                    is_problem,
                    status.as_str() >= "400",
                    "{method} {path} {status}"
                );
            }
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[tokio::test]
async fn operations_that_need_a_session_say_so() {
    let api = description().await;
    assert_eq!(
        api["components"]["securitySchemes"]["session"]["in"],
        json!("cookie")
    );
    for (path, method, is_private) in [
        ("/api/v1/lobby", "get", true),
        ("/api/v1/games", "post", true),
        ("/api/v1/games/{game_id}", "get", false),
        ("/api/v1/games/{game_id}/events", "get", false),
        ("/api/v1/events", "get", true),
        ("/api/v1/session", "delete", false),
        ("/api/v1/sessions", "delete", true),
        ("/api/v1/account/password", "put", true),
        ("/api/v1/account", "delete", true),
    ] {
        let operation = &api["paths"][path][method];
        assert_eq!(
            operation["security"].is_array(),
            is_private,
            "{method} {path}"
        );
        assert_eq!(
            operation["responses"]["401"].is_object(),
            is_private,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_game_has_the_members_that_the_schema_requires() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    let game = ada.game(&game).await;
    let api = ada.get("/api/v1/openapi.json").await.json();
    let schema = &api["components"]["schemas"]["GameView"];
    let mut required: Vec<_> = schema["required"].as_array().unwrap().iter().collect();
    required.sort_by_key(|name| name.as_str());
    let members: Vec<_> = game
        .as_object()
        .unwrap()
        .keys()
        .map(|name| json!(name))
        .collect();
    assert_eq!(required, members.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn every_described_route_exists() {
    let app = App::start().await;
    let visitor = app.visitor();
    for (path, methods) in ROUTES {
        let path = path
            .replace("{game_id}", NO_GAME)
            .replace("{list}", "finished");
        for method in methods {
            let method = method.to_uppercase().parse().unwrap();
            let answer = visitor.request(method, &path).send().await;
            assert_ne!(answer.status, 405, "{path}");
            if answer.status == 404 {
                assert_eq!(answer.json()["code"], "no_such_game", "{path}");
            }
        }
        let answer = visitor.request(Method::PATCH, &path).send().await;
        let allow = answer.header(header::ALLOW).to_lowercase();
        for method in methods {
            assert!(allow.contains(method), "{path}: {allow}");
        }
        answer.problem(405, "method_not_allowed");
    }
}
