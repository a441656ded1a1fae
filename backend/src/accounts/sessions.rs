//! Sessions and their tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{error::AppError, ids::PlayerName};
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// The lifetime of a session, in days.
pub const SESSION_DAYS: i64 = 30;

/// The secret of a session: a random 256-bit number that only the browser holds. The table stores its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    fn random() -> Result<Self, AppError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            tracing::error!(%error, "the system provides no random numbers");
            AppError::DatabaseUnavailable
        })?;
        Ok(Self(bytes))
    }

    /// Parses the text of a cookie. Returns `None` if it is not a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Returns the token as the text of a cookie.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Returns the key of the session in the table.
    #[must_use]
    pub fn id(&self) -> SessionId {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.0) {
            // Writing to a string can't fail.
            let _ = write!(hex, "{byte:02x}");
        }
        SessionId(hex)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The key of a session in the table: the SHA-256 of its token, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// The id with this stored key.
    #[must_use]
    pub const fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// Returns the key, 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session that has just started.
#[derive(Debug)]
pub struct StartedSession {
    /// The token, which only the browser may see.
    pub token: SessionToken,
    /// The player who logged in.
    pub player: PlayerName,
    /// The time at which the session expires.
    pub expires_at: Timestamp,
}

impl StartedSession {
    /// Creates a session of `player` that starts `now`.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] if the system provides no random numbers.
    pub fn new(player: PlayerName, now: Timestamp) -> Result<Self, AppError> {
        Ok(Self {
            token: SessionToken::random()?,
            player,
            expires_at: now
                .checked_add((SESSION_DAYS * 24).hours())
                .unwrap_or(Timestamp::MAX),
        })
    }
}

/// A valid session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The key of the session in the table.
    pub id: SessionId,
    /// The player who is logged in.
    pub player: PlayerName,
    /// The time at which the session expires.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_round_trips_and_stays_secret() {
        let Ok(token) = SessionToken::random() else {
            panic!("random numbers")
        };
        assert_eq!(SessionToken::parse(&token.reveal()), Some(token.clone()));
        assert_eq!(token.id().as_str().len(), 64);
        assert!(!format!("{token:?}").contains(&token.reveal()));
        assert_eq!(SessionToken::parse("short"), None);
    }
}
