//! The errors that people and API clients see.

use crate::{ids::GameId, rules::UnknownSquare};
use serde::{Deserialize, Serialize};

/// An error for the client: a stable [`code`](AppError::code), an HTTP [`status`](AppError::status) and
/// one sentence (its `Display`) that says what to do next.
///
/// It is the only error type on the wire. The server logs the causes and never sends them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppError {
    /// The request body is not valid JSON, UTF-8 or form data.
    #[error("The request is malformed; check its format and send it again.")]
    MalformedRequest,
    /// The request has no session, or the session has ended.
    #[error("You are not logged in; log in and try again.")]
    NotLoggedIn,
    /// Unknown player or wrong password. The error does not reveal which.
    #[error("The name or the password is wrong; try again, or create an account.")]
    WrongCredentials,
    /// The player is not allowed to do this, such as a host who accepts their own invitation.
    #[error("This is reserved for another player; you can watch this game.")]
    NotYourGame,
    /// The browser sent the request on behalf of another website.
    #[error("The request came from another website and was rejected; use this site's own pages.")]
    CrossSite,
    /// The account with this name was deleted.
    #[error("Player not found; check the name, or choose another player.")]
    NoSuchPlayer,
    /// The browser or client used plain HTTP, and the public address is https.
    #[error(
        "The connection is not encrypted; use the https address, and change a password that was sent."
    )]
    HttpsRequired,
    /// The request names a host that this server does not believe in.
    #[error(
        "This server is not known by that host name; use its IP address, or start it with --public-url."
    )]
    UnknownHost,
    /// No game has this id, or the game was deleted.
    #[error("Game not found; go back to your games.")]
    NoSuchGame,
    /// The path does not exist.
    #[error("Page not found; check the address, or start from the home page.")]
    NotFound,
    /// The path does not support the method of the request.
    #[error("The address does not support this method; see the API description.")]
    MethodNotAllowed,
    /// Another player has that name.
    #[error("That name is taken; choose another, or log in if it is yours.")]
    NameTaken,
    /// The invitation has already been accepted.
    #[error("The invitation has already been accepted; open the game to play.")]
    NotPending,
    /// A move in a pending or finished game.
    #[error("This game is not in progress; start a new one to play.")]
    GameNotInProgress,
    /// A move by the player who is not in turn.
    #[error("It is not your turn; wait for the other player's move.")]
    NotYourTurn,
    /// A move on a square that already has a mark.
    #[error("That square is taken; choose an empty one.")]
    SquareTaken,
    /// A move on an outdated board: its `ply` is not the current one.
    #[error("The board has changed since you saw it; check it and move again.")]
    StaleBoard,
    /// A request body over 16 KB.
    #[error("The request is too large; send at most 16 KB.")]
    TooLarge,
    /// A request body with an unexpected content type.
    #[error("The request's content type is not supported; send JSON as application/json.")]
    UnsupportedMediaType,
    /// A field with an invalid value.
    #[error("{rule}")]
    InvalidRequest {
        /// The API name of the invalid field, empty if the whole request is invalid.
        field: String,
        /// The rule that the value breaks.
        rule: ValidationRule,
    },
    /// Too many requests from one IP address.
    #[error("Too many requests; wait {retry_after} seconds and try again.")]
    TooManyRequests {
        /// The seconds until the next attempt can succeed.
        retry_after: u64,
    },
    /// The item in the table does not describe a valid game.
    #[error("Game {game_id} is damaged and can't be shown; report this game id.")]
    CorruptGame {
        /// The id of the damaged game.
        game_id: GameId,
    },
    /// The database did not respond in time or is not reachable.
    #[error("The database can't be reached; nothing is lost, so try again in a few seconds.")]
    DatabaseUnavailable,
    /// Too many passwords wait to be verified.
    #[error("The server is busy with other log-ins; try again in a few seconds.")]
    TooBusy,
    /// The browser received no response. The server never sends this error.
    #[error("The server can't be reached; check your connection and try again.")]
    ServerUnreachable,
}

/// A validation rule for a field of a request.
///
/// An enumeration rather than a string, because forms without WebAssembly return errors in the URL. A
/// string there would let any link display any sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ValidationRule {
    /// The field is missing or has the wrong type.
    #[error("A field is missing or has the wrong type; see the API description.")]
    FieldType,
    /// The name is empty.
    #[error("Enter a player name.")]
    NameEmpty,
    /// The name contains characters that are not allowed.
    #[error("Use only the letters a to z, digits, \"-\" and \"_\" in a player name.")]
    NameCharacters,
    /// The name is too short or too long.
    #[error("Use 2 to 20 characters for a player name.")]
    NameLength,
    /// The name is reserved.
    #[error("That name is reserved; choose another player name.")]
    NameReserved,
    /// The password has fewer than 8 characters.
    #[error("Use at least 8 characters for the password.")]
    PasswordTooShort,
    /// The password has more than 128 characters.
    #[error("Use at most 128 characters for the password.")]
    PasswordTooLong,
    /// The password is easy to guess.
    #[error("That password is easy to guess; choose a longer or less common one.")]
    PasswordGuessable,
    /// The player invited themselves.
    #[error("You can't invite yourself; enter another player's name.")]
    SelfInvitation,
    /// The `game_id` chosen by the client is not a UUID.
    #[error("The game id must be a UUID; generate a new one.")]
    GameIdFormat,
    /// Another game has the `game_id` chosen by the client.
    #[error("The game id is already used by another game; generate a new one.")]
    GameIdTaken,
    /// The square does not exist.
    #[error("Unknown square; choose one of the nine on the board.")]
    UnknownSquare,
    /// The cursor was not issued by this API.
    #[error("The cursor is invalid; start again from the first page.")]
    UnknownCursor,
}

