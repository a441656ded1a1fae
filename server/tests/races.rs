//! Races, one by one: a request to the database is held at a known point while another passes it. What comes of it is
//! the same every time, on both engines, through one instance and through two.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
#[path = "support/mod.rs"]
mod support;

use http::{Answer, Client, PASSWORD, Value, header, json, path_of};
use std::{future::Future, net::SocketAddr, sync::Arc};
use support::{Fixture, Held, Point, on_both_engines};
use tokio::task::JoinHandle;

/// Two points at which a write can be held.
const POINTS: [Point; 2] = [Point::BeforeTheEngine, Point::BeforeTheAnswer];

/// Two players, each with a browser tab at each of two instances.
struct Table {
    fixture: Fixture,
    ada: [Arc<Client>; 2],
    bob: [Arc<Client>; 2],
}

impl Table {
    async fn new(fixture: Fixture) -> Self {
        let fixture = fixture.patient();
        let instances = [fixture.serve().await, fixture.serve().await];
        Self {
            ada: tabs("ada", instances).await,
            bob: tabs("bob", instances).await,
            fixture,
        }
    }

    /// The tabs of ada between which a race takes place: at one instance, and at two.
    fn ada(&self) -> [[&Arc<Client>; 2]; 2] {
        pairs(&self.ada)
    }

    fn bob(&self) -> [[&Arc<Client>; 2]; 2] {
        pairs(&self.bob)
    }

    /// Ada's game, in progress, as both instances know it.
    async fn game(&self, moves: &[&str]) -> String {
        let game = self.ada[0].invite("bob").await;
        self.bob[1].accept(&game).await;
        http::play_all(&self.ada[0], &self.bob[1], &game, moves).await;
        for client in self.ada.iter().chain(&self.bob) {
            client.see(&game).await;
        }
        game
    }

    /// Starts a request and returns when its next write is held.
    async fn hold<F>(&self, operation: &str, point: Point, request: F) -> Racing
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let mut held = self.fixture.faults.hold_next(operation, point);
        let answer = tokio::spawn(request);
        held.arrived().await;
        Racing { held, answer }
    }

    /// The game as everybody sees it everywhere: the same.
    async fn everywhere(&self, game: &str) -> Value {
        let seen = self.ada[0].see(game).await;
        for client in self.ada.iter().chain(&self.bob) {
            assert_eq!(client.see(game).await, seen);
        }
        seen
    }
}

fn pairs(tabs: &[Arc<Client>; 2]) -> [[&Arc<Client>; 2]; 2] {
    [[&tabs[0], &tabs[0]], [&tabs[0], &tabs[1]]]
}

async fn tabs(name: &str, instances: [SocketAddr; 2]) -> [Arc<Client>; 2] {
    let clients = instances.map(|address| Arc::new(Client::new(address)));
    let account = json!({"name": name, "password": PASSWORD});
    clients[0]
        .post("/api/v1/players", account.clone())
        .await
        .is(201);
    clients[1].post("/api/v1/session", account).await.is(200);
    clients
}

/// A request that is being held.
struct Racing {
    held: Held,
    answer: JoinHandle<Answer>,
}

impl Racing {
    /// Lets it go on and returns its answer.
    async fn release(self) -> Answer {
        self.held.release();
        self.answer.await.unwrap()
    }
}

fn play(
    client: &Arc<Client>,
    game: &str,
    square: &'static str,
    ply: u32,
) -> impl Future<Output = Answer> + use<> {
    let (client, game) = (Arc::clone(client), game.to_owned());
    async move { client.try_move(&game, square, ply).await }
}

/// `accept`, `decline` or `cancel`.
fn answer_invitation(
    client: &Arc<Client>,
    game: &str,
    how: &str,
) -> impl Future<Output = Answer> + use<> {
    let (client, path) = (Arc::clone(client), format!("{}/{how}", path_of(game)));
    async move { client.post_nothing(&path).await }
}

