//! The pages as the server sends them.

use super::support::*;

async fn page(client: &Client, path: &str) -> Answer {
    client
        .request(Method::GET, path)
        .header("accept", "text/html")
        .send()
        .await
}

#[tokio::test]
async fn pages_come_complete_and_with_the_right_status() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let home = page(&app.visitor(), "/").await.is(200);
    assert!(home.header(header::CONTENT_TYPE).starts_with("text/html"));
    assert!(home.text().contains("Create account"));
    assert!(page(&ada, "/").await.is(200).text().contains("Your games"));
    let board = page(&app.visitor(), &format!("/games/{game}"))
        .await
        .is(200);
    assert!(board.text().contains("ada to move"), "{}", board.text());
    assert!(
        page(&ada, &format!("/games/{game}"))
            .await
            .is(200)
            .text()
            .contains("Your turn")
    );
}

#[tokio::test]
async fn what_is_not_there_is_a_page_too() {
    let app = App::start().await;
    let visitor = app.visitor();
    let no_game = format!("/games/{NO_GAME}");
    for path in [
        "/nothing",
        "/games",
        "/games/",
        "/games/x",
        &no_game,
        "/games/%ff",
        "/%00",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//",
        "/pkg/",
        "/pkg/nothing.js",
        "/pkg/nothing.0123456789abcdefABCDEF.js",
        "/index.html",
        "/livez/x",
        "/a/b/c/d?e=%ff&f[]=g",
        "/\u{fc}",
        "/%f0%9f%92%a9",
    ] {
        let answer = page(&visitor, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.header(header::CONTENT_TYPE).starts_with("text/html"),
            "{path}"
        );
        assert!(
            answer.text().contains("href=\"/\""),
            "{path}: {}",
            answer.text()
        );
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{path}");
    }
}

#[tokio::test]
async fn an_error_in_the_address_that_makes_no_sense_is_harmless() {
    let app = App::start().await;
    let visitor = app.visitor();
    for query in [
        "__err=x&__path=/actions/log_in",
        "__err=%ff&__path=%ff",
        "__err=&__path=",
        "__err=eyJjb2RlIjoieCJ9&__path=/actions/log_in",
    ] {
        let answer = page(&visitor, &format!("/?{query}")).await.is(200);
        assert!(answer.text().contains("Create account"), "{query}");
    }
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_can_read_it() {
    let app = App::start().await;
    let visitor = app.visitor();
    for encoding in ["br", "gzip"] {
        let request = visitor
            .request(Method::GET, "/")
            .header("accept-encoding", encoding);
        let answer = request.send().await.is(200);
        assert_eq!(answer.header(header::CONTENT_ENCODING), encoding);
    }
    let plain = page(&visitor, "/").await;
    assert!(!plain.headers.contains_key(header::CONTENT_ENCODING));
}

#[tokio::test]
async fn a_head_request_has_the_status_of_the_page() {
    let app = App::start().await;
    let visitor = app.visitor();
    for (path, status) in [
        ("/", 200),
        ("/nothing", 404),
        (&format!("/games/{NO_GAME}"), 404),
    ] {
        let answer = visitor
            .request(Method::HEAD, path)
            .header("accept", "text/html")
            .send()
            .await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body.is_empty());
    }
}

#[tokio::test]
async fn files_are_served_as_they_were_built() {
    let site = tempfile::tempdir().unwrap();
    let pkg = site.path().join("pkg");
    std::fs::create_dir(&pkg).unwrap();
    let hashed = "tic-tac-toe.0123456789abcdefABCD-_.js";
    std::fs::write(site.path().join("favicon.svg"), "<svg/>").unwrap();
    std::fs::write(pkg.join(hashed), "plain").unwrap();
    std::fs::write(pkg.join(format!("{hashed}.br")), "brotli").unwrap();
    std::fs::write(pkg.join("tic-tac-toe.css"), "style").unwrap();
    let root = site.path().to_str().unwrap().to_owned();
    let app = App::start_with(|config| {
        config.leptos_options.site_root = root.into();
        config.leptos_options.hash_files = false;
    })
    .await;
    let visitor = app.visitor();

    let script = visitor.get(&format!("/pkg/{hashed}")).await.is(200);
    assert_eq!(script.text(), "plain");
    assert_eq!(
        script.header(header::CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    let request = visitor.request(Method::GET, &format!("/pkg/{hashed}"));
    let compressed = request
        .header("accept-encoding", "gzip, br")
        .send()
        .await
        .is(200);
    assert_eq!(compressed.text(), "brotli");
    assert_eq!(compressed.header(header::CONTENT_ENCODING), "br");
    assert!(
        compressed
            .header(header::CONTENT_TYPE)
            .contains("javascript")
    );

    let style = visitor.get("/pkg/tic-tac-toe.css").await.is(200);
    assert_eq!(style.header(header::CACHE_CONTROL), "no-cache");
    let icon = visitor.get("/favicon.svg").await.is(200);
    assert_eq!(icon.header(header::CACHE_CONTROL), "no-cache");
    let modified = icon.header(header::LAST_MODIFIED);
    let again = visitor
        .request(Method::GET, "/favicon.svg")
        .header("if-modified-since", modified);
    again.send().await.is(304);
    // Under the name that pages use while `cargo leptos watch` runs.
    assert_eq!(
        visitor.get("/pkg/tic-tac-toe.js").await.is(200).text(),
        "plain"
    );
}
