use super::{Line, Mark, Square};

/// Nine squares, each empty or marked. Any combination of marks: whether they can come about in a
/// game is what [`Setup`](super::Setup) and [`Position`](super::Position) know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Board([Option<Mark>; 9]);

impl Board {
    /// The mark on a square.
    #[must_use]
    pub const fn get(self, square: Square) -> Option<Mark> {
        self.0[square.index()]
    }

    /// The same board with `mark` on `square`, whatever was there.
    #[must_use]
    pub const fn with(mut self, square: Square, mark: Mark) -> Self {
        self.0[square.index()] = Some(mark);
        self
    }

    /// How many squares are marked: the number of plies played.
    #[must_use]
    pub fn ply(self) -> usize {
        self.0.iter().flatten().count()
    }

    /// How many squares hold `mark`.
    #[must_use]
    pub fn count(self, mark: Mark) -> usize {
        self.0.iter().filter(|&&m| m == Some(mark)).count()
    }

    /// Whether no square is left.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.0.iter().all(Option::is_some)
    }

    /// The marked squares in reading order.
    pub fn marks(self) -> impl Iterator<Item = (Square, Mark)> {
        Square::ALL
            .into_iter()
            .filter_map(move |square| Some((square, self.get(square)?)))
    }

    /// The lines that `mark` has completed: two when its last move closed both at once.
    pub fn lines_of(self, mark: Mark) -> impl Iterator<Item = Line> {
        Line::ALL
            .into_iter()
            .filter(move |line| line.is_held_by(mark, self))
    }

    /// Whether `mark` has completed a line.
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