fn invite(
    client: &Arc<Client>,
    opponent: &str,
    game: &str,
) -> impl Future<Output = Answer> + use<> {
    let (client, body) = (
        Arc::clone(client),
        json!({"opponent": opponent, "game_id": game}),
    );
    async move { client.post("/api/v1/games", body).await }
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

on_both_engines! {
    async fn the_same_move_from_two_tabs(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for point in POINTS {
            for [first, second] in table.ada() {
                let game = table.game(&[]).await;
                let held = table.hold("UpdateItem", point, play(first, &game, "TopLeft", 0)).await;
                let passed = play(second, &game, "TopLeft", 0).await.is(200).json();
                assert_eq!(held.release().await.is(200).json(), passed);
                assert_eq!(passed["moves"], json!(["TopLeft"]));
                assert_eq!(table.everywhere(&game).await, passed);
            }
        }
    }

    async fn two_moves_of_one_player(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for [first, second] in table.ada() {
            let game = table.game(&[]).await;
            let held = table.hold("UpdateItem", Point::BeforeTheEngine, play(first, &game, "TopLeft", 0)).await;
            let passed = play(second, &game, "TopRight", 0).await.is(200).json();
            held.release().await.problem(409, "stale_board");
            assert_eq!(table.everywhere(&game).await, passed);

            let game = table.game(&[]).await;
            let held = table.hold("UpdateItem", Point::BeforeTheAnswer, play(first, &game, "TopLeft", 0)).await;
            play(second, &game, "TopRight", 0).await.problem(409, "stale_board");
            let made = held.release().await.is(200).json();
            assert_eq!(made["moves"], json!(["TopLeft"]));
            assert_eq!(table.everywhere(&game).await, made);
        }
    }

    async fn a_reply_to_a_move_that_is_not_made_yet(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for bob in &table.bob {
            let game = table.game(&[]).await;
            let held = table.hold("UpdateItem", Point::BeforeTheEngine, play(&table.ada[0], &game, "TopLeft", 0)).await;
            play(bob, &game, "TopRight", 1).await.problem(409, "stale_board");
            play(bob, &game, "TopRight", 0).await.problem(409, "not_your_turn");
            play(bob, &game, "TopLeft", 0).await.problem(409, "not_your_turn");
            held.release().await.is(200);
            let replied = play(bob, &game, "TopRight", 1).await.is(200).json();
            assert_eq!(replied["moves"], json!(["TopLeft", "TopRight"]));
            assert_eq!(table.everywhere(&game).await, replied);
        }
    }

    async fn a_reply_overtakes_the_answer_to_a_move(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for bob in &table.bob {
            let game = table.game(&[]).await;
            let held = table.hold("UpdateItem", Point::BeforeTheAnswer, play(&table.ada[0], &game, "TopLeft", 0)).await;
            let replied = play(bob, &game, "TopRight", 1).await.is(200).json();
            // Ada has had no answer and sends it again.
            for ada in &table.ada {
                assert_eq!(play(ada, &game, "TopLeft", 0).await.is(200).json(), replied);
            }
            let late = held.release().await.is(200).json();
            assert_eq!(late["moves"], json!(["TopLeft"]));
            assert!(late["version"].as_u64() < replied["version"].as_u64(), "{late}");
            // The instance that had the late answer is not misled by it.
            assert_eq!(table.everywhere(&game).await, replied);
            let next = play(&table.ada[0], &game, "TopMiddle", 2).await.is(200).json();
            assert_eq!(next["moves"], json!(["TopLeft", "TopRight", "TopMiddle"]));
        }
    }

    async fn the_winning_move_twice(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for point in POINTS {
            for [first, second] in table.ada() {
                let game = table.game(&["TopLeft", "MiddleLeft", "TopMiddle", "MiddleMiddle"]).await;
                let held = table.hold("UpdateItem", point, play(first, &game, "TopRight", 4)).await;
                let passed = play(second, &game, "TopRight", 4).await.is(200).json();
                assert_eq!((&passed["status"], &passed["result"]), (&json!("FINISHED"), &json!("ada")));
                assert_eq!(held.release().await.is(200).json(), passed);
                assert_eq!(table.everywhere(&game).await, passed);
            }
        }
    }

    async fn two_moves_of_which_either_wins(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for [first, second] in table.ada() {
            // Ada wins in the top row or in the left column.
            let game = table.game(&["TopLeft", "MiddleMiddle", "TopMiddle", "MiddleRight", "MiddleLeft", "BottomMiddle"]).await;
            let held = table.hold("UpdateItem", Point::BeforeTheEngine, play(first, &game, "TopRight", 6)).await;
            let passed = play(second, &game, "BottomLeft", 6).await.is(200).json();
            held.release().await.problem(409, "game_not_in_progress");
            assert_eq!(passed["result"], "ada");
            assert_eq!(table.everywhere(&game).await, passed);
        }
    }

    async fn an_acceptance_twice(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for point in POINTS {
            for [first, second] in table.bob() {
                let game = table.ada[0].invite("bob").await;
                let held = table.hold("UpdateItem", point, answer_invitation(first, &game, "accept")).await;
                let passed = answer_invitation(second, &game, "accept").await.is(200).json();
                assert_eq!(held.release().await.is(200).json(), passed);
                assert_eq!(passed["status"], "IN_PROGRESS");
                assert_eq!(table.everywhere(&game).await, passed);
            }
        }
    }

    /// The game has begun, and ada moves, when the answer to the acceptance arrives.
    async fn a_move_overtakes_the_answer_to_an_acceptance(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for ada in &table.ada {
            let game = table.ada[0].invite("bob").await;
            let held = table.hold("UpdateItem", Point::BeforeTheAnswer, answer_invitation(&table.bob[0], &game, "accept")).await;
            let moved = play(ada, &game, "TopLeft", 0).await.is(200).json();
            assert_eq!(held.release().await.is(200).json()["status"], "IN_PROGRESS");
            assert_eq!(table.everywhere(&game).await, moved);
            play(&table.bob[0], &game, "TopRight", 1).await.is(200);
        }
    }

    async fn a_removal_overtakes_an_acceptance(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for (who, how) in table.ada.iter().map(|ada| (ada, "cancel")).chain(table.bob.iter().map(|bob| (bob, "decline"))) {
            let game = table.ada[0].invite("bob").await;
            let held = table.hold("UpdateItem", Point::BeforeTheEngine, answer_invitation(&table.bob[0], &game, "accept")).await;
            answer_invitation(who, &game, how).await.is(204);
            held.release().await.problem(404, "no_such_game");
            table.bob[0].get(&path_of(&game)).await.problem(404, "no_such_game");
        }
    }

    async fn an_acceptance_overtakes_a_removal(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for (who, how) in table.ada.iter().map(|ada| (ada, "cancel")).chain(table.bob.iter().map(|bob| (bob, "decline"))) {
            let game = table.ada[0].invite("bob").await;
            let held = table.hold("DeleteItem", Point::BeforeTheEngine, answer_invitation(who, &game, how)).await;
            let accepted = answer_invitation(&table.bob[0], &game, "accept").await.is(200).json();
            held.release().await.problem(409, "not_pending");
            assert_eq!(table.everywhere(&game).await, accepted);
        }
    }

    async fn an_acceptance_or_a_removal_comes_too_late(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for (who, how) in table.ada.iter().map(|ada| (ada, "cancel")).chain(table.bob.iter().map(|bob| (bob, "decline"))) {
            let game = table.ada[0].invite("bob").await;
            let held = table.hold("UpdateItem", Point::BeforeTheAnswer, answer_invitation(&table.bob[0], &game, "accept")).await;
            answer_invitation(who, &game, how).await.problem(409, "not_pending");
            let accepted = held.release().await.is(200).json();
            assert_eq!(table.everywhere(&game).await, accepted);

            let game = table.ada[0].invite("bob").await;
            let held = table.hold("DeleteItem", Point::BeforeTheAnswer, answer_invitation(who, &game, how)).await;
            answer_invitation(&table.bob[0], &game, "accept").await.problem(404, "no_such_game");
            held.release().await.is(204);
        }
    }

    async fn the_host_cancels_what_the_other_declines(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for bob in &table.bob {
            let game = table.ada[0].invite("bob").await;
            let held = table.hold("DeleteItem", Point::BeforeTheEngine, answer_invitation(&table.ada[0], &game, "cancel")).await;
            answer_invitation(bob, &game, "decline").await.is(204);
            // It is gone, as ada wants it; but not by her.
            held.release().await.problem(404, "no_such_game");
        }
    }

    async fn the_same_invitation_twice(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for [first, second] in table.ada() {
            for (point, of_held, of_passed) in [(Point::BeforeTheEngine, 200, 201), (Point::BeforeTheAnswer, 201, 200)] {
                let game = new_id();
                let held = table.hold("PutItem", point, invite(first, "bob", &game)).await;
                let passed = invite(second, "bob", &game).await.is(of_passed);
                let answer = held.release().await.is(of_held);
                assert_eq!(answer.header(header::LOCATION), path_of(&game));
                assert_eq!(answer.json(), passed.json());
                assert_eq!(table.everywhere(&game).await, passed.json());
            }
        }
    }

    /// The second request did all there was to do; the first one's answer tells how far the game has come.
    async fn an_acceptance_overtakes_an_invitation_that_was_repeated(fixture: Fixture) {
        let table = Table::new(fixture).await;
        for [first, second] in table.ada() {
            let game = new_id();
            let held = table.hold("PutItem", Point::BeforeTheEngine, invite(first, "bob", &game)).await;
            invite(second, "bob", &game).await.is(201);
            let accepted = answer_invitation(&table.bob[0], &game, "accept").await.is(200).json();
            assert_eq!(held.release().await.is(200).json(), accepted);
        }
    }

    async fn two_invitations_with_one_id(fixture: Fixture) {
        let table = Table::new(fixture).await;
        let game = new_id();
        let held = table.hold("PutItem", Point::BeforeTheEngine, invite(&table.ada[0], "bob", &game)).await;
        let passed = invite(&table.bob[1], "ada", &game).await.is(201).json();
        let refused = held.release().await.problem(422, "invalid_request");
        assert_eq!(refused["field"], "game_id");
        assert_eq!(table.everywhere(&game).await, passed);
    }
}
