//! Names from the table that would be markup, scripts or headers if a page copied them as they are. Only other
//! programs can write such names, for example AWS's example application.

use aws_sdk_dynamodb::types::AttributeValue;
use test_support::{Answer, App, Method, game_path, new_game_id};

/// Names that break out of each context of HTML, of a script, of a header and of an event stream.
const HOSTILE: [&str; 9] = [
    "</title><meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "</script><evil-element>",
    "</noscript></textarea></style><evil-element>",
    "\" evil-attribute=\"",
    "' evil-attribute='",
    "--><evil-element><!--",
    "\\u003c/script>\\\"]);evil()//",
    "evil\r\nevil-header: 1\r\n\r\n<evil-element>",
    "evil\n\nevent: evil-event\ndata: {}\u{2028}\u{0}",
];

/// Writes a game of two hostile players.
async fn put(app: &App, id: &str, host: &str, opponent: &str, status: &str) {
    let mut put = app.running.database().client.put_item().table_name("Games");
    for (name, text) in [
        ("GameId", id),
        ("HostId", host),
        ("OpponentId", opponent),
        (
            "StatusDate",
            &format!("{status}_2026-11-22 05:30:00.123456"),
        ),
        ("OUser", host),
        ("Turn", if status == "PENDING" { opponent } else { host }),
    ] {
        put = put.item(name, AttributeValue::S(text.to_owned()));
    }
    put.send().await.unwrap();
}

/// Asserts that no element, no attribute and no header of a response comes from a name.
#[track_caller]
fn assert_harmless(answer: &Answer, place: &str) {
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let is_clean = !name.as_str().contains("evil") && !value.contains("evil");
        assert!(is_clean, "{place}: {name}: {value}");
    }
    let is_html = answer.header("content-type").starts_with("text/html");
    if is_html && !answer.body.is_empty() {
        let html = answer.text();
        for tag in tags(&html) {
            let is_evil = |text: &str| text.contains("evil");
            let is_meta = tag.name == "meta" && is_evil(&tag.text);
            let has_attribute = tag.attributes.iter().any(|name| is_evil(name));
            let from_name = is_meta || has_attribute || is_evil(&tag.name);
            assert!(!from_name, "{place}: {tag:?} in {html}");
        }
    }
}

/// A start tag.
#[derive(Debug, Default)]
struct Tag {
    text: String,
    name: String,
    attributes: Vec<String>,
}

/// The start tags of a page, found as a browser finds them: a tag ends outside quotes, and the content of some elements
/// has none.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let (tag, after) = tag(rest);
        rest = after;
        if matches!(tag.name.as_str(), "title" | "script" | "style" | "textarea") {
            let end = format!("</{}", tag.name);
            rest = rest.split_once(&end).map_or("", |(_, after)| after);
        }
        tags.push(tag);
    }
    tags
}

/// The start tag at the beginning of the text, and the text after it.
fn tag(text: &str) -> (Tag, &str) {
    let mut tag = Tag::default();
    let mut word = String::new();
    let mut quote = None;
    for (n, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if matches!(c, '>' | '/' | '=') || c.is_whitespace() => {
                let word = std::mem::take(&mut word);
                if tag.name.is_empty() {
                    tag.name = word;
                } else if !word.is_empty() {
                    tag.attributes.push(word);
                }
                if c == '>' {
                    tag.text = text[..n].to_owned();
                    return (tag, &text[n + 1..]);
                }
            }
            None => word.push(c.to_ascii_lowercase()),
        }
    }
    (tag, "")
}

