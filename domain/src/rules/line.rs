use super::{Board, Mark, Square};

/// One of the eight lines of three that win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line([Square; 3]);

impl Line {
    /// All eight lines: rows from the top, columns from the left, then the two diagonals.
    pub const ALL: [Self; 8] = {
        use Square::{
            BottomLeft, BottomMiddle, BottomRight, MiddleLeft, MiddleMiddle, MiddleRight, TopLeft,
            TopMiddle, TopRight,
        };
        [
            Self([TopLeft, TopMiddle, TopRight]),
            Self([MiddleLeft, MiddleMiddle, MiddleRight]),
            Self([BottomLeft, BottomMiddle, BottomRight]),
            Self([TopLeft, MiddleLeft, BottomLeft]),
            Self([TopMiddle, MiddleMiddle, BottomMiddle]),
            Self([TopRight, MiddleRight, BottomRight]),
            Self([TopLeft, MiddleMiddle, BottomRight]),
            Self([TopRight, MiddleMiddle, BottomLeft]),
        ]
    };

    /// The three squares of the line, from one end to the other.
    #[must_use]
    pub const fn squares(self) -> [Square; 3] {
        self.0
    }

    /// Returns true if `mark` is on all three squares of `board`.
    #[must_use]
    pub fn is_held_by(self, mark: Mark, board: Board) -> bool {
        self.0.iter().all(|&square| board.get(square) == Some(mark))
    }
}
