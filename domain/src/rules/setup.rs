use super::{Board, FinishedBoard, Mark, Next, Outcome, Position};

/// A board from outside that has not been checked against the rules.
///
/// Either player may have moved first: X does in games of AWS's example application, O in games created
/// here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The unchecked board.
    pub board: Board,
}

/// The rule that a board breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// One player has at least two marks more than the other.
    #[error("one player has at least two marks more than the other")]
    UnevenCounts,
    /// The stated player in turn already has one mark more than the other player.
    #[error("the player in turn has more marks than the other player")]
    WrongTurn,
    /// Both players have a completed line.
    #[error("both players have a completed line")]
    TwoWinners,
}

impl Setup {
    /// Checks the board and returns the game on it, with `to_move` in turn.
    ///
    /// A won or full board gives [`Next::Over`] for any `to_move`.
    ///
    /// # Errors
    ///
    /// A [`SetupError`] for a board that no game can reach.
    pub fn check(self, to_move: Mark) -> Result<Next, SetupError> {
        let board = self.board;
        if let Some(finished) = self.finished()? {
            return Ok(Next::Over(finished));
        }
        if board.count(to_move) > board.count(to_move.other()) {
            return Err(SetupError::WrongTurn);
        }
        Ok(Next::Continues(Position::new_unchecked(board, to_move)))
    }

    /// Checks the board and returns the finished game on it, or `None` if the game can continue.
    ///
    /// # Errors
    ///
    /// A [`SetupError`] for a board that no game can reach.
    pub fn finished(self) -> Result<Option<FinishedBoard>, SetupError> {
        let board = self.board;
        if board.count(Mark::X).abs_diff(board.count(Mark::O)) > 1 {
            return Err(SetupError::UnevenCounts);
        }
        let outcome = match (board.has_line(Mark::X), board.has_line(Mark::O)) {
            (true, true) => return Err(SetupError::TwoWinners),
            (true, false) => Outcome::Won(Mark::X),
            (false, true) => Outcome::Won(Mark::O),
            (false, false) if board.is_full() => Outcome::Drawn,
            (false, false) => return Ok(None),
        };
        Ok(Some(FinishedBoard::new_unchecked(board, outcome)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Square;

    fn board(marks: &str) -> Setup {
        let board = Square::ALL
            .into_iter()
            .zip(marks.chars())
            .filter_map(|(square, c)| match c {
                'X' => Some((square, Mark::X)),
                'O' => Some((square, Mark::O)),
                _ => None,
            })
            .collect();
        Setup { board }
    }

    #[test]
    fn either_player_may_have_moved_first() {
        assert!(matches!(
            board("X........").check(Mark::O),
            Ok(Next::Continues(_))
        ));
        assert!(matches!(
            board("O........").check(Mark::X),
            Ok(Next::Continues(_))
        ));
        assert!(matches!(
            board("XO.......").check(Mark::X),
            Ok(Next::Continues(_))
        ));
        assert!(matches!(
            board("XO.......").check(Mark::O),
            Ok(Next::Continues(_))
        ));
    }

    #[test]
    fn impossible_boards_are_rejected() {
        assert_eq!(
            board("XX.......").check(Mark::O),
            Err(SetupError::UnevenCounts)
        );
        assert_eq!(
            board("X........").check(Mark::X),
            Err(SetupError::WrongTurn)
        );
        assert_eq!(
            board("XXXOOO...").check(Mark::X),
            Err(SetupError::TwoWinners)
        );
    }

    /// AWS's example writes the result only when a page is loaded. Until then, it accepts more moves.
    #[test]
    fn marks_after_a_win_do_not_change_it() {
        let Ok(Next::Over(finished)) = board("XXXOO.O..").check(Mark::X) else {
            panic!("the game is over");
        };
        assert_eq!(finished.outcome(), Outcome::Won(Mark::X));
    }
}
