//! Cross-site requests and security headers.

use test_support::{App, Method, game_path, header};

#[tokio::test]
async fn cross_site_requests_cannot_change_anything() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let own = format!("http://{}", ada.host());
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "odd"),
        ("origin", "https://elsewhere.example"),
        ("origin", "null"),
    ] {
        for (method, path) in [
            (Method::POST, format!("{}/accept", game_path(&game))),
            (Method::POST, "/api/v1/session".to_owned()),
            (Method::DELETE, "/api/v1/session".to_owned()),
            (Method::PATCH, "/api/v1/games".to_owned()),
        ] {
            let request = bob.request(method, &path).header(name, value);
            request.send().await.problem(403, "cross_site");
        }
        let function = bob
            .request(Method::POST, "/actions/log_out")
            .header(name, value);
        let answer = function.call(&[]).send().await.is(403);
        assert_eq!(answer.json()["code"], "cross_site");
        let form = bob
            .request(Method::POST, "/actions/log_out")
            .header(name, value);
        let answer = form.form(&[]).send().await.is(403);
        assert!(answer.text().contains("role=\"alert\""));
    }
    assert_eq!(bob.game(&game).await["status"], "PENDING");

    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("origin", &own),
    ] {
        let request = bob.request(Method::POST, &format!("{}/accept", game_path(&game)));
        request.header(name, value).send().await.is(200);
    }
}

#[tokio::test]
async fn cross_site_reads_are_allowed() {
    let app = App::start().await;
    let (_, bob, game) = app.game().await;
    let request = bob.request(Method::GET, &game_path(&game));
    request
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .is(200);
    let request = bob
        .request(Method::GET, "/")
        .header("sec-fetch-site", "cross-site");
    request.send().await.is(200);
}

#[tokio::test]
async fn the_public_origin_is_used_behind_a_proxy() {
    let app = App::start_with(|config| {
        config.public_url = Some("https://play.example.org".parse().unwrap());
    })
    .await;
    let visitor = app.visitor();
    let log_out = |origin: &str| {
        visitor
            .request(Method::DELETE, "/api/v1/session")
            .header("origin", origin)
    };
    log_out("https://play.example.org").send().await.is(204);
    let own_host = format!("http://{}", visitor.host());
    log_out(&own_host).send().await.problem(403, "cross_site");
    let page = visitor.get("/").await;
    assert!(
        page.header(header::STRICT_TRANSPORT_SECURITY)
            .starts_with("max-age=")
    );
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let app = App::start().await;
    let visitor = app.visitor();
    for path in [
        "/",
        "/nothing",
        "/api/v1/session",
        "/api/nothing",
        "/livez",
        "/actions/log_in",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(
            answer.header(header::X_CONTENT_TYPE_OPTIONS),
            "nosniff",
            "{path}"
        );
        assert_eq!(
            answer.header(header::REFERRER_POLICY),
            "same-origin",
            "{path}"
        );
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !answer
                .headers
                .contains_key(header::STRICT_TRANSPORT_SECURITY),
            "{path}"
        );
    }
}

#[tokio::test]
async fn only_scripts_with_the_nonce_run() {
    let app = App::start().await;
    let visitor = app.visitor();
    let mut nonces = Vec::new();
    for path in ["/", "/nothing"] {
        let page = visitor.page(path).await;
        let policy = page.header(header::CONTENT_SECURITY_POLICY).to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(nonce.len() >= 20);
        assert!(policy.contains("'wasm-unsafe-eval'"), "{policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("ws:"),
            "{policy}"
        );
        let html = page.text();
        let scripts: Vec<_> = html.split("<script").skip(1).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&nonce), "{tag}");
        }
        assert!(
            !html.contains(" style=\"") && !html.contains("<style"),
            "{path}"
        );
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn only_a_trusted_proxy_chooses_request_ids() {
    let behind_proxy = App::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let direct = App::start().await;
    let send = async |app: &App, id: &str| {
        let visitor = app.visitor();
        let request = visitor.request(Method::GET, "/livez");
        let answer = request.header("x-request-id", id).send().await;
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(send(&behind_proxy, "abc-123").await, "abc-123");
    assert_ne!(send(&direct, "abc-123").await, "abc-123");
    for odd in ["", "a b", "<script>", &"x".repeat(65)] {
        assert_ne!(send(&behind_proxy, odd).await, odd);
    }
}
