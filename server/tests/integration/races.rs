//! Races: a request to the database is held at a known point while another one overtakes it. The outcome is the same
//! every time, on both engines, with both requests on one instance and on two.

use std::{future::Future, net::SocketAddr, sync::Arc};
use test_support::{
    Answer, Client, Fixture, HeldRequest, HoldPoint, Value, game_path, header, json, new_game_id,
    on_both_engines, play_all,
};
use tokio::task::JoinHandle;

/// The points at which a write is held.
const POINTS: [HoldPoint; 2] = [HoldPoint::BeforeEngine, HoldPoint::BeforeResponse];

/// Two players, each with a browser tab on each of two instances.
struct Setup {
    fixture: Fixture,
    ada: [Arc<Client>; 2],
    bob: [Arc<Client>; 2],
}

impl Setup {
    async fn new(fixture: Fixture) -> Self {
        let fixture = fixture.without_timeouts();
        let instances = [fixture.serve().await, fixture.serve().await];
        Self {
            ada: tabs("ada", instances).await,
            bob: tabs("bob", instances).await,
            fixture,
        }
    }

    /// The pairs of tabs that race against each other: on one instance, and on two.
    fn ada(&self) -> [[&Arc<Client>; 2]; 2] {
        pairs(&self.ada)
    }

    fn bob(&self) -> [[&Arc<Client>; 2]; 2] {
        pairs(&self.bob)
    }

    /// A game in progress that ada hosts. Both instances have seen it.
    async fn game(&self, moves: &[&str]) -> String {
        let game = self.ada[0].invite("bob").await;
        self.bob[1].accept(&game).await;
        play_all(&self.ada[0], &self.bob[1], &game, moves).await;
        for client in self.ada.iter().chain(&self.bob) {
            client.game(&game).await;
        }
        game
    }

    /// Starts a request and waits until its write is held.
    async fn hold<F>(&self, operation: &str, point: HoldPoint, request: F) -> Racing
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let mut held = self.fixture.faults.hold_next(operation, point);
        let answer = tokio::spawn(request);
        held.arrived().await;
        Racing { held, answer }
    }

    /// The game, which is the same for both players on both instances.
    async fn everywhere(&self, game: &str) -> Value {
        let seen = self.ada[0].game(game).await;
        for client in self.ada.iter().chain(&self.bob) {
            assert_eq!(client.game(game).await, seen);
        }
        seen
    }
}

fn pairs(tabs: &[Arc<Client>; 2]) -> [[&Arc<Client>; 2]; 2] {
    [[&tabs[0], &tabs[0]], [&tabs[0], &tabs[1]]]
}

async fn tabs(name: &str, instances: [SocketAddr; 2]) -> [Arc<Client>; 2] {
    let first = Client::registered(instances[0], name).await;
    let second = Client::logged_in(instances[1], name).await;
    [Arc::new(first), Arc::new(second)]
}

/// A request whose write is held.
struct Racing {
    held: HeldRequest,
    answer: JoinHandle<Answer>,
}

impl Racing {
    /// Releases the write and returns the response.
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

/// Tries to `accept`, `decline` or `cancel`.
fn answer_invitation(
    client: &Arc<Client>,
    game: &str,
    action: &'static str,
) -> impl Future<Output = Answer> + use<> {
    let (client, game) = (Arc::clone(client), game.to_owned());
    async move { client.answer_invitation(&game, action).await }
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

on_both_engines! {
    async fn the_same_move_from_two_tabs_is_made_once(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for point in POINTS {
            for [first, second] in setup.ada() {
                let game = setup.game(&[]).await;
                let held = setup.hold("UpdateItem", point, play(first, &game, "TopLeft", 0)).await;
                let passed = play(second, &game, "TopLeft", 0).await.is(200).json();
                assert_eq!(held.release().await.is(200).json(), passed);
                assert_eq!(passed["moves"], json!(["TopLeft"]));
                assert_eq!(setup.everywhere(&game).await, passed);
            }
        }
    }

    async fn only_one_of_two_moves_of_a_player_is_made(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for [first, second] in setup.ada() {
            let game = setup.game(&[]).await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeEngine, play(first, &game, "TopLeft", 0)).await;
            let passed = play(second, &game, "TopRight", 0).await.is(200).json();
            held.release().await.problem(409, "stale_board");
            assert_eq!(setup.everywhere(&game).await, passed);

            let game = setup.game(&[]).await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeResponse, play(first, &game, "TopLeft", 0)).await;
            play(second, &game, "TopRight", 0).await.problem(409, "stale_board");
            let made = held.release().await.is(200).json();
            assert_eq!(made["moves"], json!(["TopLeft"]));
            assert_eq!(setup.everywhere(&game).await, made);
        }
    }

