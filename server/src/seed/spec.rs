//! A game to make up, as somebody writes it: `ada:bob:in-progress:TopLeft,MiddleMiddle`. Checked by the rules
//! of the game before anything is written.

use app::{
    error::AppError,
    game::{Mark, Next, Outcome, Position, Square},
    ids::{GameId, PlayerName},
};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use uuid::Builder;

/// A game to make up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameSpec {
    /// Who invites. Plays O.
    pub host: PlayerName,
    /// Who is invited. Plays X.
    pub opponent: PlayerName,
    /// Where it is to stand.
    pub state: State,
    /// The moves, in order of play. Legal, and as many as the state needs.
    pub squares: Vec<Square>,
    /// Its key, where that is given.
    pub id: Option<GameId>,
}

/// Where a game is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// An invitation without an answer.
    Pending,
    /// One that nobody can accept any more.
    Expired,
    /// The players move.
    InProgress,
    /// Won or drawn.
    Finished,
    /// In progress as AWS's example application leaves a game, also one that is won: without `Moves`,
    /// `Result` and the end.
    Older,
}

impl State {
    const ALL: [Self; 5] = [
        Self::Pending,
        Self::Expired,
        Self::InProgress,
        Self::Finished,
        Self::Older,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::InProgress => "in-progress",
            Self::Finished => "finished",
            Self::Older => "older",
        }
    }

    /// Who moves first: X in games of AWS's example application, O in those made here.
    #[must_use]
    pub const fn first(self) -> Mark {
        match self {
            Self::Older => Mark::X,
            _ => Mark::O,
        }
    }
}

/// Why a game can't be made up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Too few parts or too many.
    #[error(
        "a game is HOST:OPPONENT:STATE[:SQUARES][@ID], such as ada:bob:in-progress:TopLeft,MiddleMiddle"
    )]
    Shape,
    /// A name that nobody can have.
    #[error("{text:?} can't be a player's name ({rule})")]
    Name {
        /// What was given.
        text: String,
        /// The rule for names.
        rule: AppError,
    },
    /// Host and opponent are one.
    #[error("{0} can't play against {0}; name another opponent")]
    OnePlayer(PlayerName),
    /// A word for none of the states.
    #[error(
        "there is no state {0:?}; say pending, expired, in-progress, finished or older (as AWS's example leaves a game)"
    )]
    UnknownState(String),
    /// A word for none of the squares.
    #[error(
        "move {ply} is on {text:?}, which is no square; name squares as TopLeft,MiddleMiddle or number them from 1 \
         to 9 in reading order, as 15"
    )]
    UnknownSquare {
        /// Which move, counted from 1.
        ply: usize,
        /// What was given.
        text: String,
    },
    /// A square twice.
    #[error(
        "move {ply} is on {square}, where {mark} is since move {since}; choose an empty square"
    )]
    Taken {
        /// Which move, counted from 1.
        ply: usize,
        /// Where.
        square: Square,
        /// What is there.
        mark: Mark,
        /// The move that put it there.
        since: usize,
    },
    /// A move after the end.
    #[error("move {ply} is on {square}, but the game was over after move {end} ({}); end there", how(*outcome))]
    AfterTheEnd {
        /// Which move, counted from 1.
        ply: usize,
        /// Where.
        square: Square,
        /// The last move.
        end: usize,
        /// How it ended.
        outcome: Outcome,
    },
    /// Moves in a game that has not begun.
    #[error("a game that is {} has no moves; leave the squares out, or say in-progress", .0.as_str())]
    NotBegun(State),
    /// The last move ends a game that is to go on.
    #[error("after these moves the game is over ({}); say finished, or leave the last one out", how(*.0))]
    IsOver(Outcome),
    /// The game is to be over and goes on.
    #[error(
        "after these moves it is the turn of {0}; say in-progress, or add moves up to a line or a full board"
    )]
    GoesOn(Mark),
    /// No UUID after the `@`.
    #[error("{0:?} is no game id; give a UUID after the @, or nothing")]
    Id(String),
}

fn how(outcome: Outcome) -> String {
    match outcome {
        Outcome::Won(mark) => format!("{mark} won"),
        Outcome::Drawn => "a draw".to_owned(),
    }
}

