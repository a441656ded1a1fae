//! "Under the hood": the panel and everything that a player can do with it.

mod faults;
mod live;
mod privacy;
mod requests;

use app::session_cookie;
use backend::accounts::SessionToken;
use server::inspector::faults::Fault;
use test_support::{Answer, Client, Method, header};

/// The token in the session cookie.
fn token(client: &Client) -> SessionToken {
    let cookie = client.cookie().unwrap().parse().unwrap();
    let headers = [(header::COOKIE, cookie)].into_iter().collect();
    session_cookie::session_token(&headers, false).unwrap()
}

/// The panel beside a page.
async fn panel(client: &Client, page: &str) -> String {
    let path = format!("/inspector?page={page}");
    client.get(&path).await.is(200).text()
}

/// Sends the same move or acceptance several times at once.
async fn race(client: &Client, game: &str, square: &str, times: &str) -> Answer {
    let fields = [("game_id", game), ("square", square), ("times", times)];
    let request = client.request(Method::POST, "/inspector/race");
    request.call(&fields).send().await
}

/// Switches a fault on or off.
async fn switch(client: &Client, fault: Fault, on: bool) {
    let fields = [
        ("fault", fault.as_str()),
        ("on", if on { "true" } else { "false" }),
    ];
    let request = client.request(Method::POST, "/inspector/faults");
    let switches = request.call(&fields).send().await.is(200).text();
    let switch = format!("id=\"fault-{fault}\" aria-checked=\"{on}\"");
    assert!(switches.contains(&switch), "{switches}");
}

/// The text of each row of a panel.
fn rows(panel: &str) -> Vec<String> {
    let starts = panel.split("<li data-number=\"").skip(1);
    starts
        .map(|row| visible_text(row.split("</li>").next().unwrap()))
        .collect()
}

/// The text between `start` and `end`.
#[track_caller]
fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = html.split_once(start).expect("the start");
    rest.split(end).next().unwrap()
}

/// HTML without its tags.
fn visible_text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let (_tag, rest) = part.split_once('>').unwrap_or(("", part));
        text.push_str(rest);
    }
    let text = text
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    text.replace("&amp;", "&")
}

/// Asserts that a text contains all these parts.
#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}
