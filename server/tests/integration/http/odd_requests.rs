//! Odd requests: no response is a 500, and no API path returns HTML.

use test_support::{App, Method, NO_GAME, game_path, header};

#[tokio::test]
async fn api_paths_never_return_html() {
    let app = App::start().await;
    let visitor = app.visitor();
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/players",
        "/api/v1/players/",
        "/api/v1/players/ada",
        "/api/v1/games/x/y",
        "/api/v1/%ff",
        "/api//v1/games",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let request = visitor.request(method, path).header("accept", "text/html");
            request.send().await.problem(404, "not_found");
        }
    }
}

#[tokio::test]
async fn invalid_game_ids_are_not_found() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for id in [
        NO_GAME,
        "x",
        "%ff",
        "%00",
        "%2e%2e",
        &"x".repeat(4000),
        "{game_id}",
        "%F0%9F%92%A9",
    ] {
        ada.get(&game_path(id)).await.problem(404, "no_such_game");
        for action in ["accept", "decline", "cancel"] {
            let path = format!("{}/{action}", game_path(id));
            ada.post_empty(&path).await.problem(404, "no_such_game");
        }
        ada.try_move(id, "TopLeft", 0)
            .await
            .problem(404, "no_such_game");
    }
}

#[tokio::test]
async fn a_game_id_is_recognised_in_every_notation() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let braces = format!("%7B{game}%7D");
    for id in [game.to_uppercase(), game.replace('-', ""), braces] {
        assert_eq!(ada.game(&id).await["game_id"], game);
    }
}

#[tokio::test]
async fn unsupported_methods_are_not_allowed() {
    let app = App::start().await;
    let visitor = app.visitor();
    for (method, path, allow) in [
        (Method::PUT, "/api/v1/session", "DELETE"),
        (Method::GET, "/api/v1/players", "POST"),
        (Method::OPTIONS, "/api/v1/players", "POST"),
        (Method::DELETE, "/livez", "GET"),
        (Method::POST, "/", "GET"),
    ] {
        let answer = visitor.request(method, path).send().await;
        assert!(answer.header(header::ALLOW).contains(allow), "{path}");
        answer.problem(405, "method_not_allowed");
    }
    let form = visitor
        .request(Method::POST, "/")
        .form(&[])
        .send()
        .await
        .is(405);
    assert!(form.text().contains("role=\"alert\""));
    visitor
        .post_empty("/nothing")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn malformed_requests_cause_no_server_error() {
    let app = App::start().await;
    let visitor = app.visitor();
    for request in [
        &b"GET * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"[..],
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET http://elsewhere.example/nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: ttt-session=\xff\xfe\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept: \xff\r\naccept-encoding: \xff\r\n\r\n",
        b"GET /?\xff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"POST /actions/log_in HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept: text/html\r\nreferer: \xff\r\ncontent-length: 1\r\n\r\nx",
        b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n",
        b"BREW /api/v1/session HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ] {
        let answer = visitor.send_raw(request).await;
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let shown = String::from_utf8_lossy(request);
        assert!((200..500).contains(&status), "{shown}: {answer}");
    }
    visitor.get("/livez").await.is(200);
}
