//! The pages as the server renders them.

use test_support::{App, Method, NO_GAME, header};

#[tokio::test]
async fn pages_are_complete_and_have_the_right_status() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let home = app.visitor().page("/").await.is(200);
    assert!(home.header(header::CONTENT_TYPE).starts_with("text/html"));
    assert!(home.text().contains("Create account"));
    assert!(ada.page("/").await.is(200).text().contains("Your games"));
    let board = app.visitor().page(&format!("/games/{game}")).await.is(200);
    assert!(board.text().contains("ada to move"), "{}", board.text());
    assert!(
        ada.page(&format!("/games/{game}"))
            .await
            .is(200)
            .text()
            .contains("Your turn")
    );
}

#[tokio::test]
async fn unknown_paths_return_the_not_found_page() {
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
        let answer = visitor.page(path).await;
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
async fn the_account_page_needs_no_script_of_the_application() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    let page = ada.page("/account").await.is(200);
    assert!(page.header(header::CONTENT_TYPE).starts_with("text/html"));
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(!policy.contains("wasm"), "{policy}");
    assert!(page.text().contains("Delete account"), "{}", page.text());
    assert!(
        !page.text().contains("/pkg/tic-tac-toe.js"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("hydrate"), "{}", page.text());

    let visitor = app.visitor().page("/account").await.is(303);
    assert_eq!(visitor.header(header::LOCATION), "/?next=/account");
    let log_in = app.visitor().page("/?next=/account").await.is(200).text();
    assert!(
        log_in.contains(r#"name="next" value="/account""#),
        "{log_in}"
    );
}

#[tokio::test]
async fn an_invalid_error_in_the_query_is_ignored() {
    let app = App::start().await;
    let visitor = app.visitor();
    let ada = app.player("ada").await;
    for query in [
        "__err=x&__path=/actions/log_in",
        "__err=%ff&__path=%ff",
        "__err=&__path=",
        "__err=eyJjb2RlIjoieCJ9&__path=/actions/log_in",
    ] {
        let answer = visitor.page(&format!("/?{query}")).await.is(200);
        assert!(answer.text().contains("Create account"), "{query}");
        let account = ada.page(&format!("/account?{query}")).await.is(200);
        assert!(account.text().contains("Delete account"), "{query}");
    }
}

#[tokio::test]
async fn pages_are_compressed_on_request() {
    let app = App::start().await;
    let visitor = app.visitor();
    for encoding in ["br", "gzip"] {
        let request = visitor
            .request(Method::GET, "/")
            .header("accept-encoding", encoding);
        let answer = request.send().await.is(200);
        assert_eq!(answer.header(header::CONTENT_ENCODING), encoding);
    }
    let plain = visitor.page("/").await;
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
async fn static_files_are_served_with_their_encoding_and_caching() {
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
    let utf8 = "text/javascript; charset=utf-8";
    assert_eq!(script.header(header::CONTENT_TYPE), utf8);
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
    // Pages use this name while `cargo leptos watch` runs.
    assert_eq!(
        visitor.get("/pkg/tic-tac-toe.js").await.is(200).text(),
        "plain"
    );
}
