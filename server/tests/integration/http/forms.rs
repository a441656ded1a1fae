//! Server functions as forms without JavaScript. Each answers with a redirect, with any error in its query.

use test_support::{Answer, App, Client, Method, RequestBuilder, header, json};

fn form<'a>(
    client: &'a Client,
    action: &str,
    page: &str,
    fields: &[(&str, &str)],
) -> RequestBuilder<'a> {
    let referer = format!("http://{}{page}", client.host());
    client
        .request(Method::POST, &format!("/actions/{action}"))
        .header("referer", &referer)
        .header("sec-fetch-site", "same-origin")
        .form(fields)
}

/// The target of the redirect.
#[track_caller]
fn target(answer: &Answer) -> &str {
    assert!(
        matches!(answer.status.as_u16(), 302 | 303),
        "{}: {}",
        answer.status,
        answer.text()
    );
    answer.header(header::LOCATION)
}

#[track_caller]
fn assert_error(answer: &Answer, page: &str, action: &str) {
    let target = target(answer);
    let start = format!("{page}__path=%2Factions%2F{action}&__err=");
    assert!(target.starts_with(&start), "{target}");
    assert_eq!(target.matches("__err").count(), 1, "{target}");
}

#[tokio::test]
async fn a_game_can_be_played_without_javascript() {
    let app = App::start().await;
    let (ada, bob) = (app.visitor(), app.visitor());
    for (client, name) in [(&ada, "ada"), (&bob, "bob")] {
        let account = [("name", name), ("password", "correct+horse")];
        let created = form(client, "create_account", "/", &account).send().await;
        assert_eq!(target(&created), "/");
        assert!(client.cookie().is_some());
    }
    let invited = form(&ada, "invite", "/", &[("opponent", "bob")])
        .send()
        .await;
    let page = target(&invited).to_owned();
    let game = page.strip_prefix("/games/").unwrap();
    let accepted = form(&bob, "accept", "/", &[("game_id", game)]).send().await;
    assert_eq!(target(&accepted), page);
    let fields = [("game_id", game), ("square", "TopLeft"), ("ply", "0")];
    let played = form(&ada, "play", &page, &fields).send().await;
    assert_eq!(target(&played), page);
    assert_eq!(bob.game(game).await["board"], json!({"TopLeft": "O"}));

    let log_out = form(&ada, "log_out", "/", &[]).send().await;
    assert_eq!(target(&log_out), "/");
    assert_eq!(ada.cookie(), None);
    let log_in = [
        ("name", "ada"),
        ("password", "correct+horse"),
        ("next", page.as_str()),
    ];
    let logged_in = form(&ada, "log_in", "/", &log_in).send().await;
    assert_eq!(target(&logged_in), page);
    assert_eq!(ada.game(game).await["turn"], "bob");
}

#[tokio::test]
async fn redirects_stay_on_this_site() {
    let app = App::start().await;
    app.player("ada").await;
    for next in [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/games/../x",
        "javascript:0",
        "%00",
    ] {
        let fields = [
            ("name", "ada"),
            ("password", "correct+horse"),
            ("next", next),
        ];
        let answer = form(&app.visitor(), "log_in", "/", &fields).send().await;
        assert_eq!(target(&answer), "/", "{next}");
    }
    let fields = [("name", "eve"), ("password", "wrong")];
    let request = app.visitor();
    let request = request
        .request(Method::POST, "/actions/log_in")
        .header("referer", "https://elsewhere.example/path?x=1")
        .form(&fields);
    assert_error(&request.send().await, "/path?x=1&", "log_in");
}

#[tokio::test]
async fn errors_return_to_the_page_with_the_form() {
    let app = App::start().await;
    let visitor = app.visitor();
    let wrong = [("name", "ada"), ("password", "wrong")];
    let answer = form(&visitor, "log_in", "/", &wrong).send().await;
    assert_error(&answer, "/?", "log_in");
    assert!(visitor.cookie().is_none());
    // The second attempt comes from the page with the error of the first.
    let page = target(&answer).to_owned();
    let again = form(&visitor, "log_in", &page, &wrong).send().await;
    assert_eq!(target(&again), page);

    let (ada, _, game) = app.game().await;
    let page = format!("/games/{game}");
    let stale = [
        ("game_id", game.as_str()),
        ("square", "TopLeft"),
        ("ply", "7"),
    ];
    let answer = form(&ada, "play", &page, &stale).send().await;
    assert_error(&answer, &format!("{page}?"), "play");
}

#[tokio::test]
async fn errors_without_a_referer_return_to_the_home_page() {
    let app = App::start().await;
    let request = app.visitor();
    let request = request.request(Method::POST, "/actions/log_in");
    let answer = request
        .form(&[("name", "ada"), ("password", "wrong")])
        .send()
        .await;
    assert_error(&answer, "/?", "log_in");
}

#[tokio::test]
async fn the_page_shows_the_error() {
    let app = App::start().await;
    let visitor = app.visitor();
    let wrong = [("name", "ada"), ("password", "wrong+password")];
    let answer = form(&visitor, "log_in", "/", &wrong).send().await;
    let page = visitor.page(target(&answer)).await.is(200).text();
    assert!(page.contains("role=\"alert\""), "{page}");
    assert!(page.contains("The name or the password is wrong"), "{page}");
}

#[tokio::test]
async fn unreadable_forms_return_to_their_page() {
    let app = App::start().await;
    let visitor = app.visitor();
    for fields in [
        &[][..],
        &[("name", "ada")],
        &[("name[]", "a"), ("password", "b")],
        &[("name", "%ff"), ("password", "x")],
    ] {
        let answer = form(&visitor, "log_in", "/", fields).send().await;
        assert_error(&answer, "/?", "log_in");
    }
    let padding = "x".repeat(17_000);
    let large = [("name", "ada"), ("password", padding.as_str())];
    assert_error(
        &form(&visitor, "log_in", "/", &large).send().await,
        "/?",
        "log_in",
    );
}
