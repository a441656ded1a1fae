//! The identifiers of games and players. Parsing validates them once.

use crate::error::{AppError, ValidationRule};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The id of a game: a UUID in lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
pub struct GameId(Uuid);

impl GameId {
    /// The id with this UUID.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Parses the id that a client has chosen for a new game.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for the field `game_id` if `text` is not a UUID.
    pub fn parse_client_id(text: &str) -> Result<Self, AppError> {
        text.parse()
            .map_err(|_| AppError::invalid("game_id", ValidationRule::GameIdFormat))
    }

    /// The path of the game's page, such as `/games/9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11`.
    #[must_use]
    pub fn path(self) -> String {
        format!("{}{self}", Self::PATH_PREFIX)
    }

    /// The id in the path of a game's page, or `None` for any other path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        path.strip_prefix(Self::PATH_PREFIX)?.parse().ok()
    }

    /// The prefix of every path of a game's page.
    const PATH_PREFIX: &str = "/games/";
}

impl FromStr for GameId {
    type Err = AppError;

    /// # Errors
    ///
    /// [`AppError::NoSuchGame`] if `text` is not a UUID, since no game can have that id.
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
/// Games from AWS's example application may contain other names. [`PlayerName::from_stored`] accepts them,
/// but no player can register them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "ada"))]
pub struct PlayerName(String);

impl PlayerName {
    /// The minimum length of a name, in characters.
    pub const MIN_LENGTH: usize = 2;
    /// The maximum length of a name, in characters.
    pub const MAX_LENGTH: usize = 20;
    /// Reserved names. In the table, `Tie` is the result of a draw.
    const RESERVED: [&str; 2] = ["tie", "computer"];

    /// Parses a name as a person types it: converts it to lower case and trims spaces.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for `field` with the [`ValidationRule`] that the name breaks.
    pub fn parse(field: &str, text: &str) -> Result<Self, AppError> {
        let name = text.trim().to_ascii_lowercase();
        let invalid = |rule| Err(AppError::invalid(field, rule));
        if name.is_empty() {
            return invalid(ValidationRule::NameEmpty);
        }
        if !name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        {
            return invalid(ValidationRule::NameCharacters);
        }
        if !(Self::MIN_LENGTH..=Self::MAX_LENGTH).contains(&name.len()) {
            return invalid(ValidationRule::NameLength);
        }
        if Self::RESERVED.contains(&name.as_str()) {
            return invalid(ValidationRule::NameReserved);
        }
        Ok(Self(name))
    }

    /// A name from the table, without validation.
    #[must_use]
    pub const fn from_stored(name: String) -> Self {
        Self(name)
    }

    /// The name as a string slice.
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
    fn names_are_trimmed_and_converted_to_lower_case() {
        assert_eq!(
            PlayerName::parse("name", " Ada_1 ")
                .as_ref()
                .map(PlayerName::as_str),
            Ok("ada_1")
        );
    }

    #[test]
    fn invalid_names_are_rejected() {
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
        fn parsed_names_are_valid_and_stable(text in any::<String>()) {
            if let Ok(name) = PlayerName::parse("name", &text) {
                prop_assert_eq!(PlayerName::parse("name", name.as_str()), Ok(name.clone()));
                prop_assert!((PlayerName::MIN_LENGTH..=PlayerName::MAX_LENGTH).contains(&name.as_str().len()));
            }
        }

        /// Covers names with one thing wrong, and those with nothing wrong.
        #[test]
        fn a_name_is_accepted_if_it_follows_the_rules(text in " ?[A-Za-z0-9_-]{0,22}[a-zé .]? ?") {
            let name = text.trim().to_ascii_lowercase();
            let is_valid = (2..=20).contains(&name.len())
                && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_'))
                && name != "tie"
                && name != "computer";
            prop_assert_eq!(PlayerName::parse("name", &text).is_ok(), is_valid);
        }

        #[test]
        fn a_game_id_survives_its_text_and_its_path(uuid in any::<u128>()) {
            let id = GameId::from_uuid(Uuid::from_u128(uuid));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(GameId::from_path(&id.path()), Some(id));
            prop_assert_eq!(GameId::from_path(&id.to_string()), None);
        }

        #[test]
        fn invalid_game_ids_are_no_such_game(
            text in prop_oneof![
                any::<String>(),
                "[{]?[0-9a-fA-F]{7,9}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-fg]{11,13}[}]?",
            ],
        ) {
            match text.parse::<GameId>() {
                Ok(id) => prop_assert_eq!(id.to_string().parse(), Ok(id)),
                Err(error) => prop_assert_eq!(error, AppError::NoSuchGame),
            }
        }
    }
}