    async fn a_reply_before_the_move_is_rejected(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for bob in &setup.bob {
            let game = setup.game(&[]).await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeEngine, play(&setup.ada[0], &game, "TopLeft", 0)).await;
            play(bob, &game, "TopRight", 1).await.problem(409, "stale_board");
            play(bob, &game, "TopRight", 0).await.problem(409, "not_your_turn");
            play(bob, &game, "TopLeft", 0).await.problem(409, "not_your_turn");
            held.release().await.is(200);
            let replied = play(bob, &game, "TopRight", 1).await.is(200).json();
            assert_eq!(replied["moves"], json!(["TopLeft", "TopRight"]));
            assert_eq!(setup.everywhere(&game).await, replied);
        }
    }

    async fn a_reply_can_overtake_the_response_to_a_move(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for bob in &setup.bob {
            let game = setup.game(&[]).await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeResponse, play(&setup.ada[0], &game, "TopLeft", 0)).await;
            let replied = play(bob, &game, "TopRight", 1).await.is(200).json();
            // Ada has received no response and sends the move again.
            for ada in &setup.ada {
                assert_eq!(play(ada, &game, "TopLeft", 0).await.is(200).json(), replied);
            }
            let late = held.release().await.is(200).json();
            assert_eq!(late["moves"], json!(["TopLeft"]));
            assert!(late["version"].as_u64() < replied["version"].as_u64(), "{late}");
            // The late response does not mislead its instance.
            assert_eq!(setup.everywhere(&game).await, replied);
            let next = play(&setup.ada[0], &game, "TopMiddle", 2).await.is(200).json();
            assert_eq!(next["moves"], json!(["TopLeft", "TopRight", "TopMiddle"]));
        }
    }

    async fn a_winning_move_sent_twice_ends_the_game_once(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for point in POINTS {
            for [first, second] in setup.ada() {
                let game = setup.game(&["TopLeft", "MiddleLeft", "TopMiddle", "MiddleMiddle"]).await;
                let held = setup.hold("UpdateItem", point, play(first, &game, "TopRight", 4)).await;
                let passed = play(second, &game, "TopRight", 4).await.is(200).json();
                assert_eq!((&passed["status"], &passed["result"]), (&json!("FINISHED"), &json!("ada")));
                assert_eq!(held.release().await.is(200).json(), passed);
                assert_eq!(setup.everywhere(&game).await, passed);
            }
        }
    }

    async fn only_one_of_two_winning_moves_is_made(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for [first, second] in setup.ada() {
            // Ada wins in the top row or in the left column.
            let game = setup.game(&["TopLeft", "MiddleMiddle", "TopMiddle", "MiddleRight", "MiddleLeft", "BottomMiddle"]).await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeEngine, play(first, &game, "TopRight", 6)).await;
            let passed = play(second, &game, "BottomLeft", 6).await.is(200).json();
            held.release().await.problem(409, "game_not_in_progress");
            assert_eq!(passed["result"], "ada");
            assert_eq!(setup.everywhere(&game).await, passed);
        }
    }

    async fn accepting_twice_starts_one_game(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for point in POINTS {
            for [first, second] in setup.bob() {
                let game = setup.ada[0].invite("bob").await;
                let held = setup.hold("UpdateItem", point, answer_invitation(first, &game, "accept")).await;
                let passed = answer_invitation(second, &game, "accept").await.is(200).json();
                assert_eq!(held.release().await.is(200).json(), passed);
                assert_eq!(passed["status"], "IN_PROGRESS");
                assert_eq!(setup.everywhere(&game).await, passed);
            }
        }
    }

    /// Ada moves before the response to the acceptance arrives.
    async fn a_move_can_overtake_the_response_to_an_acceptance(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for ada in &setup.ada {
            let game = setup.ada[0].invite("bob").await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeResponse, answer_invitation(&setup.bob[0], &game, "accept")).await;
            let moved = play(ada, &game, "TopLeft", 0).await.is(200).json();
            assert_eq!(held.release().await.is(200).json()["status"], "IN_PROGRESS");
            assert_eq!(setup.everywhere(&game).await, moved);
            play(&setup.bob[0], &game, "TopRight", 1).await.is(200);
        }
    }

    async fn a_deletion_can_overtake_an_acceptance(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for (player, action) in setup.ada.iter().map(|ada| (ada, "cancel")).chain(setup.bob.iter().map(|bob| (bob, "decline"))) {
            let game = setup.ada[0].invite("bob").await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeEngine, answer_invitation(&setup.bob[0], &game, "accept")).await;
            answer_invitation(player, &game, action).await.is(204);
            held.release().await.problem(404, "no_such_game");
            setup.bob[0].get(&game_path(&game)).await.problem(404, "no_such_game");
        }
    }

    async fn an_acceptance_can_overtake_a_deletion(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for (player, action) in setup.ada.iter().map(|ada| (ada, "cancel")).chain(setup.bob.iter().map(|bob| (bob, "decline"))) {
            let game = setup.ada[0].invite("bob").await;
            let held = setup.hold("DeleteItem", HoldPoint::BeforeEngine, answer_invitation(player, &game, action)).await;
            let accepted = answer_invitation(&setup.bob[0], &game, "accept").await.is(200).json();
            held.release().await.problem(409, "not_pending");
            assert_eq!(setup.everywhere(&game).await, accepted);
        }
    }

    async fn an_acceptance_or_a_deletion_can_come_too_late(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for (player, action) in setup.ada.iter().map(|ada| (ada, "cancel")).chain(setup.bob.iter().map(|bob| (bob, "decline"))) {
            let game = setup.ada[0].invite("bob").await;
            let held = setup.hold("UpdateItem", HoldPoint::BeforeResponse, answer_invitation(&setup.bob[0], &game, "accept")).await;
            answer_invitation(player, &game, action).await.problem(409, "not_pending");
            let accepted = held.release().await.is(200).json();
            assert_eq!(setup.everywhere(&game).await, accepted);

            let game = setup.ada[0].invite("bob").await;
            let held = setup.hold("DeleteItem", HoldPoint::BeforeResponse, answer_invitation(player, &game, action)).await;
            answer_invitation(&setup.bob[0], &game, "accept").await.problem(404, "no_such_game");
            held.release().await.is(204);
        }
    }

    async fn cancelling_a_declined_invitation_finds_no_game(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for bob in &setup.bob {
            let game = setup.ada[0].invite("bob").await;
            let held = setup.hold("DeleteItem", HoldPoint::BeforeEngine, answer_invitation(&setup.ada[0], &game, "cancel")).await;
            answer_invitation(bob, &game, "decline").await.is(204);
            // The game is gone, but ada has not deleted it.
            held.release().await.problem(404, "no_such_game");
        }
    }

    async fn an_invitation_sent_twice_creates_one_game(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for [first, second] in setup.ada() {
            for (point, held_status, passed_status) in [(HoldPoint::BeforeEngine, 200, 201), (HoldPoint::BeforeResponse, 201, 200)] {
                let game = new_game_id();
                let held = setup.hold("PutItem", point, invite(first, "bob", &game)).await;
                let passed = invite(second, "bob", &game).await.is(passed_status);
                let answer = held.release().await.is(held_status);
                assert_eq!(answer.header(header::LOCATION), game_path(&game));
                assert_eq!(answer.json(), passed.json());
                assert_eq!(setup.everywhere(&game).await, passed.json());
            }
        }
    }

    /// The second request has created the game. The response to the first shows the current game.
    async fn an_acceptance_can_overtake_a_repeated_invitation(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        for [first, second] in setup.ada() {
            let game = new_game_id();
            let held = setup.hold("PutItem", HoldPoint::BeforeEngine, invite(first, "bob", &game)).await;
            invite(second, "bob", &game).await.is(201);
            let accepted = answer_invitation(&setup.bob[0], &game, "accept").await.is(200).json();
            assert_eq!(held.release().await.is(200).json(), accepted);
        }
    }

    async fn only_one_of_two_invitations_with_one_id_is_created(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        let game = new_game_id();
        let held = setup.hold("PutItem", HoldPoint::BeforeEngine, invite(&setup.ada[0], "bob", &game)).await;
        let passed = invite(&setup.bob[1], "ada", &game).await.is(201).json();
        let refused = held.release().await.problem(422, "invalid_request");
        assert_eq!(refused["field"], "game_id");
        assert_eq!(setup.everywhere(&game).await, passed);
    }

    /// When the slow move arrives, it is its player's turn again and the square is still empty. But the next turn and
    /// the end of the game were computed for another board.
    async fn a_move_that_two_others_overtook_is_rejected(fixture: Fixture) {
        let setup = Setup::new(fixture).await;
        let game = setup.game(&[]).await;
        let held = setup.hold("UpdateItem", HoldPoint::BeforeEngine, play(&setup.ada[0], &game, "TopLeft", 0)).await;
        play(&setup.ada[0], &game, "MiddleMiddle", 0).await.is(200);
        let replied = play(&setup.bob[0], &game, "TopRight", 1).await.is(200).json();
        held.release().await.problem(409, "stale_board");
        assert_eq!(setup.everywhere(&game).await, replied);
    }
}
