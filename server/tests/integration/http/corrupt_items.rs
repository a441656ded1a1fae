//! Corrupt items in the table, the only cause of a 500.

use aws_sdk_dynamodb::types::AttributeValue;
use test_support::{App, game_path};

const ID: &str = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11";

/// Puts a game in progress between ada and bob with one wrong attribute.
async fn put(app: &App, attribute: &str, value: &str) {
    let mut put = app.running.database().client.put_item().table_name("Games");
    for (name, text) in [
        ("GameId", ID),
        ("HostId", "ada"),
        ("OpponentId", "bob"),
        ("StatusDate", "IN_PROGRESS_2026-11-22 05:30:00.123456"),
        ("OUser", "ada"),
        ("Turn", "bob"),
        ("TopLeft", "O"),
        (attribute, value),
    ] {
        put = put.item(name, AttributeValue::S(text.to_owned()));
    }
    put.send().await.unwrap();
}

#[tokio::test]
async fn a_corrupt_game_is_reported_with_its_id() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    for (attribute, value) in [
        ("TopLeft", "Z"),
        ("StatusDate", "LOST_2026"),
        ("Turn", "eve"),
    ] {
        put(&app, attribute, value).await;
        for client in [&ada, &bob, &app.visitor()] {
            let problem = client
                .get(&game_path(ID))
                .await
                .problem(500, "corrupt_game");
            assert_eq!(problem["game_id"], ID);
            let events = client.get(&format!("{}/events", game_path(ID))).await;
            events.problem(500, "corrupt_game");
        }
        bob.try_move(ID, "TopRight", 1)
            .await
            .problem(500, "corrupt_game");
        let page = ada.page(&format!("/games/{ID}")).await.is(500);
        assert!(page.text().contains(ID));
        // The other games are still listed.
        ada.get("/api/v1/lobby").await.is(200);
    }
}
