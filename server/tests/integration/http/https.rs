//! Plain HTTP behind a proxy, where the public address is https.

use server::config::Config;
use test_support::{Answer, App, Client, Method, PASSWORD, json};

fn behind_a_proxy(config: &mut Config) {
    config.public_url = Some("https://play.example.org".parse().unwrap());
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

async fn send(visitor: &Client, method: Method, path: &str, scheme: &str) -> Answer {
    let request = visitor.request(method, path);
    request.header("x-forwarded-proto", scheme).send().await
}

#[tokio::test]
async fn pages_over_plain_http_are_redirected() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/games/1?a=b%20c&d"),
        (Method::HEAD, "/nowhere"),
        (Method::GET, "/guide"),
    ] {
        for scheme in ["http", "HTTP", "http, https"] {
            let answer = send(&visitor, method.clone(), path, scheme).await.is(308);
            let location = format!("https://play.example.org{path}");
            assert_eq!(answer.header("location"), location);
            assert_eq!(answer.header("cache-control"), "no-store");
            // Browsers ignore the header over plain HTTP, and RFC 6797 forbids it there.
            assert!(!answer.headers.contains_key("strict-transport-security"));
        }
    }
}

#[tokio::test]
async fn the_api_and_forms_over_plain_http_are_rejected() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for (method, path) in [
        (Method::GET, "/api/v1/events"),
        (Method::GET, "/api/nothing"),
        (Method::DELETE, "/api/v1/session"),
        (Method::POST, "/inspector/race"),
    ] {
        let answer = send(&visitor, method, path, "http").await;
        assert!(!answer.headers.contains_key("location"), "{path}");
        answer.problem(403, "https_required");
    }
    let call = visitor.request(Method::POST, "/actions/log_in");
    let call = call.header("x-forwarded-proto", "http").call(&[]);
    assert_eq!(call.send().await.is(403).json()["code"], "https_required");

    // The request was not processed.
    let account = json!({"name": "ada", "password": PASSWORD});
    let request = visitor.request(Method::POST, "/api/v1/players");
    let request = request.header("x-forwarded-proto", "http").json(&account);
    request.send().await.problem(403, "https_required");
    visitor.post("/api/v1/players", account).await.is(201);
}

#[tokio::test]
async fn the_redirect_stays_on_the_public_address() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for (target, path) in [
        ("//evil.example/x", "/evil.example/x"),
        ("/\\evil.example", "/evil.example"),
        ("http://evil.example/x?y", "/x?y"),
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\n\
             x-forwarded-proto: http\r\nconnection: close\r\n\r\n"
        );
        let answer = visitor.send_raw(request.as_bytes()).await;
        // The HTTP library may reject an invalid target before the server sees it.
        if answer.starts_with("HTTP/1.1 400") && target.contains('\\') {
            continue;
        }
        assert!(answer.starts_with("HTTP/1.1 308"), "{target}: {answer}");
        let location = format!("location: https://play.example.org{path}\r\n");
        assert!(answer.contains(&location), "{target}: {answer}");
    }
}

#[tokio::test]
async fn probes_and_https_requests_are_not_redirected() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for probe in ["/livez", "/readyz"] {
        send(&visitor, Method::GET, probe, "http").await.is(200);
    }
    for scheme in ["https", "https, http", ""] {
        send(&visitor, Method::GET, "/", scheme).await.is(200);
    }
    visitor.get("/").await.is(200);
}

#[tokio::test]
async fn only_trusted_proxies_and_https_addresses_cause_redirects() {
    let other_proxies = App::start_with(|config| {
        behind_a_proxy(config);
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    });
    let no_proxies = App::start_with(|config| {
        behind_a_proxy(config);
        config.trusted_proxies = Vec::new();
    });
    let without_https = App::start_with(|config| {
        behind_a_proxy(config);
        config.public_url = Some("http://play.example.org".parse().unwrap());
    });
    for app in [other_proxies.await, no_proxies.await, without_https.await] {
        send(&app.visitor(), Method::GET, "/", "http").await.is(200);
    }
}
