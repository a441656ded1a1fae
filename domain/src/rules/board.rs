use super::{Line, Mark, Square};

/// Nine squares, each empty or marked.
///
/// A board can hold any combination of marks. [`Setup`](super::Setup) checks that a game can reach it, and
/// [`Position`](super::Position) guarantees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Board([Option<Mark>; 9]);

impl Board {
    /// The mark on `square`, or `None` if it is empty.
    #[must_use]
    pub const fn get(self, square: Square) -> Option<Mark> {
        self.0[square.index()]
    }

    /// A copy of the board with `mark` on `square`, in place of any earlier mark.
    #[must_use]
    pub const fn with(mut self, square: Square, mark: Mark) -> Self {
        self.0[square.index()] = Some(mark);
        self
    }

    /// The number of marked squares, which equals the number of moves made.
    #[must_use]
    pub fn ply(self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The number of squares that hold `mark`.
    #[must_use]
    pub fn count(self, mark: Mark) -> usize {
        self.0.iter().filter(|&&m| m == Some(mark)).count()
    }

    /// Returns true if no square is empty.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    /// The marked squares with their marks, in reading order.
    pub fn marks(self) -> impl Iterator<Item = (Square, Mark)> {
        Square::ALL
            .into_iter()
            .filter_map(move |square| Some((square, self.get(square)?)))
    }

    /// The lines that `mark` has completed. One move can complete two.
    pub fn lines_of(self, mark: Mark) -> impl Iterator<Item = Line> {
        Line::ALL
            .into_iter()
            .filter(move |line| line.is_held_by(mark, self))
    }

    /// Returns true if `mark` has completed a line.
    #[must_use]
    pub fn has_line(self, mark: Mark) -> bool {
        self.lines_of(mark).next().is_some()
    }
}

impl FromIterator<(Square, Mark)> for Board {
    fn from_iter<I: IntoIterator<Item = (Square, Mark)>>(marks: I) -> Self {
        marks
            .into_iter()
            .fold(Self::default(), |board, (square, mark)| {
                board.with(square, mark)
            })
    }
}
