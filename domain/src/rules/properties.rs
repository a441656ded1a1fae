use super::{Board, Mark, Next, Outcome, Position, Setup, Square};
use proptest::prelude::*;

fn any_square() -> impl Strategy<Value = Square> {
    proptest::sample::select(Square::ALL.to_vec())
}

fn any_mark() -> impl Strategy<Value = Mark> {
    prop_oneof![Just(Mark::X), Just(Mark::O)]
}

fn any_board() -> impl Strategy<Value = Board> {
    proptest::collection::vec(proptest::option::of(any_mark()), 9).prop_map(|marks| {
        Square::ALL
            .into_iter()
            .zip(marks)
            .filter_map(|(square, mark)| Some((square, mark?)))
            .collect()
    })
}

proptest! {
    #[test]
    fn any_sequence_of_moves_keeps_to_the_rules(
        first in any_mark(),
        squares in proptest::collection::vec(any_square(), 0..40),
    ) {
        let mut position = Position::new(first);
        for square in squares {
            let before = position.board();
            match position.play(square) {
                Err(taken) => prop_assert_eq!(before.get(square), Some(taken.mark)),
                Ok(Next::Continues(next)) => {
                    prop_assert_eq!(before.get(square), None);
                    prop_assert_eq!(next.board().ply(), before.ply() + 1);
                    prop_assert_eq!(next.to_move(), position.to_move().other());
                    prop_assert!(!next.board().has_line(Mark::X) && !next.board().has_line(Mark::O));
                    position = next;
                }
                Ok(Next::Over(end)) => {
                    prop_assert!(!(end.board().has_line(Mark::X) && end.board().has_line(Mark::O)));
                    match end.outcome() {
                        Outcome::Won(mark) => {
                            prop_assert_eq!(mark, position.to_move());
                            prop_assert!((1..=2).contains(&end.lines().count()));
                        }
                        Outcome::Drawn => prop_assert!(end.board().is_full() && end.lines().count() == 0),
                    }
                    break;
                }
            }
        }
    }

    #[test]
    fn every_reachable_board_is_a_valid_setup(
        first in any_mark(),
        squares in proptest::collection::vec(any_square(), 0..40),
    ) {
        let mut position = Position::new(first);
        for square in squares {
            match position.play(square) {
                Ok(Next::Continues(next)) => position = next,
                Ok(Next::Over(end)) => {
                    let board = end.board();
                    prop_assert_eq!(Setup { board }.finished(), Ok(Some(end)));
                    break;
                }
                Err(_) => {}
            }
            let board = position.board();
            prop_assert_eq!(Setup { board }.check(position.to_move()), Ok(Next::Continues(position)));
        }
    }

    #[test]
    fn any_board_is_checked_without_a_panic(board in any_board(), to_move in any_mark()) {
        if let Ok(Next::Over(end)) = (Setup { board }).check(to_move) {
            let winners = [Mark::X, Mark::O].into_iter().filter(|&m| board.has_line(m)).count();
            prop_assert!(winners <= 1);
            prop_assert_eq!(winners == 0, end.outcome() == Outcome::Drawn);
        }
    }
}
