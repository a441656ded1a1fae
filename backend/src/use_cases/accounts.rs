//! Registration, log-in, log-out and the lookup of sessions.

use crate::{
    Backend,
    accounts::{Password, Session, SessionKey, SessionToken, StartedSession, VerifiedHash},
    audit,
    limits::ClientAddress,
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
            Registration::Created => audit::account_created(&player),
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
/// [`AppError::WrongCredentials`], [`AppError::TooManyRequests`] if too many others try the same name,
/// [`AppError::TooBusy`], [`AppError::DatabaseUnavailable`].
pub async fn log_in(
    backend: &Backend,
    brought: Option<&SessionToken>,
    name: &str,
    password: &str,
    from: ClientAddress,
) -> Result<StartedSession, AppError> {
    let player = PlayerName::parse("name", name);
    if let (Some(limits), Ok(player)) = (&backend.limits, &player) {
        limits.log_in_turn(player, from).await?;
    }
    // An invalid name is replaced by one that does not exist, so that it costs the same lookup.
    let player = player.unwrap_or_else(|_| PlayerName::from_stored("?".to_owned()));
    let brought = brought.map(SessionToken::key);
    for _ in 0..MAX_VERIFICATIONS {
        let hash = backend.store.password_hash(&player).await?;
        let has_account = hash.is_some();
        let Some(verified) = backend.passwords.verify(password, hash).await? else {
            audit::log_in_failed(has_account.then_some(&player));
            return Err(AppError::WrongCredentials);
        };
        let new_hash = if verified.is_outdated() {
            Some(backend.passwords.hash_anew(password).await?)
        } else {
            None
        };
        let (brought, player) = (brought.clone(), player.clone());
        let step = async move |backend: Backend| {
            let (new_hash, name) = (new_hash.as_deref(), player.clone());
            let started = start_session(&backend, brought, name, &verified, new_hash).await?;
            if started.is_some() {
                if let Some(limits) = &backend.limits {
                    limits.logged_in(&player, from);
                }
                audit::logged_in(&player);
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
        if backend.store.delete_session(&key).await? {
            audit::logged_out(&key.player);
        }
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
        None if backend.missing.has_session(&key) => None,
        None => {
            let session = backend.store.session(&key, now).await?;
            match &session {
                Some(session) => backend.sessions.insert(session.clone()),
                None => backend.missing.add_session(&key),
            }
            // The session may have ended while the response was on its way.
            session.filter(|_| !backend.sessions.has_ended(&key))
        }
    };
    if session.is_some() {
        RequestContext::identify_session(&key);
        audit::player_identified(&key.player);
    }
    Ok(session)
}
