use super::{Board, Line, Mark, Square};

/// An unfinished game: at least one square is empty and neither player has a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    board: Board,
    to_move: Mark,
}

/// The result of a legal move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// The game continues.
    Continues(Position),
    /// The move ended the game.
    Over(FinishedBoard),
}

/// A board on which the game has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FinishedBoard {
    board: Board,
    outcome: Outcome,
}

/// The outcome of a finished game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The player with this mark completed a line.
    Won(Mark),
    /// The board is full and has no completed line.
    Drawn,
}

/// The error for a move on a square that already has a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{square} already holds {mark}")]
pub struct SquareTaken {
    /// The square of the attempted move.
    pub square: Square,
    /// The mark on the square.
    pub mark: Mark,
}

impl Position {
    /// The empty board with `first` to move.
    #[must_use]
    pub fn new(first: Mark) -> Self {
        Self {
            board: Board::default(),
            to_move: first,
        }
    }

    /// Builds the value without checks, for [`Setup`](super::Setup), which has made them.
    pub(super) const fn new_unchecked(board: Board, to_move: Mark) -> Self {
        Self { board, to_move }
    }

    /// The board.
    #[must_use]
    pub const fn board(self) -> Board {
        self.board
    }

    /// The mark of the player in turn.
    #[must_use]
    pub const fn to_move(self) -> Mark {
        self.to_move
    }

    /// The empty squares, in reading order. There is always at least one.
    pub fn legal_moves(self) -> impl Iterator<Item = Square> {
        Square::ALL
            .into_iter()
            .filter(move |&square| self.board.get(square).is_none())
    }

    /// Plays the mark of the player in turn on `square`.
    ///
    /// # Errors
    ///
    /// [`SquareTaken`] if the square is not empty.
    pub fn play(self, square: Square) -> Result<Next, SquareTaken> {
        if let Some(mark) = self.board.get(square) {
            return Err(SquareTaken { square, mark });
        }
        let board = self.board.with(square, self.to_move);
        Ok(match FinishedBoard::after_move(board, self.to_move) {
            Some(finished) => Next::Over(finished),
            None => Next::Continues(Self {
                board,
                to_move: self.to_move.other(),
            }),
        })
    }
}

impl FinishedBoard {
    /// The finished board if the last move, by `last`, completed a line or filled the board.
    fn after_move(board: Board, last: Mark) -> Option<Self> {
        let outcome = if board.has_line(last) {
            Outcome::Won(last)
        } else if board.is_full() {
            Outcome::Drawn
        } else {
            return None;
        };
        Some(Self { board, outcome })
    }

    /// Builds the value without checks, for [`Setup`](super::Setup), which has made them.
    pub(super) const fn new_unchecked(board: Board, outcome: Outcome) -> Self {
        Self { board, outcome }
    }

    /// The board.
    #[must_use]
    pub const fn board(self) -> Board {
        self.board
    }

    /// The winner, or a draw.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        self.outcome
    }

    /// The winning lines: none for a draw, one or two for a win.
    pub fn lines(self) -> impl Iterator<Item = Line> {
        let winner = match self.outcome {
            Outcome::Won(mark) => Some(mark),
            Outcome::Drawn => None,
        };
        winner
            .into_iter()
            .flat_map(move |mark| self.board.lines_of(mark))
    }
}
