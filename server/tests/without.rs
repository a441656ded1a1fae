//! What would go wrong without some part of the data model, and would be noticed by no other test. See "What goes
//! wrong without it" in docs/data-model.md, and scripts/without.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
#[path = "support/mod.rs"]
mod support;

use app::{
    ids::{GameId, PlayerName},
    ssr::game::Game,
};
use http::{Client, PASSWORD, json};
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;
use support::{Point, on_both_engines};

on_both_engines! {
    /// When it arrives it is its player's turn again and the square is still empty; but the board is another one
    /// than that on which the next turn and the end of the game were worked out.
    async fn a_move_that_two_others_overtook_is_not_made(fixture: Fixture) {
        let fixture = fixture.patient();
        let address = fixture.serve().await;
        let [ada, bob] = ["ada", "bob"].map(|name| (name, Arc::new(Client::new(address))));
        for (name, client) in [&ada, &bob] {
            let account = json!({"name": name, "password": PASSWORD});
            client.post("/api/v1/players", account).await.is(201);
        }
        let ((_, ada), (_, bob)) = (ada, bob);
        let game = ada.invite("bob").await;
        bob.accept(&game).await;

        let mut held = fixture.faults.hold_next("UpdateItem", Point::BeforeTheEngine);
        let slow = tokio::spawn({
            let (ada, game) = (Arc::clone(&ada), game.clone());
            async move { ada.try_move(&game, "TopLeft", 0).await }
        });
        held.arrived().await;
        ada.play(&game, "MiddleMiddle", 0).await;
        let replied = bob.play(&game, "TopRight", 1).await;
        held.release();
        slow.await.unwrap().problem(409, "stale_board");
        assert_eq!(ada.see(&game).await, replied);
    }

    /// Neither to the one who was invited nor to the one who invites.
    async fn a_list_shows_no_invitation_that_has_expired(fixture: Fixture) {
        let address = fixture.serve().await;
        let [ada, bob] = ["ada", "bob"].map(|name| (name, Client::new(address)));
        for (name, client) in [&ada, &bob] {
            let account = json!({"name": name, "password": PASSWORD});
            client.post("/api/v1/players", account).await.is(201);
        }
        let mut valid = Vec::new();
        for days in [13, 15] {
            let id = GameId::random();
            let [host, opponent] = ["ada", "bob"].map(|name| PlayerName::recorded(name.to_owned()));
            let then = Timestamp::now() - (days * 24).hours();
            let invitation = Game::invitation(id, host, opponent, then);
            fixture.store.create_game(&invitation).await.unwrap();
            if days < 14 {
                valid.push(json!(id.to_string()));
            }
        }
        for ((_, client), list) in [(&ada, "outgoing"), (&bob, "invitations")] {
            let lobby = client.get("/api/v1/lobby").await.is(200).json();
            let listed = lobby[list].as_array().unwrap();
            let ids: Vec<_> = listed.iter().map(|game| game["game_id"].clone()).collect();
            assert_eq!(ids, valid, "{list}");
        }
    }
}
