//! Passwords: the rule for new passwords, and their hashes.

use crate::metrics;
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use domain::error::{AppError, ValidationRule};
use std::{fmt, sync::Arc, time::Instant};
use tokio::sync::Semaphore;

/// A new password of valid length.
pub struct Password(Vec<u8>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// The minimum length, in characters.
    pub const MIN: usize = 8;
    /// The maximum length, in characters.
    pub const MAX: usize = 128;

    /// Checks the length of a new password.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for the field `password`.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let rule = match text.chars().count() {
            0..Self::MIN => ValidationRule::PasswordTooShort,
            Self::MIN..=Self::MAX => return Ok(Self(text.as_bytes().to_vec())),
            _ => ValidationRule::PasswordTooLong,
        };
        Err(AppError::invalid("password", rule))
    }
}

/// A password hasher that uses Argon2id with the recommended parameters: 19 MiB and two passes, see RFC 9106
/// and OWASP's cheat sheet on password storage. Cheap to clone.
///
/// Hashing runs on blocking threads. Only one hash per core is computed at a time, because each needs its
/// own memory.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

/// The hash of a random password with the default parameters. It is verified in place of the hash of an
/// unknown player, so that the response takes the same time.
const UNKNOWN_PLAYER_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$5t5BQMBlxoCynWjJsa0oLw$qWcVxzYjj0zSlVVpXCXYRpDxYuBdLHRu7ZHSdyPMNg0";

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// Creates a hasher that computes one hash per core at a time.
    #[must_use]
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            permits: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Hashes a password with a new salt, and returns the hash as a PHC string.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] if the system provides no memory or no random numbers.
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

    /// Returns true if a password matches a hash, given as a PHC string. `None` stands for an unknown player:
    /// it takes the same time and returns false.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`] if the server is shutting down.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, AppError> {
        let password = password.as_bytes().to_vec();
        self.run(move || {
            let stored = hash.as_deref().unwrap_or(UNKNOWN_PLAYER_HASH);
            let matches = PasswordHash::new(stored).is_ok_and(|stored| {
                Argon2::default()
                    .verify_password(&password, &stored)
                    .is_ok()
            });
            matches && hash.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let shutting_down = AppError::DatabaseUnavailable;
        let requested = Instant::now();
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| shutting_down.clone())?;
        metrics::password_waited(requested.elapsed());
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let started = Instant::now();
            let result = work();
            metrics::password_hashed(started.elapsed());
            result
        })
        .await
        .map_err(|_| shutting_down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verification_for_an_unknown_player_takes_the_same_time() {
        let hash = Argon2::default().hash_password(b"any password");
        let (Ok(hash), Ok(unknown)) = (hash, PasswordHash::new(UNKNOWN_PLAYER_HASH)) else {
            panic!("PHC strings")
        };
        assert_eq!(hash.algorithm, unknown.algorithm);
        assert_eq!(hash.version, unknown.version);
        assert_eq!(hash.params, unknown.params);
        assert_eq!(
            hash.hash.map(|h| h.as_bytes().len()),
            unknown.hash.map(|h| h.as_bytes().len())
        );
    }

    #[tokio::test]
    async fn only_the_right_password_is_accepted() {
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
    fn password_length_is_counted_in_characters() {
        assert!(Password::parse("äöüäöüä").is_err());
        assert!(Password::parse("äöüäöüäö").is_ok());
        assert!(Password::parse(&"x".repeat(128)).is_ok());
        assert!(Password::parse(&"x".repeat(129)).is_err());
    }
}
