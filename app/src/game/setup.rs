use super::{Board, FinishedBoard, Mark, Next, Outcome, Position};

/// Marks that came from outside, not yet known to make sense.
///
/// Nothing is assumed of who moved first: in games of AWS's example application it is X, in games
/// made here O.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The marks.
    pub board: Board,
}

/// Why marks can't have come about in a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// One player has made two moves more than the other, or more.
    #[error("one player has moved more often than turns allow")]
    UnevenCounts,
    /// The player said to be in turn has already made one move more than the other.
    #[error("it can't be the turn of the player who has more marks")]
    WrongTurn,
    /// Both players have a line.
    #[error("both players have a line")]
    TwoWinners,
}

impl Setup {
    /// The game on this board, with the player said to be in turn if there is one to come.
    ///
    /// A board that is won or full gives [`Next::Over`], whatever `to_move` says.
    ///
    /// # Errors
    ///
    /// [`SetupError`] says which rule the marks break.
    pub fn check(self, to_move: Mark) -> Result<Next, SetupError> {
        let board = self.board;
        if let Some(finished) = self.finished()? {
            return Ok(Next::Over(finished));
        }
        if board.count(to_move) > board.count(to_move.other()) {
            return Err(SetupError::WrongTurn);
        }
        Ok(Next::Continues(Position::unchecked(board, to_move)))
    }

    /// The end of the game on this board, if it has come.
    ///
    /// # Errors
    ///
    /// [`SetupError`] says which rule the marks break.
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
        Ok(Some(FinishedBoard::unchecked(board, outcome)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::Square;

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
    fn either_player_may_have_begun() {
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
    fn nonsense_is_named() {
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

    /// AWS's example writes the result only when somebody looks, and lets players go on until then.
    #[test]
    fn marks_after_a_win_do_not_change_it() {
        let Ok(Next::Over(finished)) = board("XXXOO.O..").check(Mark::X) else {
            panic!("the game is over");
        };
        assert_eq!(finished.outcome(), Outcome::Won(Mark::X));
    }
}
