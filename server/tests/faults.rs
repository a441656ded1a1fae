//! What a single fault between the SDK and the engine does to a change: acknowledged, it is there; not acknowledged,
//! it is there once or not at all, and asking again settles it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
#[path = "support/mod.rs"]
mod support;

use http::{Answer, Client, json, path_of};
use support::{Fault, Fixture, on_both_engines};

/// After which the engine has done what was asked.
const AFTERWARDS: [Fault; 2] = [Fault::InternalErrorAfterwards, Fault::AnswerLost];
/// After which it has not.
const BEFORE: [Fault; 3] = [Fault::Unreachable, Fault::Throttled, Fault::InternalError];
/// These last as long as the SDK waits.
const SILENT: [Fault; 2] = [Fault::TimedOut, Fault::TimedOutAfterwards];

async fn players(fixture: &Fixture) -> (Client, Client) {
    let address = fixture.serve().await;
    let ada = Client::registered(address, "ada").await;
    let bob = Client::registered(address, "bob").await;
    // From here on the sessions are known without a request to the database.
    for client in [&ada, &bob] {
        client.get("/api/v1/session").await.is(200);
    }
    (ada, bob)
}

async fn invite(ada: &Client, game: &str) -> Answer {
    ada.post("/api/v1/games", json!({"opponent": "bob", "game_id": game}))
        .await
}

async fn accept(bob: &Client, game: &str) -> Answer {
    bob.post_nothing(&format!("{}/accept", path_of(game))).await
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

on_both_engines! {
    /// The SDK repeats the request: nobody notices, and nothing is done twice.
    async fn one_fault_is_not_noticed(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        for fault in BEFORE.into_iter().chain(AFTERWARDS) {
            let game = new_id();
            fixture.faults.fail_next("PutItem", fault);
            let invited = invite(&ada, &game).await;
            assert!(invited.status.is_success(), "{fault:?}: {}", invited.text());
            fixture.faults.fail_next("UpdateItem", fault);
            let accepted = accept(&bob, &game).await.is(200).json();
            assert_eq!(accepted["status"], "IN_PROGRESS", "{fault:?}");
            fixture.faults.fail_next("UpdateItem", fault);
            let moved = ada.play(&game, "TopLeft", 0).await;
            assert_eq!(moved["moves"], json!(["TopLeft"]), "{fault:?}");
            assert_eq!(bob.see(&game).await, moved);
        }
    }

    async fn silence_is_not_noticed_either(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        let game = new_id();
        invite(&ada, &game).await.is(201);
        accept(&bob, &game).await.is(200);
        for (ply, (fault, player)) in (0..).zip(SILENT.into_iter().zip([&ada, &bob])) {
            let square = ["TopLeft", "TopRight"][ply as usize];
            fixture.faults.fail_next("UpdateItem", fault);
            let moved = player.play(&game, square, ply).await;
            assert_eq!(moved["moves"].as_array().unwrap().len() as u32, ply + 1, "{fault:?}");
            assert_eq!(bob.see(&game).await, moved);
        }
    }

    /// The SDK gives up, and so does the answer; the same request sent again is answered as if it were the first.
    async fn a_fault_that_lasts_is_told_and_asking_again_settles_it(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        for fault in BEFORE.into_iter().chain(AFTERWARDS) {
            let is_done = AFTERWARDS.contains(&fault);
            let game = new_id();

            fixture.faults.begin(fault);
            invite(&ada, &game).await.problem(503, "database_unavailable");
            fixture.faults.end();
            ada.get(&path_of(&game)).await.is(if is_done { 200 } else { 404 });
            let invited = invite(&ada, &game).await.is(if is_done { 200 } else { 201 });
            assert_eq!(invited.json()["status"], "PENDING");

            fixture.faults.begin(fault);
            accept(&bob, &game).await.problem(503, "database_unavailable");
            fixture.faults.end();
            let status = if is_done { "IN_PROGRESS" } else { "PENDING" };
            assert_eq!(ada.see(&game).await["status"], status, "{fault:?}");
            assert_eq!(accept(&bob, &game).await.is(200).json()["status"], "IN_PROGRESS");

            fixture.faults.begin(fault);
            ada.try_move(&game, "TopLeft", 0).await.problem(503, "database_unavailable");
            fixture.faults.end();
            let made = if is_done { json!(["TopLeft"]) } else { json!([]) };
            assert_eq!(bob.see(&game).await["moves"], made, "{fault:?}");
            let moved = ada.play(&game, "TopLeft", 0).await;
            assert_eq!(moved["moves"], json!(["TopLeft"]), "{fault:?}");
            assert_eq!(bob.see(&game).await, moved);
        }
    }
}
