//! Moves and their errors.

use super::{
    instance::{Instance, player},
    items,
};
use backend::game::new_game_id;
use domain::{
    error::AppError,
    rules::Square,
    status::{GameResult, Status},
};
use test_support::{DRAW, HOST_WINS_AT_FIVE as HOST_WINS, on_both_engines};

on_both_engines!(
    async fn a_won_game_is_finished_by_its_last_move(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.started("ada", "bob").await;
        let game = instance.play_all(id, &HOST_WINS).await;

        assert_eq!(game.status, Status::Finished);
        assert_eq!(game.result, Some(GameResult::Won(player("ada"))));
        assert_eq!((game.turn, game.version), (None, 8));

        let item = items::get(&fixture, id).await.expect("an item");
        assert!(item["StatusDate"].starts_with("FINISHED_"));
        assert_eq!(item["Turn"], "N/A");
        assert_eq!(item["Result"], "ada");
        assert_eq!(item["Moves"], HOST_WINS.join(","));
        for (square, mark) in HOST_WINS.iter().zip(["O", "X", "O", "X", "O"]) {
            assert_eq!(item[*square], mark);
        }
        // GameId, HostId, OpponentId, StatusDate, OUser, Turn, Result, Moves and five squares.
        assert_eq!(item.len(), 13);
    }
);

on_both_engines!(
    async fn a_full_board_is_a_draw(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.started("ada", "bob").await;
        let game = instance.play_all(id, &DRAW).await;
        assert_eq!(
            (game.status, game.result),
            (Status::Finished, Some(GameResult::Tie))
        );
        assert_eq!(
            items::get(&fixture, id).await.expect("an item")["Result"],
            "Tie"
        );
    }
);

on_both_engines!(
    async fn errors_follow_the_order_of_the_checks(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let unknown = new_game_id();
        assert_eq!(
            instance.play("ada", unknown, Square::TopLeft, 0).await,
            Err(AppError::NoSuchGame)
        );

        let id = instance.invite("ada", "bob").await.game_id;
        for (name, square, ply, error) in [
            ("cleo", Square::TopLeft, 7, AppError::NotYourGame),
            ("ada", Square::TopLeft, 7, AppError::GameNotInProgress),
        ] {
            assert_eq!(instance.play(name, id, square, ply).await, Err(error));
        }

        instance.accept("bob", id).await.expect("accepted");
        instance
            .play("ada", id, Square::TopLeft, 0)
            .await
            .expect("a move");
        for (name, square, ply, error) in [
            ("cleo", Square::TopLeft, 7, AppError::NotYourGame),
            ("ada", Square::TopLeft, 7, AppError::StaleBoard),
            ("ada", Square::TopLeft, 1, AppError::NotYourTurn),
            ("bob", Square::TopLeft, 1, AppError::SquareTaken),
        ] {
            assert_eq!(instance.play(name, id, square, ply).await, Err(error));
        }
    }
);

on_both_engines!(
    async fn a_repeated_move_is_answered_as_made(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.started("ada", "bob").await;
        let first = instance.play("ada", id, Square::TopLeft, 0).await;
        assert_eq!(instance.play("ada", id, Square::TopLeft, 0).await, first);

        // The same after the reply, and on an instance that has not seen the move.
        let replied = instance.play("bob", id, Square::BottomLeft, 1).await;
        assert_eq!(instance.play("ada", id, Square::TopLeft, 0).await, replied);
        let elsewhere = Instance::of(&fixture);
        assert_eq!(elsewhere.play("ada", id, Square::TopLeft, 0).await, replied);

        // The same after the end of the game.
        for (ply, square) in (2..).zip(&HOST_WINS[2..]) {
            let square = square.parse().expect("a square");
            let name = if ply % 2 == 0 { "ada" } else { "bob" };
            instance.play(name, id, square, ply).await.expect("a move");
        }
        let end = instance.game(None, id).await;
        assert_eq!(instance.play("bob", id, Square::BottomLeft, 1).await, end);
        assert_eq!(instance.play("ada", id, Square::TopRight, 4).await, end);
        assert_eq!(
            instance.play("ada", id, Square::MiddleLeft, 4).await,
            Err(AppError::GameNotInProgress)
        );
    }
);

on_both_engines!(
    async fn one_of_two_simultaneous_moves_succeeds(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        for round in 0..8 {
            let id = one.started("ada", "bob").await;
            // Both instances know the board and choose a move.
            two.game(Some("ada"), id).await.expect("a game");
            let (first, second) = futures::join!(
                one.play("ada", id, Square::TopLeft, 0),
                two.play("ada", id, Square::TopRight, 0)
            );
            let error = match (&first, &second) {
                (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
                other => panic!("round {round}: {other:?}"),
            };
            assert_eq!(*error, AppError::StaleBoard);
            assert_eq!(
                one.game(Some("ada"), id).await.expect("a game").board.len(),
                1
            );
        }
    }
);

on_both_engines!(
    async fn the_same_move_from_two_tabs_is_made_once(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let id = one.started("ada", "bob").await;
        two.game(Some("ada"), id).await.expect("a game");
        let (first, second) = futures::join!(
            one.play("ada", id, Square::TopLeft, 0),
            two.play("ada", id, Square::TopLeft, 0)
        );
        assert!(first.is_ok());
        assert_eq!(first, second);
        assert_eq!(
            items::get(&fixture, id).await.expect("an item")["Moves"],
            "TopLeft"
        );
    }
);

on_both_engines!(
    async fn an_instance_with_an_outdated_board_decides_on_the_current_one(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let id = one.started("ada", "bob").await;
        one.play("ada", id, Square::TopLeft, 0)
            .await
            .expect("a move");
        two.play("bob", id, Square::BottomLeft, 1)
            .await
            .expect("a move");
        // For `one` it is still bob's turn.
        let game = one
            .play("ada", id, Square::TopMiddle, 2)
            .await
            .expect("a move");
        assert_eq!(game.board.len(), 3);
        // For `two` it is still ada's turn, and the square is empty.
        assert_eq!(
            two.play("bob", id, Square::TopMiddle, 3).await,
            Err(AppError::SquareTaken)
        );
    }
);

on_both_engines!(
    async fn corrupt_items_are_reported_with_their_id(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        for change in [
            ("StatusDate", Some("IN_PROGRESS_never")),
            ("StatusDate", Some("LOST_2026-11-22 05:30:00.000000")),
            ("TopLeft", Some("Z")),
            ("Turn", Some("cleo")),
            ("Turn", None),
            ("OUser", None),
            ("HostId", Some("bob")),
            ("StatusDate", Some("FINISHED_2026-11-22 05:30:00.000000")),
        ] {
            let id = instance.started("ada", "bob").await;
            items::change(&fixture, id, &[change]).await;
            let corrupt = AppError::CorruptGame { game_id: id };
            let elsewhere = Instance::of(&fixture);
            assert_eq!(elsewhere.game(Some("bob"), id).await, Err(corrupt.clone()));
            assert_eq!(elsewhere.game(None, id).await, Err(corrupt.clone()));
            assert_eq!(
                elsewhere.play("ada", id, Square::TopRight, 0).await,
                Err(corrupt)
            );
        }
    }
);
