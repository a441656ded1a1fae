//! Registration, log-in, log-out and the lookup of sessions.

use crate::{
    Backend,
    accounts::{Password, Session, SessionToken, StartedSession},
    metrics,
    request_context::RequestContext,
    store::players::Registration,
};
use domain::{error::AppError, ids::PlayerName};
use jiff::Timestamp;

/// Creates an account and starts a session.
///
/// # Errors
///
/// [`AppError::InvalidRequest`], [`AppError::NameTaken`], [`AppError::DatabaseUnavailable`].
pub async fn register(
    backend: &Backend,
    name: &str,
    password: &str,
) -> Result<StartedSession, AppError> {
    let player = PlayerName::parse("name", name)?;
    let password = Password::parse(password)?;
    let hash = backend.passwords.hash(password).await?;
    let step = async move |backend: Backend| {
        let now = Timestamp::now();
        match backend.store.create_player(&player, &hash, now).await? {
            Registration::Created => {
                metrics::account_created();
                start_session(&backend, player, now).await
            }
            Registration::NameTaken => Err(AppError::NameTaken),
        }
    };
    backend.run_to_completion(step).await
}

/// Starts a session for an existing account. Neither the error nor the response time reveals whether the
/// name or the password was wrong.
///
/// # Errors
///
/// [`AppError::WrongCredentials`], [`AppError::DatabaseUnavailable`].
pub async fn log_in(
    backend: &Backend,
    name: &str,
    password: &str,
) -> Result<StartedSession, AppError> {
    // An invalid name is replaced by one that does not exist, so that it costs the same lookup.
    let player =
        PlayerName::parse("name", name).unwrap_or_else(|_| PlayerName::from_stored("?".to_owned()));
    let hash = backend.store.password_hash(&player).await?;
    if backend.passwords.verify(password, hash).await? {
        let step = async move |backend: Backend| {
            let session = start_session(&backend, player, Timestamp::now()).await?;
            metrics::logged_in();
            Ok(session)
        };
        backend.run_to_completion(step).await
    } else {
        Err(AppError::WrongCredentials)
    }
}

async fn start_session(
    backend: &Backend,
    player: PlayerName,
    now: Timestamp,
) -> Result<StartedSession, AppError> {
    let started = StartedSession::new(player, now)?;
    backend.store.create_session(&started.session).await?;
    RequestContext::identify_session(&started.session.key);
    Ok(started)
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
