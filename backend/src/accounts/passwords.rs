//! Passwords: the rules for new passwords, and their hashes.

use super::queue::PasswordQueue;
use argon2::{
    ARGON2ID_IDENT, Argon2, Params, PasswordHasher, PasswordVerifier,
    password_hash::phc::PasswordHash,
};
use domain::{
    error::{AppError, ValidationRule},
    ids::PlayerName,
};
use std::fmt;
use zxcvbn::{Score, zxcvbn};

/// A new password of valid length.
pub struct Password {
    /// The API name of the field that contains it.
    field: &'static str,
    text: String,
}

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

    /// Checks the length of a new password. [`Passwords::hash`] checks its strength.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, AppError> {
        let rule = match text.chars().count() {
            0..Self::MIN => ValidationRule::PasswordTooShort,
            Self::MIN..=Self::MAX => {
                let text = text.to_owned();
                return Ok(Self { field, text });
            }
            _ => ValidationRule::PasswordTooLong,
        };
        Err(AppError::invalid(field, rule))
    }

    /// Rejects a password that can be guessed in a million attempts by somebody who knows the player's name and
    /// the application's.
    fn check_strength(&self, player: &PlayerName) -> Result<(), AppError> {
        // zxcvbn examines the first 100 characters, which takes some tens of milliseconds at worst.
        let known = [player.as_str(), "tictactoe", "tic-tac-toe", "dynamodb"];
        if zxcvbn(&self.text, &known).score() < Score::Two {
            let rule = ValidationRule::PasswordGuessable;
            return Err(AppError::invalid(self.field, rule));
        }
        Ok(())
    }
}

/// The hash of a player's password, which the right password was verified against. Writes that depend on the
/// password are conditional on it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedHash {
    phc: String,
    is_outdated: bool,
}

impl fmt::Debug for VerifiedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedHash(…)")
    }
}

impl VerifiedHash {
    /// The hash of a password that the player has just chosen.
    #[must_use]
    pub const fn new(phc: String) -> Self {
        Self {
            phc,
            is_outdated: false,
        }
    }

    /// Returns the hash as a PHC string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.phc
    }

    /// Returns true if the hash was computed with weaker parameters than today's.
    #[must_use]
    pub const fn is_outdated(&self) -> bool {
        self.is_outdated
    }
}

/// A password hasher that uses Argon2id with the recommended parameters: 19 MiB and two passes, see RFC 9106
/// and OWASP's cheat sheet on password storage. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    queue: PasswordQueue,
}

/// The hash of a random password with the default parameters. It is verified in place of the hash of an
/// unknown player, so that the response takes the same time.
const UNKNOWN_PLAYER_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$5t5BQMBlxoCynWjJsa0oLw$qWcVxzYjj0zSlVVpXCXYRpDxYuBdLHRu7ZHSdyPMNg0";

impl Passwords {
    /// Checks the strength of a new password, hashes it with a new salt, and returns the hash as a PHC string.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for a password that is easy to guess. [`AppError::TooBusy`] if too many
    /// passwords wait. [`AppError::DatabaseUnavailable`] if the system provides no memory or no random numbers.
    pub async fn hash(&self, password: Password, player: &PlayerName) -> Result<String, AppError> {
        let player = player.clone();
        self.queue
            .run(move || {
                password.check_strength(&player)?;
                hash(&password.text)
            })
            .await?
    }

    /// Hashes a verified password with today's parameters.
    ///
    /// # Errors
    ///
    /// As [`Self::hash`].
    pub async fn hash_anew(&self, password: &str) -> Result<String, AppError> {
        let password = password.to_owned();
        self.queue.run(move || hash(&password)).await?
    }

    /// Verifies a password against a hash, given as a PHC string. Returns the hash if they match. `None` stands
    /// for an unknown player: it takes the same time and never matches.
    ///
    /// # Errors
    ///
    /// [`AppError::TooBusy`] if too many passwords wait. [`AppError::DatabaseUnavailable`] if the server is
    /// shutting down.
    pub async fn verify(
        &self,
        password: &str,
        hash: Option<String>,
    ) -> Result<Option<VerifiedHash>, AppError> {
        let password = password.as_bytes().to_vec();
        self.queue
            .run(move || {
                let stored = hash.as_deref().unwrap_or(UNKNOWN_PLAYER_HASH);
                let parsed = PasswordHash::new(stored).ok()?;
                Argon2::default().verify_password(&password, &parsed).ok()?;
                let is_outdated = is_outdated(&parsed);
                hash.map(|phc| VerifiedHash { phc, is_outdated })
            })
            .await
    }
}

/// Hashes a password with a new salt, and returns the hash as a PHC string.
fn hash(password: &str) -> Result<String, AppError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        AppError::DatabaseUnavailable
    })
}

/// Returns true if a hash was computed with less memory, fewer passes or another algorithm than today's.
fn is_outdated(hash: &PasswordHash) -> bool {
    let today = Params::default();
    let is_weaker =
        |params: Params| params.m_cost() < today.m_cost() || params.t_cost() < today.t_cost();
    hash.algorithm != ARGON2ID_IDENT || Params::try_from(hash).is_ok_and(is_weaker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> PlayerName {
        PlayerName::from_stored("ada".to_owned())
    }

    fn password(text: &str) -> Password {
        let Ok(password) = Password::parse("new", text) else {
            panic!("a valid length")
        };
        password
    }

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
        let passwords = Passwords::default();
        let Ok(hash) = passwords.hash(password("correct horse"), &ada()).await else {
            panic!("strong enough")
        };
        let verified = passwords.verify("correct horse", Some(hash.clone())).await;
        assert_eq!(verified, Ok(Some(VerifiedHash::new(hash.clone()))));
        assert_eq!(passwords.verify("wrong horse", Some(hash)).await, Ok(None));
        assert_eq!(passwords.verify("correct horse", None).await, Ok(None));
    }

    #[tokio::test]
    async fn passwords_that_are_easy_to_guess_are_rejected() {
        let passwords = Passwords::default();
        let name = PlayerName::from_stored("zqxjkvwpf".to_owned());
        let rejected = Err(AppError::invalid("new", ValidationRule::PasswordGuessable));
        for guessable in [
            "password",
            "12345678",
            "qwertyui",
            "TicTacToe1",
            "zqxjkvwpf1",
        ] {
            let hash = passwords.hash(password(guessable), &name).await;
            assert_eq!(hash, rejected, "{guessable}");
        }
        // The same text is no guess for another player.
        assert!(passwords.hash(password("zqxjkvwpf1"), &ada()).await.is_ok());
    }

    #[tokio::test]
    async fn a_hash_with_weaker_parameters_is_outdated() {
        let weaker = Params::new(8192, 1, 1, None).map(|params| {
            let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
            argon2.hash_password(b"correct horse")
        });
        let Ok(Ok(weaker)) = weaker else {
            panic!("valid parameters")
        };
        let passwords = Passwords::default();
        let weaker = Some(weaker.to_string());
        let verified = passwords.verify("correct horse", weaker).await;
        assert!(verified.is_ok_and(|hash| hash.is_some_and(|hash| hash.is_outdated())));
    }

    #[test]
    fn password_length_is_counted_in_characters() {
        assert!(Password::parse("password", "äöüäöüä").is_err());
        assert!(Password::parse("password", "äöüäöüäö").is_ok());
        assert!(Password::parse("password", &"x".repeat(128)).is_ok());
        assert!(Password::parse("password", &"x".repeat(129)).is_err());
    }
}
