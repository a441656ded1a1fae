//! Browsers that come by plain HTTP through a proxy are sent to the public address.

use super::support::*;
use server::config::Config;

fn behind_a_proxy(config: &mut Config) {
    config.public_url = Some("https://play.example.org".parse().unwrap());
    config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

async fn ask(visitor: &Client, method: Method, path: &str, scheme: &str) -> Answer {
    let request = visitor.request(method, path);
    request.header("x-forwarded-proto", scheme).send().await
}

#[tokio::test]
async fn plain_http_is_redirected_whatever_is_asked() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/games/1?a=b%20c&d"),
        (Method::HEAD, "/nowhere"),
        (Method::POST, "/actions/log_in"),
        (Method::DELETE, "/api/v1/session"),
        (Method::GET, "/api/v1/events"),
    ] {
        for scheme in ["http", "HTTP", "http, https"] {
            let answer = ask(&visitor, method.clone(), path, scheme).await.is(308);
            let place = format!("https://play.example.org{path}");
            assert_eq!(answer.header("location"), place);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    // Nothing was done.
    let account = json!({"name": "ada", "password": PASSWORD});
    let request = visitor.request(Method::POST, "/api/v1/players");
    let request = request.header("x-forwarded-proto", "http").json(&account);
    request.send().await.is(308);
    visitor.post("/api/v1/players", account).await.is(201);
}

#[tokio::test]
async fn the_redirect_leads_nowhere_else() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for (target, place) in [
        ("//evil.example/x", "/evil.example/x"),
        ("/\\evil.example", "/evil.example"),
        ("http://evil.example/x?y", "/x?y"),
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\n\
             x-forwarded-proto: http\r\nconnection: close\r\n\r\n"
        );
        let answer = visitor.raw(request.as_bytes()).await;
        // What is no address at all is refused before it gets here.
        if answer.starts_with("HTTP/1.1 400") && target.contains('\\') {
            continue;
        }
        assert!(answer.starts_with("HTTP/1.1 308"), "{target}: {answer}");
        let location = format!("location: https://play.example.org{place}\r\n");
        assert!(answer.contains(&location), "{target}: {answer}");
    }
}

#[tokio::test]
async fn probes_and_what_came_by_https_are_answered() {
    let app = App::start_with(behind_a_proxy).await;
    let visitor = app.visitor();
    for probe in ["/livez", "/readyz"] {
        ask(&visitor, Method::GET, probe, "http").await.is(200);
    }
    for scheme in ["https", "https, http", ""] {
        ask(&visitor, Method::GET, "/", scheme).await.is(200);
    }
    visitor.get("/").await.is(200);
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed_and_only_https_is_meant() {
    let elsewhere = App::start_with(|config| {
        behind_a_proxy(config);
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    });
    let nobody = App::start_with(|config| {
        behind_a_proxy(config);
        config.trusted_proxies = Vec::new();
    });
    let plain = App::start_with(|config| {
        behind_a_proxy(config);
        config.public_url = Some("http://play.example.org".parse().unwrap());
    });
    for app in [elsewhere.await, nobody.await, plain.await] {
        ask(&app.visitor(), Method::GET, "/", "http").await.is(200);
    }
}
