//! The rules of Tic-Tac-Toe, and nothing else: no input or output, no clock, no players' names.
//!
//! A [`Position`] is a game that can go on. Playing a square gives either the next position or the
//! [`FinishedBoard`]; no value of these types describes a game that the rules don't allow. What a
//! table holds may be older, odd or broken: [`Setup`] takes any marks and says whether they make
//! sense.
//!
//! ```
//! use app::game::{Mark, Next, Position, Square};
//!
//! let position = Position::new(Mark::O);
//! let Ok(Next::Continues(position)) = position.play(Square::MiddleMiddle) else { unreachable!() };
//! assert_eq!(position.to_move(), Mark::X);
//! assert!(position.play(Square::MiddleMiddle).is_err());
//! ```

mod board;
mod line;
mod mark;
mod position;
mod setup;
mod square;

pub use board::Board;
pub use line::Line;
pub use mark::Mark;
pub use position::{FinishedBoard, Next, Outcome, Position, SquareTaken};
pub use setup::{Setup, SetupError};
pub use square::{Square, UnknownSquare};

#[cfg(test)]
mod enumeration;
#[cfg(test)]
mod properties;
