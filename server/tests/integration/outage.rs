//! Outages of the database. Every response explains the outage, and afterwards everything continues without a restart.

use test_support::{Client, Fault, Fixture, PASSWORD, game_path, json, on_both_engines};

async fn player(fixture: &Fixture, name: &str) -> Client {
    Client::registered(fixture.serve().await, name).await
}

on_both_engines! {
    async fn an_outage_is_reported_and_passes(fixture: Fixture) {
        let ada = player(&fixture, "ada").await;
        let bob = player(&fixture, "bob").await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        let before = ada.play(&game, "TopLeft", 0).await;

        for fault in [Fault::Unreachable, Fault::Throttled] {
            fixture.faults.fail_all(fault);
            for answer in [
                bob.try_move(&game, "TopRight", 1).await,
                ada.get(&game_path(&game)).await,
                ada.get("/api/v1/lobby").await,
                ada.post("/api/v1/games", json!({"opponent": "cleo"})).await,
                ada.post("/api/v1/session", json!({"name": "ada", "password": PASSWORD})).await,
                ada.get(&format!("{}/events", game_path(&game))).await,
            ] {
                assert_eq!(answer.header("retry-after"), "2");
                answer.problem(503, "database_unavailable");
            }
            for page in ["/".to_owned(), format!("/games/{game}")] {
                let html = ada.page(&page).await.is(503).text();
                assert!(html.contains("nothing is lost, so try again"), "{html}");
            }
            // A load balancer must not remove the instance: all the others would fail too.
            for probe in ["/livez", "/readyz"] {
                ada.get(probe).await.is(200);
            }

            fixture.faults.clear();
            assert_eq!(ada.game(&game).await, before);
        }
        let after = bob.play(&game, "TopRight", 1).await;
        assert_eq!(after["moves"], json!(["TopLeft", "TopRight"]));
    }

    async fn a_move_with_a_lost_response_is_made_once_and_acknowledged(fixture: Fixture) {
        let ada = player(&fixture, "ada").await;
        let bob = player(&fixture, "bob").await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        // The SDK retries the write. Its condition fails, and the item shows the move.
        fixture.faults.fail_next("UpdateItem", Fault::ResponseLost);
        let game_after = ada.play(&game, "TopLeft", 0).await;
        assert_eq!(game_after["moves"], json!(["TopLeft"]));
        assert_eq!(fixture.capacity.failed_conditions(&fixture.games_table()), 1);

        fixture.faults.fail_next("PutItem", Fault::ResponseLost);
        ada.invite("cleo").await;
        let lobby = ada.get("/api/v1/lobby").await.is(200).json();
        assert_eq!(lobby["outgoing"].as_array().unwrap().len(), 1);
    }
}
