//! The database is gone for a while: everybody is told so in a sentence, and when it is back everything
//! goes on, without a restart.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
#[path = "support/mod.rs"]
mod support;

use http::{Client, Method, PASSWORD, json, path_of};
use support::{Fault, Fixture, on_both_engines};

async fn player(fixture: &Fixture, name: &str) -> Client {
    Client::registered(fixture.serve().await, name).await
}

on_both_engines! {
    async fn it_is_told_in_a_sentence_and_it_passes(fixture: Fixture) {
        let ada = player(&fixture, "ada").await;
        let bob = player(&fixture, "bob").await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        let before = ada.play(&game, "TopLeft", 0).await;

        for fault in [Fault::Unreachable, Fault::Throttled] {
            fixture.faults.begin(fault);
            for answer in [
                bob.try_move(&game, "TopRight", 1).await,
                ada.get(&path_of(&game)).await,
                ada.get("/api/v1/lobby").await,
                ada.post("/api/v1/games", json!({"opponent": "cleo"})).await,
                ada.post("/api/v1/session", json!({"name": "ada", "password": PASSWORD})).await,
                ada.get(&format!("{}/events", path_of(&game))).await,
            ] {
                assert_eq!(answer.header("retry-after"), "2");
                answer.problem(503, "database_unavailable");
            }
            for page in ["/".to_owned(), format!("/games/{game}")] {
                let request = ada.request(Method::GET, &page).header("accept", "text/html");
                let html = request.send().await.is(503).text();
                assert!(html.contains("nothing is lost, try again"), "{html}");
            }
            // It is not the instance's fault: a load balancer must not take it out, and all others with it.
            for probe in ["/livez", "/readyz"] {
                ada.get(probe).await.is(200);
            }

            fixture.faults.end();
            assert_eq!(ada.see(&game).await, before);
        }
        let after = bob.play(&game, "TopRight", 1).await;
        assert_eq!(after["moves"], json!(["TopLeft", "TopRight"]));
    }

    async fn a_move_whose_answer_is_lost_is_made_once_and_acknowledged(fixture: Fixture) {
        let ada = player(&fixture, "ada").await;
        let bob = player(&fixture, "bob").await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        // The SDK repeats the write; its condition fails, and the item says that the move is made.
        fixture.faults.fail_next("UpdateItem", Fault::AnswerLost);
        let game_after = ada.play(&game, "TopLeft", 0).await;
        assert_eq!(game_after["moves"], json!(["TopLeft"]));
        assert_eq!(fixture.capacity.failed_conditions(&fixture.games_table()), 1);

        fixture.faults.fail_next("PutItem", Fault::AnswerLost);
        ada.invite("cleo").await;
        let lobby = ada.get("/api/v1/lobby").await.is(200).json();
        assert_eq!(lobby["outgoing"].as_array().unwrap().len(), 1);
    }

    /// Who has deleted it can't be told afterwards, only that it is gone.
    async fn a_removal_whose_answer_is_lost_is_made_and_said_to_be_gone(fixture: Fixture) {
        let ada = player(&fixture, "ada").await;
        let bob = player(&fixture, "bob").await;
        for (remover, what) in [(&bob, "decline"), (&ada, "cancel")] {
            let game = ada.invite("bob").await;
            let path = format!("{}/{what}", path_of(&game));
            fixture.faults.fail_next("DeleteItem", Fault::AnswerLost);
            remover.post_nothing(&path).await.problem(404, "no_such_game");
            ada.get(&path_of(&game)).await.problem(404, "no_such_game");
        }
    }
}
