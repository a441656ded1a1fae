//! Creating an account, logging in and out, and who is logged in.

use crate::{
    error::AppError,
    ids::PlayerName,
    ssr::{
        auth::{Password, Session, SessionToken, StartedSession},
        inspector::Attribution,
        metrics,
        state::AppState,
        store::players::Registered,
    },
};
use jiff::Timestamp;

/// Creates an account and logs in.
///
/// # Errors
///
/// [`AppError::InvalidRequest`], [`AppError::NameTaken`], [`AppError::DatabaseUnavailable`].
pub async fn register(
    state: &AppState,
    name: &str,
    password: &str,
) -> Result<StartedSession, AppError> {
    let player = PlayerName::parse("name", name)?;
    let password = Password::parse(password)?;
    let hash = state.passwords.hash(password).await?;
    let now = Timestamp::now();
    match state.store.create_player(&player, &hash, now).await? {
        Registered::Yes => {
            metrics::account_created();
            start_session(state, player, now).await
        }
        Registered::NameTaken => Err(AppError::NameTaken),
    }
}

/// Logs in. Whether the name or the password was wrong can't be told, nor seen by the time it takes.
///
/// # Errors
///
/// [`AppError::WrongCredentials`], [`AppError::DatabaseUnavailable`].
pub async fn log_in(
    state: &AppState,
    name: &str,
    password: &str,
) -> Result<StartedSession, AppError> {
    // A name that nobody can have is looked up as well: one that is not there.
    let player =
        PlayerName::parse("name", name).unwrap_or_else(|_| PlayerName::recorded("?".to_owned()));
    let hash = state.store.password_hash(&player).await?;
    if state.passwords.verify(password, hash).await? {
        let session = start_session(state, player, Timestamp::now()).await?;
        metrics::logged_in();
        Ok(session)
    } else {
        Err(AppError::WrongCredentials)
    }
}

async fn start_session(
    state: &AppState,
    player: PlayerName,
    now: Timestamp,
) -> Result<StartedSession, AppError> {
    let session = StartedSession::new(player, now)?;
    state.store.create_session(&session).await?;
    Attribution::belongs_to(&session.token.id());
    Ok(session)
}

/// Ends a session, here at once and its open streams too. Without one there is nothing to do.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`]: the session is still valid then.
pub async fn log_out(state: &AppState, token: Option<&SessionToken>) -> Result<(), AppError> {
    let Some(token) = token else {
        return Ok(());
    };
    let id = token.id();
    state.store.delete_session(&id).await?;
    state.session_ended(&id);
    Ok(())
}

/// The valid session that a token stands for, if any.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn session(
    state: &AppState,
    token: Option<&SessionToken>,
) -> Result<Option<Session>, AppError> {
    let Some(token) = token else {
        return Ok(None);
    };
    let (id, now) = (token.id(), Timestamp::now());
    let seen = state.sessions.get(&id);
    metrics::session_looked_up(seen.is_some());
    let session = match seen {
        Some(session) => Some(session).filter(|session| session.expires_at > now),
        None => {
            let session = state.store.session(&id, now).await?;
            if let Some(session) = &session {
                state.sessions.insert(session.clone());
            }
            // It may have been ended while the answer was on its way.
            session.filter(|_| !state.sessions.has_ended(&id))
        }
    };
    if session.is_some() {
        Attribution::belongs_to(&id);
    }
    Ok(session)
}