impl AppError {
    /// The seconds for `Retry-After` while the database is unavailable.
    pub const DATABASE_RETRY_AFTER: u64 = 2;

    /// The seconds for `Retry-After` while too many passwords wait to be verified.
    pub const BUSY_RETRY_AFTER: u64 = 2;

    /// An [`AppError::InvalidRequest`] for `field`, an API name.
    #[must_use]
    pub fn invalid(field: &str, rule: ValidationRule) -> Self {
        Self::InvalidRequest {
            field: field.to_owned(),
            rule,
        }
    }

    /// The stable code of the error, equal to the tag of its serialised form.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code_and_status().0
    }

    /// The HTTP status of the response.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code_and_status().1
    }

    /// The seconds for a `Retry-After` header, or `None` if a retry would not help.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after } => Some(*retry_after),
            Self::DatabaseUnavailable => Some(Self::DATABASE_RETRY_AFTER),
            Self::TooBusy => Some(Self::BUSY_RETRY_AFTER),
            _ => None,
        }
    }

    const fn code_and_status(&self) -> (&'static str, u16) {
        match self {
            Self::MalformedRequest => ("malformed_request", 400),
            Self::NotLoggedIn => ("not_logged_in", 401),
            Self::WrongCredentials => ("wrong_credentials", 401),
            Self::NotYourGame => ("not_your_game", 403),
            Self::CrossSite => ("cross_site", 403),
            Self::HttpsRequired => ("https_required", 403),
            Self::UnknownHost => ("unknown_host", 421),
            Self::NoSuchGame => ("no_such_game", 404),
            Self::NoSuchPlayer => ("no_such_player", 404),
            Self::NotFound => ("not_found", 404),
            Self::MethodNotAllowed => ("method_not_allowed", 405),
            Self::NameTaken => ("name_taken", 409),
            Self::NotPending => ("not_pending", 409),
            Self::GameNotInProgress => ("game_not_in_progress", 409),
            Self::NotYourTurn => ("not_your_turn", 409),
            Self::SquareTaken => ("square_taken", 409),
            Self::StaleBoard => ("stale_board", 409),
            Self::TooLarge => ("too_large", 413),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415),
            Self::InvalidRequest { .. } => ("invalid_request", 422),
            Self::TooManyRequests { .. } => ("too_many_requests", 429),
            Self::CorruptGame { .. } => ("corrupt_game", 500),
            Self::DatabaseUnavailable => ("database_unavailable", 503),
            Self::TooBusy => ("too_busy", 503),
            Self::ServerUnreachable => ("server_unreachable", 503),
        }
    }
}

impl From<UnknownSquare> for AppError {
    fn from(_: UnknownSquare) -> Self {
        Self::invalid("square", ValidationRule::UnknownSquare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All errors without fields.
    const PLAIN: [AppError; 22] = [
        AppError::MalformedRequest,
        AppError::NotLoggedIn,
        AppError::WrongCredentials,
        AppError::NotYourGame,
        AppError::CrossSite,
        AppError::HttpsRequired,
        AppError::UnknownHost,
        AppError::NoSuchGame,
        AppError::NoSuchPlayer,
        AppError::NotFound,
        AppError::MethodNotAllowed,
        AppError::NameTaken,
        AppError::NotPending,
        AppError::GameNotInProgress,
        AppError::NotYourTurn,
        AppError::SquareTaken,
        AppError::StaleBoard,
        AppError::TooLarge,
        AppError::UnsupportedMediaType,
        AppError::DatabaseUnavailable,
        AppError::TooBusy,
        AppError::ServerUnreachable,
    ];

    #[test]
    fn the_code_is_the_tag_of_the_serialised_form() {
        let game_id = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11".parse();
        let Ok(game_id) = game_id else {
            panic!("a UUID")
        };
        let others = [
            AppError::invalid("name", ValidationRule::NameLength),
            AppError::TooManyRequests { retry_after: 3 },
            AppError::CorruptGame { game_id },
        ];
        for error in PLAIN.into_iter().chain(others) {
            let json = serde_json::to_value(&error).unwrap_or_default();
            assert_eq!(json["code"], error.code());
            assert_eq!(serde_json::from_value::<AppError>(json).ok(), Some(error));
        }
    }
}
