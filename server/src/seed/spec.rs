//! The notation of a game to create: `ada:bob:in-progress:TopLeft,MiddleMiddle`. The rules of the game check it
//! before anything is written.

use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    players::Players,
    rules::{Mark, Next, Outcome, Position, Square},
};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use uuid::Builder;

/// A game to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameSpec {
    /// The player who invites and plays O.
    pub host: PlayerName,
    /// The player who is invited and plays X.
    pub opponent: PlayerName,
    /// The state of the game.
    pub state: State,
    /// The moves, in order of play. They are legal and fit the state.
    pub squares: Vec<Square>,
    /// The id, if the notation has one.
    pub id: Option<GameId>,
}

/// The state of a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The invitation has no answer.
    Pending,
    /// The invitation has expired.
    Expired,
    /// The players move.
    InProgress,
    /// The game is won or drawn.
    Finished,
    /// The game is as AWS's example application leaves it: in progress even if it is won, without `Moves` and
    /// `Result`.
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

    /// The name in the notation.
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

    /// The mark that moves first: X in games of AWS's example application, O in all others.
    #[must_use]
    pub const fn first_mark(self) -> Mark {
        match self {
            Self::Older => Mark::X,
            _ => Mark::O,
        }
    }
}

/// An error of the notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The notation has too few or too many parts.
    #[error(
        "a game is HOST:OPPONENT:STATE[:SQUARES][@ID], such as ada:bob:in-progress:TopLeft,MiddleMiddle"
    )]
    Format,
    /// A name breaks the rules for names.
    #[error("{text:?} can't be a player's name ({rule})")]
    Name {
        /// The name.
        text: String,
        /// The rule for names.
        rule: AppError,
    },
    /// Host and opponent are the same player.
    #[error("{0} can't play against {0}; name another opponent")]
    SamePlayer(PlayerName),
    /// The state is unknown.
    #[error(
        "unknown state {0:?}; use pending, expired, in-progress, finished or older (as AWS's example leaves a game)"
    )]
    UnknownState(String),
    /// A square is unknown.
    #[error(
        "move {ply} is on {text:?}, which is not a square; name squares as TopLeft,MiddleMiddle or number them from 1 \
         to 9 in reading order, as 15"
    )]
    UnknownSquare {
        /// The number of the move, from 1.
        ply: usize,
        /// The name of the square.
        text: String,
    },
    /// A square is played twice.
    #[error(
        "move {ply} is on {square}, which {mark} took with move {taken_by}; choose an empty square"
    )]
    Taken {
        /// The number of the move, from 1.
        ply: usize,
        /// The square.
        square: Square,
        /// The mark on the square.
        mark: Mark,
        /// The number of the move that took the square.
        taken_by: usize,
    },
    /// A move follows the end of the game.
    #[error(
        "move {ply} is on {square}, but the game ended with move {last} ({}); remove the later moves",
        describe(*outcome)
    )]
    MoveAfterEnd {
        /// The number of the move, from 1.
        ply: usize,
        /// The square.
        square: Square,
        /// The number of the move that ended the game.
        last: usize,
        /// The outcome of the game.
        outcome: Outcome,
    },
    /// The game has moves before its start.
    #[error("a game that is {} has no moves; remove the squares, or use in-progress", .0.as_str())]
    MovesBeforeStart(State),
    /// The moves end a game that should be in progress.
    #[error("these moves end the game ({}); use finished, or remove the last move", describe(*.0))]
    Ended(Outcome),
    /// The moves do not end a game that should be finished.
    #[error(
        "these moves do not end the game, and {0} is to move; use in-progress, or add moves up to a line or a full board"
    )]
    NotEnded(Mark),
    /// The text after the `@` is not a UUID.
    #[error("{0:?} is not a game id; put a UUID after the @, or leave both out")]
    Id(String),
}

fn describe(outcome: Outcome) -> String {
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
            _ => return Err(SpecError::Format),
        };
        let (host, opponent) = (parse_player(host)?, parse_player(opponent)?);
        if host == opponent {
            return Err(SpecError::SamePlayer(host));
        }
        let state = State::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or_else(|| SpecError::UnknownState(state.to_owned()))?;
        let squares = parse_squares(squares)?;
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

/// Parses a player's name.
///
/// # Errors
///
/// [`SpecError::Name`].
pub fn parse_player(text: &str) -> Result<PlayerName, SpecError> {
    PlayerName::parse("player", text).map_err(|rule| SpecError::Name {
        text: text.to_owned(),
        rule,
    })
}

