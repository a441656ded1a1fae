//! Everything that can go wrong, as people and programs are told of it.

use crate::ids::GameId;
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// What went wrong: a stable [`code`](AppError::code), an HTTP [`status`](AppError::status) and one
/// sentence (its `Display`) that says what to do next.
///
/// It is the only error that crosses the wire. Causes are logged where they happen and never sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case", try_from = "Fields")]
pub enum AppError {
    /// The request could not be read: not JSON, not UTF-8, not a form.
    #[error("The request could not be read; check its format and send it again.")]
    MalformedRequest,
    /// No session, or one that has ended.
    #[error("You are not logged in; log in and try again.")]
    NotLoggedIn,
    /// No such player, or another password: which of the two is not told.
    #[error("The name or the password is wrong; try again, or create an account.")]
    WrongCredentials,
    /// Somebody other than the one entitled.
    #[error("Only the player concerned can do that; you can watch this game.")]
    NotYourGame,
    /// A request that another web site made the browser send.
    #[error("This request came from another web site and was refused; use this site's own pages.")]
    CrossSite,
    /// No game has this id, or no longer.
    #[error("There is no such game any more; go back to your games.")]
    NoSuchGame,
    /// No such address.
    #[error("There is nothing at this address; check it, or start from the home page.")]
    NotFound,
    /// The address exists, the method does not.
    #[error("This address does not take that method; see the API's description.")]
    MethodNotAllowed,
    /// Somebody has that name.
    #[error("That name is taken; choose another, or log in if it is yours.")]
    NameTaken,
    /// The invitation has been accepted already.
    #[error("This invitation has been accepted already; open the game to play.")]
    NotPending,
    /// A move in a game that has not begun or is over.
    #[error("This game is not in progress, so no move can be made in it.")]
    GameNotInProgress,
    /// A move of the player who is not in turn.
    #[error("It is not your turn; wait for the other player's move.")]
    NotYourTurn,
    /// A move on a square that has a mark.
    #[error("That square is taken; choose an empty one.")]
    SquareTaken,
    /// The board has changed since the player looked at it.
    #[error("The board has changed since you saw it; look at it again and move.")]
    StaleBoard,
    /// A body over 16 KB.
    #[error("The request is too large; send at most 16 KB.")]
    TooLarge,
    /// A body of another type than the one expected.
    #[error("The request's content type is not supported; send JSON as application/json.")]
    UnsupportedMediaType,
    /// A value that is not allowed.
    #[error("{rule}")]
    InvalidRequest {
        /// The field at fault, as the API names it; empty where it is the request as a whole.
        field: String,
        /// The rule it breaks.
        rule: Rule,
    },
    /// Too many requests from one address.
    #[error("That was too fast; wait {retry_after} seconds and try again.")]
    TooManyRequests {
        /// Seconds until the next attempt can succeed.
        retry_after: u64,
    },
    /// An item of the table that makes no sense.
    #[error("The record of game {game_id} is damaged and can't be shown; report this game id.")]
    CorruptGame {
        /// Which one.
        game_id: GameId,
    },
    /// The database did not answer, or not in time.
    #[error(
        "The game's database can't be reached at the moment; nothing is lost, try again in a few seconds."
    )]
    DatabaseUnavailable,
    /// The browser got no answer from the server. Never sent by the server.
    #[error("The server can't be reached; check your connection and try again.")]
    ServerUnreachable,
}

