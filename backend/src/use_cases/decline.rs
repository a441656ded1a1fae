//! Removal of an invitation: the opponent declines it, or the host cancels it.

use crate::{
    Backend,
    game::Game,
    metrics::{self, Removal},
    store::{RemovedBy, Write},
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    status::Status,
};

/// Declines an invitation, which deletes it.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::NotYourGame`], [`AppError::NotPending`],
/// [`AppError::DatabaseUnavailable`].
pub async fn decline(backend: &Backend, player: &PlayerName, id: GameId) -> Result<(), AppError> {
    let player = player.clone();
    let step =
        async move |backend: Backend| remove(&backend, id, RemovedBy::Opponent(&player)).await;
    backend.run_to_completion(step).await
}

/// Cancels an invitation, which deletes it.
///
/// # Errors
///
/// As [`decline`].
pub async fn cancel(backend: &Backend, player: &PlayerName, id: GameId) -> Result<(), AppError> {
    let player = player.clone();
    let step = async move |backend: Backend| remove(&backend, id, RemovedBy::Host(&player)).await;
    backend.run_to_completion(step).await
}

async fn remove(backend: &Backend, id: GameId, by: RemovedBy<'_>) -> Result<(), AppError> {
    let before = backend.hub.position();
    match backend.store.delete_invitation(id, by).await? {
        Write::Done(deleted) | Write::DoneEarlier(deleted) => {
            metrics::game_removed(match by {
                RemovedBy::Opponent(_) => Removal::Declined,
                RemovedBy::Host(_) => Removal::Cancelled,
            });
            match deleted {
                Some(game) => backend.game_removed(&game),
                None => backend.game_missing(id, before),
            }
            Ok(())
        }
        Write::ConditionFailed(None) => {
            // An earlier request may have ended without an answer, before it could publish the deletion.
            backend.game_missing(id, before);
            Err(AppError::NoSuchGame)
        }
        Write::ConditionFailed(Some(game)) => Err(rejection(&game, by)),
    }
}

fn rejection(game: &Game, by: RemovedBy<'_>) -> AppError {
    let entitled = match by {
        RemovedBy::Host(player) => *player == game.players.host,
        RemovedBy::Opponent(player) => *player == game.players.opponent,
    };
    match game.status() {
        _ if !entitled => AppError::NotYourGame,
        Status::Pending => AppError::NoSuchGame,
        Status::InProgress | Status::Finished => AppError::NotPending,
    }
}