/// The text of a page's title, as a browser decodes it.
#[track_caller]
fn title(page: &str) -> String {
    let (_, rest) = page.split_once("<title>").expect("a title");
    let title = rest.split("</title>").next().unwrap();
    title
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn pages_show_hostile_names_as_text() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for name in HOSTILE {
        let games = [
            (name, "ada", "PENDING"),
            ("ada", name, "PENDING"),
            (name, "ada", "IN_PROGRESS"),
            (name, "<evil-element>", "IN_PROGRESS"),
        ];
        for (host, opponent, status) in games {
            let game = new_game_id();
            put(&app, &game, host, opponent, status).await;
            let page = format!("/games/{game}");
            let panel = format!("/inspector?page={page}");
            for client in [&ada, &app.visitor()] {
                for place in ["/", "/guide", &panel, &page] {
                    assert_harmless(&client.page(place).await.is(200), place);
                    // The panel's script asks for the same content as a fragment.
                    assert_harmless(&client.get(place).await.is(200), place);
                }
            }
            let title = title(&ada.page(&page).await.text());
            // Browsers replace a carriage return and a null character in any text.
            if !name.contains(['\r', '\0']) {
                let expected = format!("{host} vs {opponent} · Tic-Tac-Toe");
                assert!(title.ends_with(&expected), "{title}");
            }
        }
    }
}

#[tokio::test]
async fn json_and_events_carry_hostile_names_unchanged() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for name in HOSTILE {
        let game = new_game_id();
        put(&app, &game, name, "ada", "PENDING").await;

        let answer = ada.get(&game_path(&game)).await.is(200);
        assert_eq!(answer.json()["host"], name);
        let lobby = ada.get("/api/v1/lobby").await.is(200).json();
        let invitations = lobby["invitations"].as_array().unwrap();
        assert!(
            invitations
                .iter()
                .any(|invitation| invitation["host"] == name)
        );
        let mut stream = ada.events(&format!("{}/events", game_path(&game))).await;
        assert_eq!(stream.expect("game").await["host"], name);

        let answer = ada
            .post_empty(&format!("{}/cancel", game_path(&game)))
            .await;
        assert_harmless(&answer, "a problem");
        answer.problem(403, "not_your_game");
        // The answer to a form is a redirect.
        let accept = ada.request(Method::POST, "/actions/accept");
        let answer = accept.form(&[("game_id", &game)]).send().await.is(302);
        assert_harmless(&answer, "a form");
    }
}

#[tokio::test]
async fn text_from_the_address_stays_text() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for text in [
        "%3C/title%3E%3Cevil-element%3E",
        "%22%20evil-attribute=%22",
        "%27%20evil-attribute=%27",
        "%0d%0aevil-header:%201",
    ] {
        for place in [
            format!("/{text}"),
            format!("/games/{text}"),
            format!("/guide/{text}"),
            format!("/?finished={text}"),
            format!("/?next={text}"),
            format!("/?__path={text}&__err={text}"),
            format!("/inspector?page=/{text}"),
            format!("/inspector?page=/&viewer={text}"),
        ] {
            for client in [&ada, &app.visitor()] {
                assert_harmless(&client.page(&place).await, &place);
            }
        }
    }
}

#[tokio::test]
async fn links_back_stay_on_this_site() {
    let app = App::start().await;
    let ada = app.player("ada").await;
    for (page, back) in [
        ("/%5Cevil.example", "/evil.example"),
        ("//evil.example", "/evil.example"),
        ("/%09/evil.example", "/evil.example"),
        ("https://evil.example", "/"),
        ("javascript:evil()", "/"),
        ("/games/1", "/games/1"),
    ] {
        let panel = ada.page(&format!("/inspector?page={page}")).await.is(200);
        let link = format!("<a href=\"{back}\">Back</a>");
        assert!(panel.text().contains(&link), "{page}: {}", panel.text());
    }
    // Without a parameter, the referrer names the page.
    let request = ada.request(Method::GET, "/inspector");
    let request = request
        .header("accept", "text/html")
        .header("referer", "http://localhost//evil.example/");
    let panel = request.send().await.is(200).text();
    assert!(
        panel.contains("<a href=\"/evil.example/\">Back</a>"),
        "{panel}"
    );
}
