//! The host names that requests may use.

use test_support::{App, Client, Method};

async fn status(client: &Client, host: &str, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let answer = client.send_raw(request.as_bytes()).await;
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_rebound_name_reads_nothing() {
    let app = App::start().await;
    let visitor = app.visitor();
    for path in [
        "/",
        "/api/v1/session",
        "/guide",
        "/inspector",
        "/favicon.svg",
    ] {
        let status = status(&visitor, "evil.example:3000", path).await;
        assert_eq!(status, "421", "{path}");
    }
    let absolute = status(&visitor, "localhost", "http://evil.example/").await;
    assert_eq!(absolute, "421");
    for host in ["localhost:3000", "127.0.0.1", "[::1]:80"] {
        assert_eq!(status(&visitor, host, "/").await, "200", "{host}");
    }
    // A load balancer checks an instance by any name.
    assert_eq!(status(&visitor, "evil.example", "/livez").await, "200");

    let call = b"GET /api/v1/session HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    let answer = visitor.send_raw(call).await;
    assert!(
        answer.contains("\"code\":\"unknown_host\"") && answer.contains("--public-url"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_public_url_or_a_trusted_proxy_takes_over_the_check() {
    let public = App::start_with(|config| {
        config.public_url = Some("http://play.example.org".parse().unwrap());
    });
    let proxied = App::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    });
    for app in [public.await, proxied.await] {
        let status = status(&app.visitor(), "play.example.org", "/").await;
        assert_eq!(status, "200");
    }
}

#[tokio::test]
async fn forms_of_a_rebound_name_change_nothing() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let request = format!(
        "POST /actions/log_out HTTP/1.1\r\nhost: evil.example\r\ncookie: {}\r\norigin: http://evil.example\r\n\
         sec-fetch-site: same-origin\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ada.cookie().unwrap()
    );
    let answer = ada.send_raw(request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
    ada.request(Method::GET, "/api/v1/session")
        .send()
        .await
        .is(200);
}
