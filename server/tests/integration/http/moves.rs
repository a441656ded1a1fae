//! Moves.

use test_support::{App, DRAW, Method, NO_GAME, Value, game_path, json, play_all};

/// O wins in the left column.
const O_WINS: [&str; 5] = [
    "TopLeft",
    "TopRight",
    "MiddleLeft",
    "MiddleRight",
    "BottomLeft",
];

#[tokio::test]
async fn a_game_ends_with_a_win() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let first = ada.play(&game, "TopLeft", 0).await;
    assert_eq!(first["board"], json!({"TopLeft": "O"}));
    assert_eq!(first["moves"], json!(["TopLeft"]));
    assert_eq!(first["turn"], "bob");
    let second = bob.play(&game, "TopRight", 1).await;
    assert_eq!(second["board"], json!({"TopLeft": "O", "TopRight": "X"}));
    assert!(second["version"].as_u64() > first["version"].as_u64());
    ada.play(&game, "MiddleLeft", 2).await;
    bob.play(&game, "MiddleRight", 3).await;
    let last = ada.play(&game, "BottomLeft", 4).await;
    assert_eq!(last["status"], "FINISHED");
    assert_eq!(last["result"], "ada");
    assert_eq!(last["turn"], Value::Null);
    assert_eq!(last["moves"], json!(O_WINS));
    assert_eq!(app.visitor().game(&game).await, last);
}

#[tokio::test]
async fn a_game_ends_with_a_draw() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let last = play_all(&ada, &bob, &game, &DRAW).await;
    assert_eq!(last["status"], "FINISHED");
    assert_eq!(last["result"], "Tie");
    assert_eq!(last["moves"], json!(DRAW));
}

#[tokio::test]
async fn a_move_can_be_sent_again_at_any_time() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let first = ada.play(&game, "TopLeft", 0).await;
    assert_eq!(ada.play(&game, "TopLeft", 0).await, first);
    let second = bob.play(&game, "TopRight", 1).await;
    assert_eq!(ada.play(&game, "TopLeft", 0).await, second);
    assert_eq!(bob.play(&game, "TopRight", 1).await, second);
    for (ply, square) in O_WINS.iter().enumerate().skip(2) {
        let player = if ply % 2 == 0 { &ada } else { &bob };
        player.play(&game, square, ply as u32).await;
    }
    let over = ada.game(&game).await;
    assert_eq!(bob.play(&game, "TopRight", 1).await, over);
    assert_eq!(ada.play(&game, "BottomLeft", 4).await, over);

    // Another ply or another player makes it another move.
    ada.try_move(&game, "TopLeft", 2)
        .await
        .problem(409, "game_not_in_progress");
    bob.try_move(&game, "TopLeft", 0)
        .await
        .problem(409, "game_not_in_progress");
}

#[tokio::test]
async fn checks_have_a_fixed_order() {
    let app = App::start().await;
    let (ada, bob) = app.two_players().await;
    let cleo = app.player("cleo").await;
    let visitor = app.visitor();
    let game = ada.invite("bob").await;

    visitor
        .try_move(&game, "TopLeft", 0)
        .await
        .problem(401, "not_logged_in");
    // The game is checked before the caller.
    cleo.try_move(NO_GAME, "TopLeft", 0)
        .await
        .problem(404, "no_such_game");
    // The caller is checked before the status.
    cleo.try_move(&game, "TopLeft", 0)
        .await
        .problem(403, "not_your_game");
    ada.try_move(&game, "TopLeft", 0)
        .await
        .problem(409, "game_not_in_progress");
    bob.try_move(&game, "TopLeft", 9)
        .await
        .problem(409, "game_not_in_progress");

    bob.accept(&game).await;
    cleo.try_move(&game, "TopLeft", 9)
        .await
        .problem(403, "not_your_game");
    // The ply is checked before the turn.
    bob.try_move(&game, "TopLeft", 1)
        .await
        .problem(409, "stale_board");
    bob.try_move(&game, "TopLeft", 0)
        .await
        .problem(409, "not_your_turn");
    ada.play(&game, "TopLeft", 0).await;
    // The ply and the turn are checked before the square.
    bob.try_move(&game, "TopLeft", 0)
        .await
        .problem(409, "stale_board");
    ada.try_move(&game, "TopLeft", 1)
        .await
        .problem(409, "not_your_turn");
    ada.try_move(&game, "TopRight", 0)
        .await
        .problem(409, "stale_board");
    bob.try_move(&game, "TopLeft", 1)
        .await
        .problem(409, "square_taken");
    bob.try_move(&game, "TopRight", u32::MAX)
        .await
        .problem(409, "stale_board");
    assert_eq!(ada.game(&game).await["board"], json!({"TopLeft": "O"}));
}

