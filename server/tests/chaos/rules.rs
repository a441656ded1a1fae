//! The rules of the game, implemented without the application's code.

use std::collections::BTreeMap;

pub const SQUARES: [&str; 9] = [
    "TopLeft",
    "TopMiddle",
    "TopRight",
    "MiddleLeft",
    "MiddleMiddle",
    "MiddleRight",
    "BottomLeft",
    "BottomMiddle",
    "BottomRight",
];

/// Indexes into [`SQUARES`].
const LINES: [[usize; 3]; 8] = [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
    [0, 4, 8],
    [2, 4, 6],
];

pub const TIE: &str = "Tie";

/// The mark of the next move when the board has `ply` marks. The host plays O and begins.
pub fn mark(ply: usize) -> &'static str {
    if ply.is_multiple_of(2) { "O" } else { "X" }
}

/// The player whose turn it is when the board has `ply` marks.
pub fn mover<'a>(host: &'a str, opponent: &'a str, ply: usize) -> &'a str {
    if ply.is_multiple_of(2) {
        host
    } else {
        opponent
    }
}

/// The board after these moves.
pub fn board(moves: &[String]) -> BTreeMap<String, String> {
    let marks = moves.iter().enumerate();
    marks
        .map(|(ply, square)| (square.clone(), mark(ply).to_owned()))
        .collect()
}

/// The winner or [`TIE`] after these moves, if the game is over.
pub fn result<'a>(host: &'a str, opponent: &'a str, moves: &[String]) -> Option<&'a str> {
    let board = board(moves);
    let has_line = |mark: &str| {
        let marked = |place: usize| board.get(SQUARES[place]).is_some_and(|m| m == mark);
        LINES
            .iter()
            .any(|line| line.iter().all(|&place| marked(place)))
    };
    if has_line("O") {
        Some(host)
    } else if has_line("X") {
        Some(opponent)
    } else {
        (board.len() == SQUARES.len()).then_some(TIE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result_of(moves: &[usize]) -> Option<&'static str> {
        let moves: Vec<_> = moves
            .iter()
            .map(|&place| SQUARES[place].to_owned())
            .collect();
        result("ada", "bob", &moves)
    }

    #[test]
    fn results_follow_from_the_moves() {
        for (moves, expected) in [
            (&[][..], None),
            (&[0, 3, 1, 4], None),
            (&[0, 3, 1, 4, 2], Some("ada")),
            (&[0, 3, 1, 4, 8, 5], Some("bob")),
            (&[0, 1, 4, 2, 8], Some("ada")),
            (&[0, 2, 1, 4, 8, 6], Some("bob")),
            (&[0, 4, 2, 1, 7, 3, 5, 8, 6], Some(TIE)),
            // A won full board.
            (&[0, 1, 2, 3, 4, 5, 7, 6, 8], Some("ada")),
        ] {
            assert_eq!(result_of(moves), expected, "{moves:?}");
        }
    }
}
