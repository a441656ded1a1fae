//! The identifiers of games and players: parsed once, private inside.

use crate::error::{AppError, Rule};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The key of a game: a UUID, written in lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(value_type = String, format = "uuid"))]
pub struct GameId(Uuid);

impl GameId {
    /// A new random one (version 4).
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl FromStr for GameId {
    type Err = AppError;

    /// # Errors
    ///
    /// [`AppError::NoSuchGame`]: no game can have that id.
    fn from_str(text: &str) -> Result<Self, AppError> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| AppError::NoSuchGame)
    }
}

impl fmt::Display for GameId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A player's name: 2 to 20 of `a`–`z`, `0`–`9`, `-` and `_`.
///
/// Games that AWS's example application left in the table may hold other names; they come in by
/// [`PlayerName::recorded`] and nobody can register them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(value_type = String, example = "ada"))]
pub struct PlayerName(String);

impl PlayerName {
    /// The fewest characters of a name.
    pub const MIN: usize = 2;
    /// The most characters of a name.
    pub const MAX: usize = 20;
    /// Names with a meaning of their own: `Tie` is a result in the table.
    const RESERVED: [&str; 2] = ["tie", "computer"];

    /// Reads a name as a person types it: upper case is lowered, spaces around it are dropped.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for `field`, with a sentence that says what a name may be.
    pub fn parse(field: &str, text: &str) -> Result<Self, AppError> {
        let name = text.trim().to_ascii_lowercase();
        let invalid = |rule| Err(AppError::invalid(field, rule));
        if name.is_empty() {
            return invalid(Rule::NameEmpty);
        }
        if !name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        {
            return invalid(Rule::NameCharacters);
        }
        if !(Self::MIN..=Self::MAX).contains(&name.len()) {
            return invalid(Rule::NameLength);
        }
        if Self::RESERVED.contains(&name.as_str()) {
            return invalid(Rule::NameReserved);
        }
        Ok(Self(name))
    }

    /// A name as the table holds it, whatever it is.
    #[must_use]
    pub const fn recorded(name: String) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_lowered_and_trimmed() {
        assert_eq!(
            PlayerName::parse("name", " Ada_1 ")
                .as_ref()
                .map(PlayerName::as_str),
            Ok("ada_1")
        );
    }

    #[test]
    fn names_that_nobody_may_have() {
        for name in [
            "",
            " ",
            "a",
            "tie",
            "TIE",
            "computer",
            "ada b",
            "ädä",
            "a\u{0}b",
            "x".repeat(21).as_str(),
        ] {
            assert!(
                matches!(PlayerName::parse("opponent", name), Err(AppError::InvalidRequest { field, .. }) if field == "opponent"),
                "{name:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_good_name_or_refused(text in any::<String>()) {
            if let Ok(name) = PlayerName::parse("name", &text) {
                prop_assert_eq!(PlayerName::parse("name", name.as_str()), Ok(name.clone()));
                prop_assert!((PlayerName::MIN..=PlayerName::MAX).contains(&name.as_str().len()));
            }
        }

        #[test]
        fn any_text_is_a_game_id_or_no_such_game(text in any::<String>()) {
            if let Err(error) = text.parse::<GameId>() {
                prop_assert_eq!(error, AppError::NoSuchGame);
            }
        }
    }
}
