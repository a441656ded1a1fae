//! Registration, log-in, log-out and the lookup of sessions.

use crate::{
    Backend,
    accounts::{Password, Session, SessionKey, SessionToken, StartedSession, VerifiedHash},
    metrics,
    request_context::RequestContext,
    store::players::{AccountWrite, Registration},
};
use domain::{error::AppError, ids::PlayerName};
use jiff::Timestamp;

/// The maximum number of times that a log-in verifies the password, in case other requests replace its hash
/// meanwhile.
const MAX_VERIFICATIONS: u32 = 3;

/// Creates an account and starts a session in place of the one that the request brought.
///
/// # Errors
///
/// [`AppError::InvalidRequest`], [`AppError::NameTaken`], [`AppError::TooBusy`],
/// [`AppError::DatabaseUnavailable`].
pub async fn register(
    backend: &Backend,
    brought: Option<&SessionToken>,
    name: &str,
    password: &str,
) -> Result<StartedSession, AppError> {
    let player = PlayerName::parse("name", name)?;
    let password = Password::parse("password", password)?;
    let hash = backend.passwords.hash(password, &player).await?;
    let brought = brought.map(SessionToken::key);
    let step = async move |backend: Backend| {
        let now = Timestamp::now();
        match backend.store.create_player(&player, &hash, now).await? {
            Registration::Created => metrics::account_created(),
            Registration::NameTaken => return Err(AppError::NameTaken),
        }
        let hash = VerifiedHash::new(hash);
        let started = start_session(&backend, brought, player, &hash, None).await?;
        // The new player has no session yet in which to change the password.
        started.ok_or(AppError::WrongCredentials)
    };
    backend.run_to_completion(step).await
}

/// Starts a session for an existing account, in place of the one that the request brought. Neither the error nor
/// the response time reveals whether the name or the password was wrong.
///
/// # Errors
///
/// [`AppError::WrongCredentials`], [`AppError::TooBusy`], [`AppError::DatabaseUnavailable`].
pub async fn log_in(
    backend: &Backend,
    brought: Option<&SessionToken>,
    name: &str,
    password: &str,
) -> Result<StartedSession, AppError> {
    // An invalid name is replaced by one that does not exist, so that it costs the same lookup.
    let player =
        PlayerName::parse("name", name).unwrap_or_else(|_| PlayerName::from_stored("?".to_owned()));
    let brought = brought.map(SessionToken::key);
    for _ in 0..MAX_VERIFICATIONS {
        let hash = backend.store.password_hash(&player).await?;
        let verified = backend.passwords.verify(password, hash).await?;
        let verified = verified.ok_or(AppError::WrongCredentials)?;
        let new_hash = if verified.is_outdated() {
            Some(backend.passwords.hash_anew(password).await?)
        } else {
            None
        };
        let (brought, player) = (brought.clone(), player.clone());
        let step = async move |backend: Backend| {
            let new_hash = new_hash.as_deref();
            let started = start_session(&backend, brought, player, &verified, new_hash).await?;
            if started.is_some() {
                metrics::logged_in();
            }
            Ok(started)
        };
        if let Some(started) = backend.run_to_completion(step).await? {
            return Ok(started);
        }
        // The password was changed, or another log-in has hashed the same password anew.
    }
    Err(AppError::WrongCredentials)
}

/// Starts a session, and ends the one that the request brought. Returns `None` if the hash is no longer the
/// verified one.
async fn start_session(
    backend: &Backend,
    brought: Option<SessionKey>,
    player: PlayerName,
    verified: &VerifiedHash,
    new_hash: Option<&str>,
) -> Result<Option<StartedSession>, AppError> {
    let started = StartedSession::new(player, Timestamp::now())?;
    let write = backend
        .store
        .start_session(&started.session, verified, new_hash, brought.as_ref())
        .await?;
    if write == AccountWrite::HashChanged {
        return Ok(None);
    }
    if let Some(brought) = brought {
        backend.session_ended(&brought);
    }
    RequestContext::identify_session(&started.session.key);
    Ok(Some(started))
}

/// Ends a session. Its open streams on this instance are closed at once. Does nothing without a token.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`], in which case the session is still valid.
pub async fn log_out(backend: &Backend, token: Option<&SessionToken>) -> Result<(), AppError> {
    let Some(token) = token else {
        return Ok(());
    };
    let key = token.key();
    let step = async move |backend: Backend| {
        backend.store.delete_session(&key).await?;
        backend.session_ended(&key);
        Ok(())
    };
    backend.run_to_completion(step).await
}

/// Returns the session of a token, if it is valid.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn session(
    backend: &Backend,
    token: Option<&SessionToken>,
) -> Result<Option<Session>, AppError> {
    let Some(token) = token else {
        return Ok(None);
    };
    let (key, now) = (token.key(), Timestamp::now());
    let cached = backend.sessions.get(&key);
    metrics::session_looked_up(cached.is_some());
    let session = match cached {
        Some(session) => Some(session).filter(|session| session.expires_at > now),
        None => {
            let session = backend.store.session(&key, now).await?;
            if let Some(session) = &session {
                backend.sessions.insert(session.clone());
            }
            // The session may have ended while the response was on its way.
            session.filter(|_| !backend.sessions.has_ended(&key))
        }
    };
    if session.is_some() {
        RequestContext::identify_session(&key);
    }
    Ok(session)
}
