//! Passwords and sessions: what is secret, how it is kept, and for how long.

use super::metrics;
use crate::{
    error::{AppError, Rule},
    ids::PlayerName,
};
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{Timestamp, ToSpan};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use std::{
    fmt::{self, Write},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// How long a session lasts.
pub const SESSION_DAYS: i64 = 30;

/// How long an instance believes that a session it has seen is still there. A log-out elsewhere
/// takes effect here within this time.
const SESSION_CACHE: Duration = Duration::from_secs(10);

/// For so long the end of a session is remembered: longer than any request to the table takes.
const ENDED_SESSIONS: Duration = Duration::from_secs(60);

/// A random 256-bit number that only the browser holds. The table has its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    fn random() -> Result<Self, AppError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| {
            tracing::error!(%error, "the system has no random numbers");
            AppError::DatabaseUnavailable
        })?;
        Ok(Self(bytes))
    }

    /// Reads the text of a cookie; `None` if it can't be a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The text for a cookie.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The key of the session in the table.
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

/// The SHA-256 of a token, in hexadecimal: a session's key in the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// As the table has it.
    #[must_use]
    pub const fn recorded(key: String) -> Self {
        Self(key)
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session that has just begun.
#[derive(Debug)]
pub struct StartedSession {
    /// For the browser, and nobody else.
    pub token: SessionToken,
    /// Who logged in.
    pub player: PlayerName,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl StartedSession {
    /// A session of `player` that begins `now`.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] when the system gives no random numbers.
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

/// A session that is valid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its key in the table.
    pub id: SessionId,
    /// Who is logged in.
    pub player: PlayerName,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// The sessions that this instance has seen in the last seconds, and those that have ended lately: an
/// answer of the table that was long on its way must not bring one of these back.
#[derive(Clone)]
pub struct SessionCache {
    seen: Cache<SessionId, Session>,
    ended: Cache<SessionId, ()>,
}

impl SessionCache {
    pub(super) fn new() -> Self {
        Self {
            seen: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(SESSION_CACHE)
                .build(),
            ended: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(ENDED_SESSIONS)
                .build(),
        }
    }

    /// A session seen lately.
    #[must_use]
    pub fn get(&self, id: &SessionId) -> Option<Session> {
        self.seen.get(id).filter(|_| !self.has_ended(id))
    }

    /// Remembers one that was found in the table.
    pub fn insert(&self, session: Session) {
        self.seen.insert(session.id.clone(), session);
    }

    /// Remembers that one has ended.
    pub fn end(&self, id: &SessionId) {
        self.ended.insert(id.clone(), ());
        self.seen.invalidate(id);
    }

    /// Whether one is known to have ended.
    #[must_use]
    pub fn has_ended(&self, id: &SessionId) -> bool {
        self.ended.contains_key(id)
    }
}

/// A password that is long enough and not too long.
pub struct Password(Vec<u8>);

impl Password {
    /// The fewest characters.
    pub const MIN: usize = 8;
    /// The most characters.
    pub const MAX: usize = 128;

    /// Checks the length, in characters.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for the field `password`.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let rule = match text.chars().count() {
            0..Self::MIN => Rule::PasswordTooShort,
            Self::MIN..=Self::MAX => return Ok(Self(text.as_bytes().to_vec())),
            _ => Rule::PasswordTooLong,
        };
        Err(AppError::invalid("password", rule))
    }
}

/// Hashes passwords with Argon2id and its recommended parameters (19 MiB, two passes: RFC 9106 and
/// OWASP's cheat sheet on password storage), away from the async threads and only as many at once
/// as there are cores: each takes its memory.
#[derive(Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
}

/// Verified when there is no such player, so that it takes the same time. The hash of a random
/// password with the default parameters.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$5t5BQMBlxoCynWjJsa0oLw$qWcVxzYjj0zSlVVpXCXYRpDxYuBdLHRu7ZHSdyPMNg0";

impl Passwords {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            at_once: Arc::new(Semaphore::new(cores)),
        }
    }

    /// The hash of a password with a new salt, as a PHC string.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] when the system gives no memory or no random numbers.
    pub async fn hash(&self, password: Password) -> Result<String, AppError> {
        self.run(move || {
            Argon2::default()
                .hash_password(&password.0)
                .map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            AppError::DatabaseUnavailable
        })
    }

    /// Whether a password is the one of a PHC string; without one (no such player) it takes as long
    /// and the answer is no.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] when the server is about to stop.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, AppError> {
        let password = password.as_bytes().to_vec();
        self.run(move || {
            let stored = hash.as_deref().unwrap_or(NOBODYS_HASH);
            let right = PasswordHash::new(stored).is_ok_and(|stored| {
                Argon2::default()
                    .verify_password(&password, &stored)
                    .is_ok()
            });
            right && hash.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let stopping = AppError::DatabaseUnavailable;
        let asked = Instant::now();
        let permit = Arc::clone(&self.at_once)
            .acquire_owned()
            .await
            .map_err(|_| stopping.clone())?;
        metrics::password_waited(asked.elapsed());
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let began = Instant::now();
            let done = work();
            metrics::password_hashed(began.elapsed());
            done
        })
        .await
        .map_err(|_| stopping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_its_id_does_not_show_it() {
        let Ok(token) = SessionToken::random() else {
            panic!("random numbers")
        };
        assert_eq!(SessionToken::parse(&token.reveal()), Some(token.clone()));
        assert_eq!(token.id().as_str().len(), 64);
        assert!(!format!("{token:?}").contains(&token.reveal()));
        assert_eq!(SessionToken::parse("short"), None);
    }

    #[test]
    fn the_hash_of_nobody_costs_the_same_as_any_other() {
        let hash = Argon2::default().hash_password(b"any password");
        let (Ok(hash), Ok(nobody)) = (hash, PasswordHash::new(NOBODYS_HASH)) else {
            panic!("PHC strings")
        };
        assert_eq!(hash.algorithm, nobody.algorithm);
        assert_eq!(hash.version, nobody.version);
        assert_eq!(hash.params, nobody.params);
        assert_eq!(
            hash.hash.map(|h| h.as_bytes().len()),
            nobody.hash.map(|h| h.as_bytes().len())
        );
    }

    #[tokio::test]
    async fn a_password_is_recognised_and_another_is_not() {
        let passwords = Passwords::new();
        let Ok(password) = Password::parse("correct horse") else {
            panic!("long enough")
        };
        let hash = passwords.hash(password).await.ok();
        assert_eq!(
            passwords.verify("correct horse", hash.clone()).await,
            Ok(true)
        );
        assert_eq!(passwords.verify("wrong horse", hash).await, Ok(false));
        assert_eq!(passwords.verify("correct horse", None).await, Ok(false));
    }

    #[test]
    fn password_lengths_are_counted_in_characters() {
        assert!(Password::parse("äöüäöüä").is_err());
        assert!(Password::parse("äöüäöüäö").is_ok());
        assert!(Password::parse(&"x".repeat(128)).is_ok());
        assert!(Password::parse(&"x".repeat(129)).is_err());
    }
}
