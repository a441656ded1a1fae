//! Sessions and their tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{error::AppError, ids::PlayerName};
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// The lifetime of a session, in days.
pub const SESSION_DAYS: i64 = 30;

/// The content of the session cookie: the player's name and a random 256-bit secret that only the browser holds.
/// The table stores the hash of the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    player: PlayerName,
    secret: [u8; 32],
}

impl SessionToken {
    fn random(player: PlayerName) -> Result<Self, AppError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| {
            tracing::error!(%error, "the system provides no random numbers");
            AppError::DatabaseUnavailable
        })?;
        Ok(Self { player, secret })
    }

    /// Parses the text of a cookie, `{name}.{secret}`. Returns `None` if it is not a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, secret) = text.split_once('.')?;
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?;
        Some(Self {
            player: PlayerName::parse("name", name).ok()?,
            secret: secret.try_into().ok()?,
        })
    }

    /// Returns the token as the text of a cookie.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}", self.player, URL_SAFE_NO_PAD.encode(self.secret))
    }

    /// Returns the key of the session in the table.
    #[must_use]
    pub fn key(&self) -> SessionKey {
        let mut id = String::with_capacity(64);
        for byte in Sha256::digest(self.secret) {
            // Writing to a string can't fail.
            let _ = write!(id, "{byte:02x}");
        }
        SessionKey {
            player: self.player.clone(),
            id,
        }
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The primary key of a session in the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// The partition key: the player who is logged in.
    pub player: PlayerName,
    /// The sort key: the SHA-256 of the token's secret, in hexadecimal.
    pub id: String,
}

/// A session that has just started.
#[derive(Debug)]
pub struct StartedSession {
    /// The token, which only the browser may see.
    pub token: SessionToken,
    /// The session of the token.
    pub session: Session,
}

impl StartedSession {
    /// Creates a session of `player` that starts `now`.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] if the system provides no random numbers.
    pub fn new(player: PlayerName, now: Timestamp) -> Result<Self, AppError> {
        let token = SessionToken::random(player)?;
        let session = Session {
            key: token.key(),
            expires_at: now
                .checked_add((SESSION_DAYS * 24).hours())
                .unwrap_or(Timestamp::MAX),
        };
        Ok(Self { token, session })
    }
}

/// A valid session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The key of the session in the table, which names the player.
    pub key: SessionKey,
    /// The time at which the session expires.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_causes_a_panic(
            text in prop_oneof![
                any::<String>(),
                "[a-zA-Z_é]{0,21}[.]?[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048x=]{0,2}[.]?",
            ],
        ) {
            if let Some(token) = SessionToken::parse(&text) {
                prop_assert_eq!(SessionToken::parse(&token.reveal()), Some(token));
            }
        }

        #[test]
        fn a_token_survives_its_text(name in "[a-z]{2}-[a-z0-9_-]{0,17}", secret in any::<[u8; 32]>()) {
            let player = PlayerName::parse("name", &name).expect("a name");
            let token = SessionToken { player, secret };
            prop_assert_eq!(SessionToken::parse(&token.reveal()), Some(token));
        }
    }

    #[test]
    fn a_token_round_trips_and_stays_secret() {
        let player = PlayerName::from_stored("ada".to_owned());
        let Ok(token) = SessionToken::random(player.clone()) else {
            panic!("random numbers")
        };
        let text = token.reveal();
        assert!(text.starts_with("ada."));
        assert_eq!(SessionToken::parse(&text), Some(token.clone()));
        assert_eq!(token.key().player, player);
        assert_eq!(token.key().id.len(), 64);
        assert!(!format!("{token:?}").contains(&text));
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let secret = URL_SAFE_NO_PAD.encode([7; 32]);
        for text in ["", ".", "ada.", "short", "ada.short", &secret] {
            assert_eq!(SessionToken::parse(text), None, "{text}");
        }
        for name in ["", "x", "tie", "a.b", "Zoë"] {
            assert_eq!(SessionToken::parse(&format!("{name}.{secret}")), None);
        }
    }
}
