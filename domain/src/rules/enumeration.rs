//! Counts the whole game tree.
//!
//! The expected counts of games are from Henry Bottomley, "How many Tic-Tac-Toe (noughts and crosses)
//! games are possible?", <https://www.se16.info/hgb/tictactoe.htm>. The count of positions is from OEIS
//! A008907.

use super::{Mark, Next, Outcome, Position};
use std::collections::HashSet;

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    games: u32,
    won_by_first: u32,
    won_by_second: u32,
    drawn: u32,
}

fn walk(
    position: Position,
    first: Mark,
    count: &mut Count,
    reached: &mut HashSet<super::Board>,
    by_ply: &mut [u32; 10],
) {
    reached.insert(position.board());
    for square in position.legal_moves() {
        match position.play(square) {
            Ok(Next::Continues(next)) => walk(next, first, count, reached, by_ply),
            Ok(Next::Over(end)) => {
                reached.insert(end.board());
                by_ply[end.board().ply()] += 1;
                count.games += 1;
                match end.outcome() {
                    Outcome::Won(mark) if mark == first => count.won_by_first += 1,
                    Outcome::Won(_) => count.won_by_second += 1,
                    Outcome::Drawn => count.drawn += 1,
                }
            }
            Err(taken) => panic!("a legal move was rejected: {taken}"),
        }
    }
}

#[test]
fn the_game_tree_has_the_known_counts() {
    for first in [Mark::O, Mark::X] {
        let (mut count, mut reached, mut by_ply) = (Count::default(), HashSet::new(), [0; 10]);
        walk(
            Position::new(first),
            first,
            &mut count,
            &mut reached,
            &mut by_ply,
        );
        assert_eq!(
            count,
            Count {
                games: 255_168,
                won_by_first: 131_184,
                won_by_second: 77_904,
                drawn: 46_080,
            }
        );
        assert_eq!(reached.len(), 5_478);
        assert_eq!(
            by_ply,
            [0, 0, 0, 0, 0, 1_440, 5_328, 47_952, 72_576, 127_872]
        );
    }
}
