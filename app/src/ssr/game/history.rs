use crate::game::{Board, Mark, Square};

/// The order in which squares were played, as far as the table knows it.
///
/// AWS's example application keeps no order: of a game that it had a part in, only our own moves
/// are recorded, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    recorded: Vec<Square>,
}

impl History {
    /// The squares that are recorded, in order of play.
    #[must_use]
    pub const fn new(recorded: Vec<Square>) -> Self {
        Self { recorded }
    }

    /// The squares in order of play, if what is recorded accounts for every mark of the board.
    #[must_use]
    pub fn order(&self, board: Board) -> Option<&[Square]> {
        let marks: Vec<Mark> = self
            .recorded
            .iter()
            .map_while(|&square| board.get(square))
            .collect();
        let distinct = Square::ALL
            .iter()
            .all(|square| self.recorded.iter().filter(|s| *s == square).count() <= 1);
        let alternating = marks.windows(2).all(|pair| pair[0] != pair[1]);
        (marks.len() == self.recorded.len()
            && marks.len() == board.ply()
            && distinct
            && alternating)
            .then_some(&self.recorded)
    }

    /// Whether the player of `mark` has put it on `square` when the board had `ply` marks.
    ///
    /// Where the order is not fully known, it is known of the player's latest mark, if it was made
    /// here: it is the last of theirs that is recorded, and the count of their marks gives its ply.
    #[must_use]
    pub fn was_made(&self, board: Board, square: Square, mark: Mark, ply: usize) -> bool {
        if board.get(square) != Some(mark) {
            return false;
        }
        if let Some(order) = self.order(board) {
            return order.get(ply) == Some(&square);
        }
        let last = self
            .recorded
            .iter()
            .rev()
            .find(|&&s| board.get(s) == Some(mark));
        let is_latest_turn = ply / 2 + 1 == board.count(mark) && ply < board.ply();
        last == Some(&square) && is_latest_turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Square::{BottomLeft, MiddleMiddle, TopLeft, TopRight};

    fn board(marks: &[(Square, Mark)]) -> Board {
        marks.iter().copied().collect()
    }

    #[test]
    fn a_full_record_gives_the_order() {
        let board = board(&[(TopLeft, Mark::O), (MiddleMiddle, Mark::X)]);
        let history = History::new(vec![TopLeft, MiddleMiddle]);
        assert_eq!(history.order(board), Some(&[TopLeft, MiddleMiddle][..]));
        assert!(history.was_made(board, TopLeft, Mark::O, 0));
        assert!(history.was_made(board, MiddleMiddle, Mark::X, 1));
        assert!(!history.was_made(board, MiddleMiddle, Mark::X, 0));
        assert!(!history.was_made(board, TopRight, Mark::O, 0));
    }

    #[test]
    fn a_record_that_does_not_fit_the_board_gives_none() {
        let board = board(&[(TopLeft, Mark::O), (MiddleMiddle, Mark::X)]);
        for recorded in [
            vec![],
            vec![TopLeft],
            vec![TopLeft, TopLeft],
            vec![TopLeft, TopRight],
            vec![TopLeft, MiddleMiddle, TopRight],
        ] {
            assert_eq!(History::new(recorded).order(board), None);
        }
    }

    /// X was played elsewhere, both noughts here.
    #[test]
    fn of_a_partial_record_only_the_latest_move_is_certain() {
        let board = board(&[
            (TopLeft, Mark::O),
            (MiddleMiddle, Mark::X),
            (BottomLeft, Mark::O),
        ]);
        let history = History::new(vec![TopLeft, BottomLeft]);
        assert_eq!(history.order(board), None);
        assert!(history.was_made(board, BottomLeft, Mark::O, 2));
        assert!(!history.was_made(board, TopLeft, Mark::O, 2));
        assert!(!history.was_made(board, MiddleMiddle, Mark::X, 1));
    }
}
