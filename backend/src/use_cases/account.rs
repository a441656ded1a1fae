//! Changes of a player's own account: the password, the sessions and the deletion.

use super::{cancel, decline, list};
use crate::{
    Backend,
    accounts::{Password, Session, SessionKey, VerifiedHash},
    audit,
    store::players::AccountWrite,
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    lists::ListName,
};
use jiff::Timestamp;

/// Changes the player's password, and ends all sessions except this one.
///
/// # Errors
///
/// [`AppError::InvalidRequest`] for the field `new`. [`AppError::WrongCredentials`] if `current` is not the
/// password. [`AppError::TooBusy`], [`AppError::DatabaseUnavailable`].
pub async fn change_password(
    backend: &Backend,
    session: &Session,
    current: &str,
    new: &str,
) -> Result<(), AppError> {
    let player = &session.key.player;
    let new = Password::parse("new", new)?;
    let verified = verify(backend, player, current).await?;
    let hash = backend.passwords.hash(new, player).await?;
    let key = session.key.clone();
    let step = async move |backend: Backend| {
        let write = backend.store.change_password(&key.player, &verified, &hash);
        if write.await? == AccountWrite::HashChanged {
            return Err(AppError::WrongCredentials);
        }
        audit::password_changed(&key.player);
        end_sessions(&backend, &key.player, Some(&key)).await
    };
    backend.run_to_completion(step).await
}

/// Ends all sessions of the player, including this one.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`], in which case some sessions may still be valid.
pub async fn log_out_everywhere(backend: &Backend, session: &Session) -> Result<(), AppError> {
    let player = session.key.player.clone();
    let step = async move |backend: Backend| {
        end_sessions(&backend, &player, None).await?;
        audit::logged_out_everywhere(&player);
        Ok(())
    };
    backend.run_to_completion(step).await
}

/// Deletes the account: nobody can log in to it, and nobody can register its name again. Then ends its sessions,
/// and removes the invitations from and to the player. Games in progress and finished games stay.
///
/// # Errors
///
/// [`AppError::WrongCredentials`] if `current` is not the password. [`AppError::TooBusy`],
/// [`AppError::DatabaseUnavailable`], in which case the account still exists.
pub async fn delete_account(
    backend: &Backend,
    session: &Session,
    current: &str,
) -> Result<(), AppError> {
    let player = session.key.player.clone();
    let verified = verify(backend, &player, current).await?;
    let step = async move |backend: Backend| {
        let now = Timestamp::now();
        let write = backend.store.delete_account(&player, &verified, now);
        if write.await? == AccountWrite::HashChanged {
            return Err(AppError::WrongCredentials);
        }
        audit::account_deleted(&player);
        // The account is deleted, whatever becomes of the rest: its errors are logged where they occur. Sessions
        // and invitations that are missed here expire.
        let _ = end_sessions(&backend, &player, None).await;
        for list in [ListName::Outgoing, ListName::Invitations] {
            let _ = remove_invitations(&backend, &player, list).await;
        }
        Ok(())
    };
    backend.run_to_completion(step).await
}

async fn verify(
    backend: &Backend,
    player: &PlayerName,
    current: &str,
) -> Result<VerifiedHash, AppError> {
    let hash = backend.store.password_hash(player).await?;
    let verified = backend.passwords.verify(current, hash).await?;
    verified.ok_or_else(|| {
        audit::password_rejected(player);
        AppError::WrongCredentials
    })
}

/// Ends all sessions of a player except `kept`.
async fn end_sessions(
    backend: &Backend,
    player: &PlayerName,
    kept: Option<&SessionKey>,
) -> Result<(), AppError> {
    for key in backend.store.sessions_of(player).await? {
        if Some(&key) != kept {
            backend.store.delete_session(&key).await?;
            backend.session_ended(&key);
        }
    }
    Ok(())
}

/// Withdraws the invitations of a player, or declines those to the player.
async fn remove_invitations(
    backend: &Backend,
    player: &PlayerName,
    name: ListName,
) -> Result<(), AppError> {
    let mut cursor = None;
    loop {
        let page = list(backend, player, name, cursor.as_deref()).await?;
        for game in page.games {
            remove_invitation(backend, player, name, game.game_id).await?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

async fn remove_invitation(
    backend: &Backend,
    player: &PlayerName,
    list: ListName,
    id: GameId,
) -> Result<(), AppError> {
    let removed = match list {
        ListName::Outgoing => cancel(backend, player, id).await,
        _ => decline(backend, player, id).await,
    };
    match removed {
        // An invitation that has just been accepted or removed needs nothing.
        Err(error @ AppError::DatabaseUnavailable) => Err(error),
        _ => Ok(()),
    }
}