/// Parses squares, either as names with commas between them or as digits.
fn parse_squares(text: &str) -> Result<Vec<Square>, SpecError> {
    let is_numbers = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let words: Vec<&str> = if is_numbers {
        text.split("").filter(|digit| !digit.is_empty()).collect()
    } else {
        text.split(',').filter(|_| !text.is_empty()).collect()
    };
    let parse = |(n, word): (usize, &&str)| {
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
    words.iter().enumerate().map(parse).collect()
}

fn check(state: State, squares: &[Square]) -> Result<(), SpecError> {
    let result = replay(state.first_mark(), squares)?;
    match (state, result) {
        (State::Pending | State::Expired, _) if !squares.is_empty() => {
            Err(SpecError::MovesBeforeStart(state))
        }
        (State::InProgress, Next::Over(end)) => Err(SpecError::Ended(end.outcome())),
        (State::Finished, Next::Continues(position)) => {
            Err(SpecError::NotEnded(position.to_move()))
        }
        _ => Ok(()),
    }
}

/// Plays the moves by the rules.
fn replay(first: Mark, squares: &[Square]) -> Result<Next, SpecError> {
    let mut next = Next::Continues(Position::new(first));
    for (n, &square) in squares.iter().enumerate() {
        let ply = n + 1;
        let position = match next {
            Next::Continues(position) => position,
            Next::Over(end) => {
                return Err(SpecError::MoveAfterEnd {
                    ply,
                    square,
                    last: n,
                    outcome: end.outcome(),
                });
            }
        };
        next = position.play(square).map_err(|taken| SpecError::Taken {
            ply,
            square,
            mark: taken.mark,
            taken_by: 1 + squares.iter().position(|s| *s == square).unwrap_or(n),
        })?;
    }
    Ok(next)
}

impl GameSpec {
    /// The two players.
    #[must_use]
    pub fn players(&self) -> Players {
        Players {
            host: self.host.clone(),
            opponent: self.opponent.clone(),
        }
    }
}

/// Writes the normal form of the notation, with named squares and without the id.
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
    /// The id of the `n`-th game with this description, counted from 1. It never changes, so that tests can refer
    /// to it. It is a UUID of version 8 from the first bytes of a SHA-256 hash, as in RFC 9562, appendix B.2.
    ///
    /// # Errors
    ///
    /// Never fails. [`SpecError::Id`] stands for the parsing of a UUID.
    pub fn stable_id(&self, n: usize) -> Result<GameId, SpecError> {
        let digest = Sha256::digest(format!("server seed {self} {n}"));
        let mut bytes = [0; 16];
        for (byte, digest_byte) in bytes.iter_mut().zip(digest) {
            *byte = digest_byte;
        }
        let text = Builder::from_custom_bytes(bytes).into_uuid().to_string();
        text.parse().map_err(|_| SpecError::Id(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_game_survives_its_notation(
            text in prop_oneof![
                any::<String>(),
                "(ada|bob|b|Tie):(ada|bob):(pending|expired|in-progress|finished|older|lost)(:[0-9]{0,9})?(@[0-9a-f-]{0,3})?",
                "ada:bob:(in-progress|older):(TopLeft|MiddleMiddle|Top)(,(TopRight|BottomLeft|)){0,2}",
            ],
        ) {
            if let Ok(spec) = text.parse::<GameSpec>() {
                prop_assert_eq!(spec.to_string().parse(), Ok(spec));
            }
        }
    }

    fn read(text: &str) -> GameSpec {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn both_notations_have_one_normal_form() {
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
        // An empty list of squares is the same as none.
        assert_eq!(read("ada:bob:pending:"), read("ada:bob:pending"));
    }

    /// Tests outside this project may refer to these ids.
    #[test]
    fn ids_are_stable() {
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
    fn errors_name_the_move_and_the_reason() {
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
            ("ada:bob:won", "unknown state \"won\"; use pending, expired"),
            ("ada:bob:pending:1", "a game that is pending has no moves"),
            ("ada:bob:expired:1", "a game that is expired has no moves"),
            (
                "ada:bob:in-progress:TopLeft,Top",
                "move 2 is on \"Top\", which is not a square",
            ),
            (
                "ada:bob:in-progress:10",
                "move 2 is on \"0\", which is not a square",
            ),
            (
                "ada:bob:in-progress:1,",
                "move 2 is on \"\", which is not a square",
            ),
            (
                "ada:bob:in-progress:151",
                "move 3 is on TopLeft, which O took with move 1",
            ),
            (
                "ada:bob:in-progress:155",
                "move 3 is on MiddleMiddle, which X took with move 2",
            ),
            (
                "ada:bob:in-progress:14253",
                "these moves end the game (O won); use finished",
            ),
            (
                "ada:bob:finished",
                "these moves do not end the game, and O is to move; use in-progress",
            ),
            (
                "ada:bob:finished:1425",
                "these moves do not end the game, and O is to move",
            ),
            (
                "ada:bob:finished:142536",
                "move 6 is on MiddleRight, but the game ended with move 5 (O won)",
            ),
            (
                "ada:bob:older:142536",
                "move 6 is on MiddleRight, but the game ended with move 5 (X won)",
            ),
            (
                "ada:bob:in-progress:142568793",
                "these moves end the game (O won)",
            ),
            (
                "ada:bob:in-progress:123586479",
                "these moves end the game (a draw)",
            ),
            ("ada:bob:pending@7", "\"7\" is not a game id"),
        ] {
            match text.parse::<GameSpec>() {
                Ok(spec) => panic!("{text}: {spec:?}"),
                Err(error) => assert!(error.to_string().starts_with(sentence), "{text}: {error}"),
            }
        }
    }
}