#[tokio::test]
async fn a_finished_game_rejects_moves() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    play_all(&ada, &bob, &game, &O_WINS).await;
    bob.try_move(&game, "BottomRight", 5)
        .await
        .problem(409, "game_not_in_progress");
    ada.try_move(&game, "TopLeft", 5)
        .await
        .problem(409, "game_not_in_progress");
}

#[tokio::test]
async fn a_whole_number_may_have_a_fraction_of_zero() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let path = format!("{}/moves", game_path(&game));
    let body = r#"{"square": "TopLeft", "ply": 0.0}"#;
    let request = ada.request(Method::POST, &path);
    let request = request.header("content-type", "application/json");
    request.body(body).send().await.is(200);
}

#[tokio::test]
async fn unknown_squares_and_plies_are_rejected() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let path = format!("{}/moves", game_path(&game));
    for (square, ply, field) in [
        (json!("Centre"), json!(0), "square"),
        (json!("topleft"), json!(0), "square"),
        (json!(""), json!(0), "square"),
        (json!(4), json!(0), "square"),
        (json!(null), json!(0), "square"),
        (json!("TopLeft"), json!(-1), "ply"),
        (json!("TopLeft"), json!(0.5), "ply"),
        (json!("TopLeft"), json!("0"), "ply"),
        (json!("TopLeft"), json!(4_294_967_296_u64), "ply"),
        (json!("TopLeft"), json!(null), "ply"),
        (json!("TopLeft"), json!([0]), "ply"),
    ] {
        let body = json!({"square": square, "ply": ply});
        let answer = ada.post(&path, body.clone()).await;
        assert_eq!(
            answer.problem(422, "invalid_request")["field"],
            field,
            "{body}"
        );
    }
    for (body, field) in [
        (json!({"square": "TopLeft"}), "ply"),
        (json!({"ply": 0}), "square"),
    ] {
        let answer = ada.post(&path, body).await;
        assert_eq!(answer.problem(422, "invalid_request")["field"], field);
    }
}

#[tokio::test]
async fn one_of_two_simultaneous_moves_succeeds() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    for (ply, squares) in [["TopLeft", "TopMiddle"], ["MiddleLeft", "MiddleMiddle"]]
        .iter()
        .enumerate()
    {
        let player = if ply == 0 { &ada } else { &bob };
        let (one, other) = tokio::join!(
            player.try_move(&game, squares[0], ply as u32),
            player.try_move(&game, squares[1], ply as u32),
        );
        let (made, refused) = if one.status == 200 {
            (one, other)
        } else {
            (other, one)
        };
        made.is(200);
        refused.problem(409, "stale_board");
        let board = ada.game(&game).await;
        assert_eq!(board["board"].as_object().unwrap().len(), ply + 1);
    }
}

#[tokio::test]
async fn the_same_move_from_two_tabs_is_made_once_and_answered_twice() {
    let app = App::start().await;
    let (ada, _, game) = app.game().await;
    let (one, other) = tokio::join!(
        ada.try_move(&game, "TopLeft", 0),
        ada.try_move(&game, "TopLeft", 0),
    );
    assert_eq!(one.is(200).json(), other.is(200).json());
}
