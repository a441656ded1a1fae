use domain::rules::{Board, Mark, Square};

/// The recorded order of play, as far as the table holds it.
///
/// AWS's example application records no order. If it took part in a game, the table holds only the moves
/// made through this application, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    recorded: Vec<Square>,
}

impl History {
    /// Creates a history from the recorded squares, in order of play.
    #[must_use]
    pub const fn new(recorded: Vec<Square>) -> Self {
        Self { recorded }
    }

    /// Returns the squares in order of play, if the record accounts for every mark on the board.
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

    /// Returns true if `mark` was played on `square` when the board had `ply` marks.
    ///
    /// An incomplete record still proves the player's latest move, if it was made through this application.
    /// That move is the player's last one in the record, and the number of the player's marks gives its ply.
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
    fn a_complete_record_gives_the_order() {
        let board = board(&[(TopLeft, Mark::O), (MiddleMiddle, Mark::X)]);
        let history = History::new(vec![TopLeft, MiddleMiddle]);
        assert_eq!(history.order(board), Some(&[TopLeft, MiddleMiddle][..]));
        assert!(history.was_made(board, TopLeft, Mark::O, 0));
        assert!(history.was_made(board, MiddleMiddle, Mark::X, 1));
        assert!(!history.was_made(board, MiddleMiddle, Mark::X, 0));
        assert!(!history.was_made(board, TopRight, Mark::O, 0));
    }

    #[test]
    fn an_inconsistent_record_gives_no_order() {
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

    /// The move of X was made through AWS's example application, both moves of O through this one.
    #[test]
    fn an_incomplete_record_proves_only_the_latest_move() {
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