impl FromStr for GameSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (text, id) = match text.split_once('@') {
            None => (text, None),
            Some((text, id)) => {
                let parsed = id.parse().map_err(|_| SpecError::Id(id.to_owned()))?;
                (text, Some(parsed))
            }
        };
        let parts: Vec<&str> = text.split(':').collect();
        let (host, opponent, state, squares) = match parts[..] {
            [host, opponent, state] => (host, opponent, state, ""),
            [host, opponent, state, squares] => (host, opponent, state, squares),
            _ => return Err(SpecError::Shape),
        };
        let (host, opponent) = (player(host)?, player(opponent)?);
        if host == opponent {
            return Err(SpecError::OnePlayer(host));
        }
        let state = State::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or_else(|| SpecError::UnknownState(state.to_owned()))?;
        let squares = read_squares(squares)?;
        check(state, &squares)?;
        Ok(Self {
            host,
            opponent,
            state,
            squares,
            id,
        })
    }
}

/// Reads a player's name.
///
/// # Errors
///
/// [`SpecError::Name`].
pub fn player(text: &str) -> Result<PlayerName, SpecError> {
    PlayerName::parse("player", text).map_err(|rule| SpecError::Name {
        text: text.to_owned(),
        rule,
    })
}

/// By name with commas in between, or each by its number.
fn read_squares(text: &str) -> Result<Vec<Square>, SpecError> {
    let is_numbers = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let words: Vec<&str> = if is_numbers {
        text.split("").filter(|digit| !digit.is_empty()).collect()
    } else {
        text.split(',').filter(|_| !text.is_empty()).collect()
    };
    let read = |(n, word): (usize, &&str)| {
        let by_number = || {
            let number: usize = word.parse().ok()?;
            Square::ALL.get(number.checked_sub(1)?).copied()
        };
        let square = word.parse().ok().or_else(by_number);
        square.ok_or_else(|| SpecError::UnknownSquare {
            ply: n + 1,
            text: (*word).to_owned(),
        })
    };
    words.iter().enumerate().map(read).collect()
}

fn check(state: State, squares: &[Square]) -> Result<(), SpecError> {
    let after = replay(state.first(), squares)?;
    match (state, after) {
        (State::Pending | State::Expired, _) if !squares.is_empty() => {
            Err(SpecError::NotBegun(state))
        }
        (State::InProgress, Next::Over(end)) => Err(SpecError::IsOver(end.outcome())),
        (State::Finished, Next::Continues(position)) => Err(SpecError::GoesOn(position.to_move())),
        _ => Ok(()),
    }
}

/// What the moves lead to, by the rules.
fn replay(first: Mark, squares: &[Square]) -> Result<Next, SpecError> {
    let mut now = Next::Continues(Position::new(first));
    for (n, &square) in squares.iter().enumerate() {
        let ply = n + 1;
        let position = match now {
            Next::Continues(position) => position,
            Next::Over(end) => {
                return Err(SpecError::AfterTheEnd {
                    ply,
                    square,
                    end: n,
                    outcome: end.outcome(),
                });
            }
        };
        now = position.play(square).map_err(|taken| SpecError::Taken {
            ply,
            square,
            mark: taken.mark,
            since: 1 + squares.iter().position(|s| *s == square).unwrap_or(n),
        })?;
    }
    Ok(now)
}

/// In one form, however it was written; without the id.
impl fmt::Display for GameSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.host, self.opponent, self.state.as_str())?;
        for (n, square) in self.squares.iter().enumerate() {
            let separator = if n == 0 { ":" } else { "," };
            write!(f, "{separator}{square}")?;
        }
        Ok(())
    }
}

