use super::{Board, Line, Mark, Square};

/// A game that can go on: at least one square is empty and nobody has won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    board: Board,
    to_move: Mark,
}

/// What a move leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// The game goes on.
    Continues(Position),
    /// The move ended it.
    Over(FinishedBoard),
}

/// A board on which the game has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FinishedBoard {
    board: Board,
    outcome: Outcome,
}

/// How a game ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The player of this mark completed a line.
    Won(Mark),
    /// The board is full and nobody did.
    Drawn,
}

/// A move on a square that has a mark already. Gives back what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{square} already holds {mark}")]
pub struct SquareTaken {
    /// The square that was asked for.
    pub square: Square,
    /// What it holds.
    pub mark: Mark,
}

impl Position {
    /// The empty board, `first` to move.
    #[must_use]
    pub fn new(first: Mark) -> Self {
        Self {
            board: Board::default(),
            to_move: first,
        }
    }

    /// For [`Setup`](super::Setup), which has checked it.
    pub(super) const fn unchecked(board: Board, to_move: Mark) -> Self {
        Self { board, to_move }
    }

    /// The marks so far.
    #[must_use]
    pub const fn board(self) -> Board {
        self.board
    }

    /// Whose turn it is.
    #[must_use]
    pub const fn to_move(self) -> Mark {
        self.to_move
    }

    /// The empty squares, in reading order. Never none.
    pub fn legal_moves(self) -> impl Iterator<Item = Square> {
        Square::ALL
            .into_iter()
            .filter(move |&square| self.board.get(square).is_none())
    }

    /// Puts the mark of the player in turn on `square`.
    ///
    /// # Errors
    ///
    /// [`SquareTaken`] when the square is not empty; the position stays as it was.
    pub fn play(self, square: Square) -> Result<Next, SquareTaken> {
        if let Some(mark) = self.board.get(square) {
            return Err(SquareTaken { square, mark });
        }
        let board = self.board.with(square, self.to_move);
        Ok(match FinishedBoard::of(board, self.to_move) {
            Some(finished) => Next::Over(finished),
            None => Next::Continues(Self {
                board,
                to_move: self.to_move.other(),
            }),
        })
    }
}

impl FinishedBoard {
    /// The end of the game if `last`, who made the last mark, has won or filled the board.
    fn of(board: Board, last: Mark) -> Option<Self> {
        let outcome = if board.has_line(last) {
            Outcome::Won(last)
        } else if board.is_full() {
            Outcome::Drawn
        } else {
            return None;
        };
        Some(Self { board, outcome })
    }

    /// For [`Setup`](super::Setup), which has checked it.
    pub(super) const fn unchecked(board: Board, outcome: Outcome) -> Self {
        Self { board, outcome }
    }

    /// The marks.
    #[must_use]
    pub const fn board(self) -> Board {
        self.board
    }

    /// Who won, or that nobody did.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        self.outcome
    }

    /// The completed lines: none of a draw, one or two of a win.
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