/// What a value may be. An enumeration and not a text, because errors also come back in addresses
/// (forms without WebAssembly), where anybody could write any sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A field is missing or of the wrong type.
    #[error("A field is missing or of the wrong type; see the API's description.")]
    Shape,
    /// No name at all.
    #[error("Enter a player name.")]
    NameEmpty,
    /// Characters that a name can't have.
    #[error("Use only letters a to z, digits, \"-\" and \"_\" in a player name.")]
    NameCharacters,
    /// Too short or too long a name.
    #[error("Use 2 to 20 characters for a player name.")]
    NameLength,
    /// A name with a meaning of its own.
    #[error("That name is reserved; choose another player name.")]
    NameReserved,
    /// A password under 8 characters.
    #[error("Use at least 8 characters for the password.")]
    PasswordTooShort,
    /// A password over 128 characters.
    #[error("Use at most 128 characters for the password.")]
    PasswordTooLong,
    /// An invitation to oneself.
    #[error("You can't invite yourself; enter another player's name.")]
    InvitedOneself,
    /// A client's `game_id` that is no UUID.
    #[error("A game id must be a UUID; make a new one.")]
    GameIdFormat,
    /// A client's `game_id` that another game has.
    #[error("Another game has that id; make a new one.")]
    GameIdTaken,
    /// No such square.
    #[error("There is no such square; choose one of the nine on the board.")]
    UnknownSquare,
    /// A cursor that this API did not give out.
    #[error("That place in the list is not known; start again from the first page.")]
    UnknownCursor,
}

impl AppError {
    /// Seconds after which a request refused for want of the database may be repeated.
    pub const DATABASE_RETRY_AFTER: u64 = 2;

    /// The errors that are no more than a code.
    const PLAIN: [Self; 18] = [
        Self::MalformedRequest,
        Self::NotLoggedIn,
        Self::WrongCredentials,
        Self::NotYourGame,
        Self::CrossSite,
        Self::NoSuchGame,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NameTaken,
        Self::NotPending,
        Self::GameNotInProgress,
        Self::NotYourTurn,
        Self::SquareTaken,
        Self::StaleBoard,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::DatabaseUnavailable,
        Self::ServerUnreachable,
    ];

    /// An [`AppError::InvalidRequest`].
    #[must_use]
    pub fn invalid(field: &str, rule: Rule) -> Self {
        Self::InvalidRequest {
            field: field.to_owned(),
            rule,
        }
    }

    /// The stable name of the error, the same as in its serialised form.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code_and_status().0
    }

    /// The HTTP status it is answered with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code_and_status().1
    }

    /// Seconds for a `Retry-After` header, where trying again can help.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after } => Some(*retry_after),
            Self::DatabaseUnavailable => Some(Self::DATABASE_RETRY_AFTER),
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
            Self::NoSuchGame => ("no_such_game", 404),
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
            Self::ServerUnreachable => ("server_unreachable", 503),
        }
    }
}

/// What an error is read from. Serde's own way to read tagged enumerations keeps values until it knows
/// what they are, and so brings the browser a second reader of everything.
#[derive(Deserialize)]
struct Fields {
    code: String,
    field: Option<String>,
    rule: Option<Rule>,
    retry_after: Option<u64>,
    game_id: Option<GameId>,
}

impl TryFrom<Fields> for AppError {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, &'static str> {
        let Fields {
            code,
            field,
            rule,
            retry_after,
            game_id,
        } = fields;
        if let Some(error) = Self::PLAIN.into_iter().find(|error| error.code() == code) {
            return Ok(error);
        }
        let error = match (field, rule, retry_after, game_id) {
            (Some(field), Some(rule), ..) => Self::InvalidRequest { field, rule },
            (.., Some(retry_after), _) => Self::TooManyRequests { retry_after },
            (.., Some(game_id)) => Self::CorruptGame { game_id },
            _ => return Err("no such error"),
        };
        if error.code() == code {
            Ok(error)
        } else {
            Err("another error's fields")
        }
    }
}

/// What Leptos itself reports of a server function that was not reached or not understood.
impl FromServerFnError for AppError {
    type Encoder = crate::json::JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Self::MalformedRequest,
            _ => Self::ServerUnreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_tag_of_the_serialised_form() {
        let game_id = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11".parse();
        let Ok(game_id) = game_id else {
            panic!("a UUID")
        };
        let others = [
            AppError::invalid("name", Rule::NameLength),
            AppError::TooManyRequests { retry_after: 3 },
            AppError::CorruptGame { game_id },
        ];
        for error in AppError::PLAIN.into_iter().chain(others) {
            let json = serde_json::to_value(&error).unwrap_or_default();
            assert_eq!(json["code"], error.code());
            assert_eq!(serde_json::from_value::<AppError>(json).ok(), Some(error));
        }
    }
}
