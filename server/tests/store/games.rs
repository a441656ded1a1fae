//! Moves, and everything that can be wrong with one.

use crate::{
    instance::{DRAW, HOST_WINS, Instance, player},
    item,
    support::on_both_engines,
};
use app::{
    error::{AppError, Rule},
    ids::GameId,
    view_model::{GameResult, Status},
};

on_both_engines!(
    async fn a_won_game_is_finished_by_its_last_move(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.started("ada", "bob").await;
        let game = instance.play_all(id, &HOST_WINS).await;

        assert_eq!(game.status, Status::Finished);
        assert_eq!(game.result, Some(GameResult::Won(player("ada"))));
        assert_eq!((game.turn, game.version), (None, 8));

        let item = item::of(&fixture, id).await.expect("an item");
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
    async fn a_full_board_is_a_tie(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.started("ada", "bob").await;
        let game = instance.play_all(id, &DRAW).await;
        assert_eq!(
            (game.status, game.result),
            (Status::Finished, Some(GameResult::Tie))
        );
        assert_eq!(
            item::of(&fixture, id).await.expect("an item")["Result"],
            "Tie"
        );
    }
);

on_both_engines!(
    async fn what_is_wrong_with_a_move_is_told_in_the_order_of_the_checks(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let unknown = GameId::random();
        assert_eq!(
            instance.play("ada", unknown, "TopLeft", 0).await,
            Err(AppError::NoSuchGame)
        );

        let id = instance.invite("ada", "bob").await.game_id;
        for (who, square, ply, refusal) in [
            (
                "ada",
                "Nowhere",
                0,
                AppError::invalid("square", Rule::UnknownSquare),
            ),
            ("cleo", "TopLeft", 7, AppError::NotYourGame),
            ("ada", "TopLeft", 7, AppError::GameNotInProgress),
        ] {
            assert_eq!(instance.play(who, id, square, ply).await, Err(refusal));
        }

        instance.accept("bob", id).await.expect("accepted");
        instance
            .play("ada", id, "TopLeft", 0)
            .await
            .expect("a move");
        for (who, square, ply, refusal) in [
            ("cleo", "TopLeft", 7, AppError::NotYourGame),
            ("ada", "TopLeft", 7, AppError::StaleBoard),
            ("ada", "TopLeft", 1, AppError::NotYourTurn),
            ("bob", "TopLeft", 1, AppError::SquareTaken),
        ] {
            assert_eq!(instance.play(who, id, square, ply).await, Err(refusal));
        }
    }
);

on_both_engines!(
    async fn a_move_sent_again_is_answered_as_made(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        let id = instance.started("ada", "bob").await;
        let first = instance.play("ada", id, "TopLeft", 0).await;
        assert_eq!(instance.play("ada", id, "TopLeft", 0).await, first);

        // Also after the reply, and on an instance that has not seen any of it.
        let replied = instance.play("bob", id, "BottomLeft", 1).await;
        assert_eq!(instance.play("ada", id, "TopLeft", 0).await, replied);
        let elsewhere = Instance::of(&fixture);
        assert_eq!(elsewhere.play("ada", id, "TopLeft", 0).await, replied);

        // And after the end.
        for (ply, square) in (2..).zip(&HOST_WINS[2..]) {
            let who = if ply % 2 == 0 { "ada" } else { "bob" };
            instance.play(who, id, square, ply).await.expect("a move");
        }
        let end = instance.look(None, id).await;
        assert_eq!(instance.play("bob", id, "BottomLeft", 1).await, end);
        assert_eq!(instance.play("ada", id, "TopRight", 4).await, end);
        assert_eq!(
            instance.play("ada", id, "MiddleLeft", 4).await,
            Err(AppError::GameNotInProgress)
        );
    }
);

on_both_engines!(
    async fn of_moves_at_the_same_instant_exactly_one_is_made(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        for round in 0..8 {
            let id = one.started("ada", "bob").await;
            // Both instances know the board, and both decide for a move.
            two.look(Some("ada"), id).await.expect("a game");
            let (first, second) = futures::join!(
                one.play("ada", id, "TopLeft", 0),
                two.play("ada", id, "TopRight", 0)
            );
            let refused = match (&first, &second) {
                (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
                other => panic!("round {round}: {other:?}"),
            };
            assert_eq!(*refused, AppError::StaleBoard);
            assert_eq!(
                one.look(Some("ada"), id).await.expect("a game").board.len(),
                1
            );
        }
    }
);

on_both_engines!(
    async fn the_same_move_from_two_tabs_is_one_move_with_one_answer(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let id = one.started("ada", "bob").await;
        two.look(Some("ada"), id).await.expect("a game");
        let (first, second) = futures::join!(
            one.play("ada", id, "TopLeft", 0),
            two.play("ada", id, "TopLeft", 0)
        );
        assert!(first.is_ok());
        assert_eq!(first, second);
        assert_eq!(
            item::of(&fixture, id).await.expect("an item")["Moves"],
            "TopLeft"
        );
    }
);

on_both_engines!(
    async fn an_instance_that_remembers_an_old_board_decides_on_the_new_one(fixture: Fixture) {
        let (one, two) = (Instance::of(&fixture), Instance::of(&fixture));
        let id = one.started("ada", "bob").await;
        one.play("ada", id, "TopLeft", 0).await.expect("a move");
        two.play("bob", id, "BottomLeft", 1).await.expect("a move");
        // `one` believes that it is bob's turn.
        let game = one.play("ada", id, "TopMiddle", 2).await.expect("a move");
        assert_eq!(game.board.len(), 3);
        // `two` believes that it is ada's, and that the square is free.
        assert_eq!(
            two.play("bob", id, "TopMiddle", 3).await,
            Err(AppError::SquareTaken)
        );
    }
);

on_both_engines!(
    async fn items_that_make_no_sense_are_reported_with_their_id(fixture: Fixture) {
        let instance = Instance::of(&fixture);
        for spoilt in [
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
            item::change(&fixture, id, &[spoilt]).await;
            let corrupt = AppError::CorruptGame { game_id: id };
            let elsewhere = Instance::of(&fixture);
            assert_eq!(elsewhere.look(Some("bob"), id).await, Err(corrupt.clone()));
            assert_eq!(elsewhere.look(None, id).await, Err(corrupt.clone()));
            assert_eq!(elsewhere.play("ada", id, "TopRight", 0).await, Err(corrupt));
        }
    }
);
