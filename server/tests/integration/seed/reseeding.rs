//! Seeding the same tables again.

use super::{Tables, log_in, texts};
use test_support::{Value, game_path, json};

/// The output without its dates.
fn without_dates(mut seeded: Value) -> Value {
    for game in seeded["games"].as_array_mut().unwrap() {
        game.as_object_mut().unwrap().remove("updated_at").unwrap();
    }
    for player in seeded["players"].as_array_mut().unwrap() {
        player.as_object_mut().unwrap().remove("created").unwrap();
    }
    seeded
}

async fn assert_seeding_again_restores_the_games(tables: Tables) {
    let first = tables.seed(&[]);
    assert!(first["players"][0]["created"].as_bool().unwrap());
    let ids = texts(&first["games"], "game_id");
    let game = |state: &str, n: usize| {
        let all = first["games"].as_array().unwrap().iter();
        let found = all.filter(|game| game["state"] == state).nth(n);
        found.unwrap()["game_id"].as_str().unwrap()
    };
    {
        // Players change or delete each of these games.
        let server = tables.serve().await;
        let (ada, bob) = (log_in(&server, "ada").await, log_in(&server, "bob").await);
        bob.accept(game("pending", 0)).await;
        ada.decline(game("pending", 1)).await;
        bob.play(game("in-progress", 0), "TopLeft", 1).await;
        ada.game(game("older", 0)).await;
        ada.get(&game_path(game("expired", 0))).await.is(404);
    }
    let again = tables.seed(&["--password", "another password"]);
    // Existing players keep their passwords.
    let expected = json!([
        {"name": "ada", "password": null, "created": false},
        {"name": "bob", "password": null, "created": false},
    ]);
    assert_eq!(again["players"], expected);
    assert_eq!(texts(&again["games"], "game_id"), ids);
    assert_eq!(
        without_dates(tables.seed(&[])),
        without_dates(first.clone())
    );

    let server = tables.serve().await;
    let ada = log_in(&server, "ada").await;
    assert_eq!(ada.game(game("pending", 0)).await["status"], "PENDING");
    assert_eq!(ada.game(game("pending", 1)).await["status"], "PENDING");
    assert_eq!(ada.game(game("in-progress", 0)).await["turn"], "bob");
    let lobby = ada.get("/api/v1/lobby").await.json();
    assert!(
        texts(&lobby["in_progress"], "game_id").contains(&game("older", 0)),
        "{lobby}"
    );
}

#[tokio::test]
async fn seeding_again_restores_the_games_on_the_embedded_engine() {
    assert_seeding_again_restores_the_games(Tables::embedded()).await;
}

#[tokio::test]
async fn seeding_again_restores_the_games_on_dynamodb_local() {
    assert_seeding_again_restores_the_games(Tables::dynamodb_local().await).await;
}
