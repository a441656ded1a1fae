//! The rules of Tic-Tac-Toe: no I/O, no clock, no players' names.
//!
//! A [`Position`] is an unfinished game. A move on it gives either the next position or the
//! [`FinishedBoard`]. Values of these types always describe a game that the rules allow.
//!
//! Marks from a table may be older or damaged. [`Setup`] takes any marks and checks them.
//!
//! ```
//! use domain::rules::{Mark, Next, Position, Square};
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
