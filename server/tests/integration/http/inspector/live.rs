//! Live updates of an open panel.

use super::{between, panel, rows, visible_text};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use test_support::{App, Client, Method};

/// A stream of the panel, with everything that it has sent since the text was last cleared.
struct PanelStream {
    body: Incoming,
    text: String,
}

impl PanelStream {
    async fn open(client: &Client, path: &str) -> Self {
        Self {
            body: client.request(Method::GET, path).open().await.into_body(),
            text: String::new(),
        }
    }

    /// Reads until the text contains `part`.
    async fn until(&mut self, part: &str) {
        while !self.text.contains(part) {
            let frame = self
                .body
                .frame()
                .await
                .expect("more of the stream")
                .unwrap();
            let data = frame.into_data().unwrap_or_default();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }
}

#[tokio::test]
async fn an_open_panel_receives_each_request_and_each_change() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let page = format!("/games/{game}");
    let panel = panel(&ada, &page).await;
    let after = between(&panel, "data-after=\"", "\"");
    let path = format!("/inspector/events?page={page}&after={after}");
    let mut stream = PanelStream::open(&ada, &path).await;
    stream.until("event: indexes").await;
    let text = &stream.text;
    assert!(!text.contains("event: requests"), "nothing is new: {text}");

    // Without a place to continue from, the stream starts with ada's requests so far.
    let path = format!("/inspector/events?page={page}");
    let mut stream = PanelStream::open(&ada, &path).await;
    stream.until("event: race").await;
    stream.until("event: requests").await;
    ada.play(&game, "TopLeft", 0).await;
    stream.until("SET TopLeft").await;
    stream.until("<th scope=\"row\">TopLeft</th>").await;
    // A move by bob changes the item, but is no request of ada's.
    stream.text.clear();
    bob.play(&game, "BottomRight", 1).await;
    stream.until("BottomRight").await;
    stream.until("event: race").await;
    let text = &stream.text;
    assert!(!text.contains("event: requests"), "{text}");
    ada.delete("/api/v1/session").await.is(204);
    while let Some(frame) = stream.body.frame().await {
        frame.unwrap();
    }
}

#[tokio::test]
async fn an_open_panel_shows_that_its_game_was_deleted() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    let path = format!("/inspector/events?page=/games/{game}");
    let mut stream = PanelStream::open(&ada, &path).await;
    stream.until("PENDING_").await;
    bob.decline(&game).await;
    stream.until("The item was deleted.").await;
}

#[tokio::test]
async fn an_outdated_panel_and_one_of_another_player_are_reloaded() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let panel = panel(&bob, "/").await;
    let bob_place = between(&panel, "data-after=\"", "\"");
    for outdated in [
        format!("after={bob_place}"),
        "after=7".to_owned(),
        "viewer=bob".to_owned(),
        "viewer=".to_owned(),
    ] {
        let path = format!("/inspector/events?page=/&{outdated}");
        let text = ada.get(&path).await.is(200).text();
        assert!(text.starts_with("event: reload"), "{outdated}: {text}");
    }
    let text = ada.get("/inspector?page=/&viewer=bob").await.is(200).text();
    assert!(
        visible_text(&text).contains("Another player has logged in") && !text.contains("<li"),
        "{text}"
    );
    assert!(!rows(&ada.get("/inspector?page=/&viewer=ada").await.text()).is_empty());
}
