//! Changes that meet faults between the SDK and the engine. An acknowledged change is made. Any other change is made once
//! or not at all, and a repeated request completes it.

use test_support::{
    Answer, Client, Events, Fault, Fixture, game_path, json, new_game_id, on_both_engines,
};

/// Faults after the engine has processed the request.
const AFTERWARDS: [Fault; 2] = [Fault::InternalErrorAfterwards, Fault::ResponseLost];
/// Faults before the engine has processed the request.
const BEFORE: [Fault; 3] = [Fault::Unreachable, Fault::Throttled, Fault::InternalError];
/// Faults without a response. The SDK waits for its timeout.
const SILENT: [Fault; 2] = [Fault::TimedOut, Fault::TimedOutAfterwards];

/// The number of attempts after which the SDK gives up.
const MAX_ATTEMPTS: usize = 4;

async fn players(fixture: &Fixture) -> (Client, Client) {
    let address = fixture.serve().await;
    let ada = Client::registered(address, "ada").await;
    let bob = Client::registered(address, "bob").await;
    // Puts the sessions into the cache, so that the faults meet the changes only.
    for client in [&ada, &bob] {
        client.get("/api/v1/session").await.is(200);
    }
    (ada, bob)
}

async fn invite(ada: &Client, game: &str) -> Answer {
    ada.post("/api/v1/games", json!({"opponent": "bob", "game_id": game}))
        .await
}

/// Asserts that the next event of the game on each stream has a value at this JSON pointer.
async fn assert_published(lists: &mut [Events], game: &str, pointer: &str, value: &str) {
    for stream in lists {
        let event = stream.lobby_event_of(game).await;
        assert_eq!(event.pointer(pointer), Some(&json!(value)), "{event}");
    }
}

async fn accept(bob: &Client, game: &str) -> Answer {
    bob.answer_invitation(game, "accept").await
}

on_both_engines! {
    /// The SDK retries the request, and the change is made once.
    async fn a_single_fault_is_invisible(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        for fault in BEFORE.into_iter().chain(AFTERWARDS) {
            let game = new_game_id();
            fixture.faults.fail_next("PutItem", fault);
            let invited = invite(&ada, &game).await;
            assert!(invited.status.is_success(), "{fault:?}: {}", invited.text());
            fixture.faults.fail_next("UpdateItem", fault);
            let accepted = accept(&bob, &game).await.is(200).json();
            assert_eq!(accepted["status"], "IN_PROGRESS", "{fault:?}");
            fixture.faults.fail_next("UpdateItem", fault);
            let moved = ada.play(&game, "TopLeft", 0).await;
            assert_eq!(moved["moves"], json!(["TopLeft"]), "{fault:?}");
            assert_eq!(bob.game(&game).await, moved);
        }
    }

    async fn a_change_whose_response_was_lost_is_published(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        let mut lists = [ada.events("/api/v1/events").await, bob.events("/api/v1/events").await];
        for fault in AFTERWARDS {
            for (player, action) in [(&bob, "decline"), (&ada, "cancel")] {
                let game = new_game_id();
                fixture.faults.fail_next("PutItem", fault);
                invite(&ada, &game).await.is(201);
                assert_published(&mut lists, &game, "/game/status", "PENDING").await;
                fixture.faults.fail_next("DeleteItem", fault);
                player.answer_invitation(&game, action).await.is(204);
                assert_published(&mut lists, &game, "/kind", "removed").await;
                player.answer_invitation(&game, action).await.problem(404, "no_such_game");
            }
            let game = ada.invite("bob").await;
            assert_published(&mut lists, &game, "/game/status", "PENDING").await;
            fixture.faults.fail_next("UpdateItem", fault);
            accept(&bob, &game).await.is(200);
            assert_published(&mut lists, &game, "/game/turn", "ada").await;
            fixture.faults.fail_next("UpdateItem", fault);
            ada.play(&game, "TopLeft", 0).await;
            assert_published(&mut lists, &game, "/game/turn", "bob").await;
        }
    }

    /// As after a restart: the instance does not know the players of the deleted game.
    async fn a_removal_of_an_unknown_game_reaches_both_lists(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        let restarted = fixture.serve().await;
        let again = [&ada, &bob].map(|player| {
            let client = Client::new(restarted);
            client.set_cookie(player.cookie());
            client
        });
        let mut lists = Vec::new();
        for player in &again {
            lists.push(player.events("/api/v1/events").await);
        }
        for (n, action) in ["cancel", "decline"].into_iter().enumerate() {
            let game = ada.invite("bob").await;
            fixture.faults.fail_next("DeleteItem", Fault::ResponseLost);
            again[n].answer_invitation(&game, action).await.is(204);
            assert_published(&mut lists, &game, "/kind", "removed").await;

            // The process that deleted the game did not publish it.
            let game = ada.invite("bob").await;
            [&ada, &bob][n].answer_invitation(&game, action).await.is(204);
            again[n].answer_invitation(&game, action).await.problem(404, "no_such_game");
            assert_published(&mut lists, &game, "/kind", "removed").await;
        }
    }

    async fn a_single_timeout_is_invisible(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        let game = new_game_id();
        invite(&ada, &game).await.is(201);
        accept(&bob, &game).await.is(200);
        for (ply, (fault, player)) in (0..).zip(SILENT.into_iter().zip([&ada, &bob])) {
            let square = ["TopLeft", "TopRight"][ply as usize];
            fixture.faults.fail_next("UpdateItem", fault);
            let moved = player.play(&game, square, ply).await;
            assert_eq!(moved["moves"].as_array().unwrap().len() as u32, ply + 1, "{fault:?}");
            assert_eq!(bob.game(&game).await, moved);
        }
    }

    /// The SDK gives up. The same request, sent again, is answered as if it were the first.
    async fn a_lasting_fault_is_reported_and_a_repeated_request_succeeds(fixture: Fixture) {
        let (ada, bob) = players(&fixture).await;
        for fault in BEFORE.into_iter().chain(AFTERWARDS) {
            let is_made = AFTERWARDS.contains(&fault);
            let game = new_game_id();

            // Only the write fails, and not the read of the opponent's account before it.
            for _ in 0..MAX_ATTEMPTS {
                fixture.faults.fail_next("PutItem", fault);
            }
            invite(&ada, &game).await.problem(503, "database_unavailable");
            fixture.faults.clear();
            ada.get(&game_path(&game)).await.is(if is_made { 200 } else { 404 });
            let invited = invite(&ada, &game).await.is(if is_made { 200 } else { 201 });
            assert_eq!(invited.json()["status"], "PENDING");

            fixture.faults.fail_all(fault);
            accept(&bob, &game).await.problem(503, "database_unavailable");
            fixture.faults.clear();
            let status = if is_made { "IN_PROGRESS" } else { "PENDING" };
            assert_eq!(ada.game(&game).await["status"], status, "{fault:?}");
            assert_eq!(accept(&bob, &game).await.is(200).json()["status"], "IN_PROGRESS");

            fixture.faults.fail_all(fault);
            ada.try_move(&game, "TopLeft", 0).await.problem(503, "database_unavailable");
            fixture.faults.clear();
            let moves = if is_made { json!(["TopLeft"]) } else { json!([]) };
            assert_eq!(bob.game(&game).await["moves"], moves, "{fault:?}");
            let moved = ada.play(&game, "TopLeft", 0).await;
            assert_eq!(moved["moves"], json!(["TopLeft"]), "{fault:?}");
            assert_eq!(bob.game(&game).await, moved);
        }
    }
}