impl GameSpec {
    /// The key of the `n`-th game of this description, counted from 1: always the same, so that tests can
    /// name it. A UUID of version 8 as RFC 9562 (appendix B.2) suggests it: the beginning of a SHA-256.
    ///
    /// # Errors
    ///
    /// [`SpecError::Id`], which does not happen.
    pub fn stable_id(&self, n: usize) -> Result<GameId, SpecError> {
        let digest = Sha256::digest(format!("server seed {self} {n}"));
        let mut bytes = [0; 16];
        for (byte, of_digest) in bytes.iter_mut().zip(digest) {
            *byte = of_digest;
        }
        let text = Builder::from_custom_bytes(bytes).into_uuid().to_string();
        text.parse().map_err(|_| SpecError::Id(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> GameSpec {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_game_is_read_in_either_form_and_written_in_one() {
        let by_name = read("ada:bob:in-progress:TopLeft,MiddleMiddle");
        assert_eq!(by_name, read(" Ada:bob:in-progress:15"));
        assert_eq!(
            by_name.to_string(),
            "ada:bob:in-progress:TopLeft,MiddleMiddle"
        );
        for text in [
            "ada:bob:pending",
            "ada:bob:expired",
            "ada:bob:in-progress",
            "ada:bob:finished:TopLeft,MiddleLeft,TopMiddle,MiddleMiddle,TopRight",
            "ada:bob:older:TopLeft,MiddleLeft,TopMiddle,MiddleMiddle,TopRight",
            "ada:bob:older",
        ] {
            assert_eq!(read(text).to_string(), text);
        }
        // No squares, however that is written.
        assert_eq!(read("ada:bob:pending:"), read("ada:bob:pending"));
    }

    /// Tests out there name them.
    #[test]
    fn ids_stay_as_they_are() {
        let id = |text, n| read(text).stable_id(n).map(|id| id.to_string());
        let first = "ada4b9d8-c779-8f07-8f64-65761b41edd1";
        assert_eq!(id("ada:bob:pending", 1).as_deref(), Ok(first));
        assert_ne!(id("ada:bob:pending", 2).as_deref(), Ok(first));
        assert_ne!(id("bob:ada:pending", 1).as_deref(), Ok(first));
        let given = "7d1f9e1c-52a8-4be4-9d59-3f0d5a6c2b10";
        let with_id = read(&format!("ada:bob:pending@{given}"));
        assert_eq!(with_id.id.map(|id| id.to_string()).as_deref(), Some(given));
    }

    #[test]
    fn what_cannot_be_is_told_with_the_move_and_the_reason() {
        for (text, sentence) in [
            ("ada:bob", "a game is HOST:OPPONENT:STATE"),
            ("ada:bob:pending:1:2", "a game is HOST:OPPONENT:STATE"),
            (
                "a:bob:pending",
                "\"a\" can't be a player's name (Use 2 to 20",
            ),
            (
                "ada:tie:pending",
                "\"tie\" can't be a player's name (That name is reserved",
            ),
            ("ada:ADA:pending", "ada can't play against ada"),
            (
                "ada:bob:won",
                "there is no state \"won\"; say pending, expired",
            ),
            ("ada:bob:pending:1", "a game that is pending has no moves"),
            ("ada:bob:expired:1", "a game that is expired has no moves"),
            (
                "ada:bob:in-progress:TopLeft,Top",
                "move 2 is on \"Top\", which is no square",
            ),
            (
                "ada:bob:in-progress:10",
                "move 2 is on \"0\", which is no square",
            ),
            (
                "ada:bob:in-progress:1,",
                "move 2 is on \"\", which is no square",
            ),
            (
                "ada:bob:in-progress:151",
                "move 3 is on TopLeft, where O is since move 1",
            ),
            (
                "ada:bob:in-progress:155",
                "move 3 is on MiddleMiddle, where X is since move 2",
            ),
            (
                "ada:bob:in-progress:14253",
                "after these moves the game is over (O won); say finished",
            ),
            (
                "ada:bob:finished",
                "after these moves it is the turn of O; say in-progress",
            ),
            (
                "ada:bob:finished:1425",
                "after these moves it is the turn of O",
            ),
            (
                "ada:bob:finished:142536",
                "move 6 is on MiddleRight, but the game was over after move 5 (O won)",
            ),
            (
                "ada:bob:older:142536",
                "move 6 is on MiddleRight, but the game was over after move 5 (X won)",
            ),
            (
                "ada:bob:in-progress:142568793",
                "after these moves the game is over (O won)",
            ),
            (
                "ada:bob:in-progress:123586479",
                "after these moves the game is over (a draw)",
            ),
            ("ada:bob:pending@7", "\"7\" is no game id"),
        ] {
            match text.parse::<GameSpec>() {
                Ok(spec) => panic!("{text}: {spec:?}"),
                Err(error) => assert!(error.to_string().starts_with(sentence), "{text}: {error}"),
            }
        }
    }
}
