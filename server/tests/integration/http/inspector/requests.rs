//! The recorded requests and the stored item, as the panel shows them.

use super::{assert_contains, between, panel, rows, visible_text};
use test_support::{App, Client};

#[tokio::test]
async fn each_request_is_shown_with_its_expressions_and_its_cost() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    ada.play(&game, "TopLeft", 0).await;

    let ada_rows = rows(&panel(&ada, "/").await);
    let titles = [
        "Register",
        "Begin a session",
        "Who is logged in?",
        "Does the opponent have an account?",
        "Invite",
        "Move",
    ];
    assert_eq!(ada_rows.len(), titles.len(), "{ada_rows:#?}");
    for (row, title) in ada_rows.iter().zip(titles) {
        assert_contains(row, &[title, "done"]);
    }
    assert_contains(
        &ada_rows[1],
        &[
            "TransactWriteItems",
            "Sessions",
            "SessionId S",
            "PasswordHash = ",
            "4 units",
        ],
    );
    assert_contains(
        &ada_rows[4],
        &[
            "PutItem",
            "Games",
            "attribute_not_exists(GameId)",
            "HostId S \"ada\"",
            "3 units",
            "1 write on table, 1 write on HostId-StatusDate-index",
        ],
    );
    assert_contains(
        &ada_rows[5],
        &[
            "UpdateItem",
            &format!("GameId = \"{game}\""),
            "SET TopLeft = \"O\", Turn = \"bob\", Moves = list_append(if_not_exists(Moves, []), [\"TopLeft\"])",
            "begins_with(StatusDate, \"IN_PROGRESS_\")\nAND Turn = \"ada\"\nAND attribute_not_exists(TopLeft)",
            "1 write on table",
            "for POST /api/v1/games/",
            "store/games.rs: play",
        ],
    );

    bob.get("/api/v1/lobby").await.is(200);
    let bob_rows = rows(&panel(&bob, "/").await);
    let query = bob_rows
        .iter()
        .find(|row| row.contains("My invitations"))
        .unwrap();
    assert_contains(
        query,
        &[
            "Query",
            "OpponentId-StatusDate-index",
            "OpponentId = \"bob\" AND StatusDate BETWEEN \"PENDING_",
            "newest first, at most 11",
            "eventually consistent",
            "0.5 read on",
        ],
    );
    assert!(
        !bob_rows.iter().any(|row| row.contains("SET TopLeft")),
        "the move is ada's"
    );
}

#[tokio::test]
async fn a_failed_condition_shows_the_false_clauses_and_the_item() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    bob.accept(&game).await;
    let rows = rows(&panel(&bob, "/").await);
    assert_contains(
        rows.last().unwrap(),
        &[
            "condition failed",
            "False: StatusDate BETWEEN \"PENDING_",
            ", but the item held StatusDate = \"IN_PROGRESS_",
        ],
    );
    assert!(
        !rows.last().unwrap().contains("False: OpponentId"),
        "that clause was true"
    );
}

#[tokio::test]
async fn the_panel_shows_the_requests_that_rendered_the_page() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let page = format!("/games/{game}");
    let html = ada.page(&page).await.is(200).text();
    assert!(html.contains("<under-the-hood>") && html.contains("/under-the-hood.js"));
    let panel = panel(&ada, &page).await;
    assert_contains(
        rows(&panel).last().unwrap(),
        &[
            "GetItem",
            "One game",
            "strongly consistent",
            &format!("for GET {page}"),
        ],
    );
    let meter = visible_text(between(&panel, "id=\"meter\"", "</table>"));
    assert_contains(
        &meter,
        &[
            "This page, you",
            "This game, all players",
            "polled once a second",
            "polled by both players",
        ],
    );
}

#[tokio::test]
async fn the_item_and_its_index_entries_are_shown_as_they_are_stored() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    ada.play(&game, "TopLeft", 0).await;
    let other = ada.invite("carol").await;
    let document = async |client: &Client| {
        let path = format!("/inspector?page=/games/{game}");
        let html = client.page(&path).await.is(200).text();
        assert!(html.starts_with("<!DOCTYPE html>"));
        html
    };
    let html = document(&ada).await;
    let item = between(&html, "id=\"item\"", "</section>");
    let row = |name: &str| {
        let rows = item.split("<tr").map(visible_text);
        rows.into_iter().find(|row| row.starts_with(name)).unwrap()
    };
    assert_eq!(row("Moves"), "MovesL[\"TopLeft\"]new");
    assert_eq!(row("Turn"), "TurnS\"bob\"changed");
    assert_eq!(row("OUser"), "OUserS\"ada\" ");
    let indexes = |html: &str| visible_text(between(html, "id=\"indexes\"", "</section>"));
    let shown = indexes(&html);
    assert_contains(
        &shown,
        &[
            "HostId-StatusDate-index, partition HostId = \"ada\"",
            "Not projected: OUser, Turn, TopLeft, Moves.",
        ],
    );
    assert_contains(
        &shown,
        &[
            "Newest first, with your neighbouring entries.",
            "Only this game's entry, because the others are another player's.",
        ],
    );
    // Ada's other game is next to it in her partition. Bob must not see it.
    let other = &other[..8];
    assert!(shown.contains(other), "{shown}");
    let html = document(&bob).await;
    assert!(!indexes(&html).contains(other) && !html.contains("carol"));
    // A visitor sees the item, but no forms.
    let html = document(&app.visitor()).await;
    assert_contains(
        &visible_text(&html),
        &["Log in to see your own requests here.", "The item"],
    );
    assert!(!html.contains("<form"), "{html}");
}
