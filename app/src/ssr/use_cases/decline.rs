//! Ending an invitation: the opponent declines, the host cancels.

use crate::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::{
        game::Game,
        metrics::{self, Removal},
        state::AppState,
        store::{Entitled, Write},
    },
    view_model::Status,
};

/// Declines an invitation: it is gone then.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::NotYourGame`], [`AppError::NotPending`],
/// [`AppError::DatabaseUnavailable`].
pub async fn decline(state: &AppState, player: &PlayerName, game_id: &str) -> Result<(), AppError> {
    remove(state, game_id, Entitled::Opponent(player)).await
}

/// Takes an invitation back: it is gone then.
///
/// # Errors
///
/// As [`decline`].
pub async fn cancel(state: &AppState, player: &PlayerName, game_id: &str) -> Result<(), AppError> {
    remove(state, game_id, Entitled::Host(player)).await
}

async fn remove(state: &AppState, game_id: &str, by: Entitled<'_>) -> Result<(), AppError> {
    let id: GameId = game_id.parse()?;
    match state.store.delete_invitation(id, by).await? {
        Write::Done(game) => {
            metrics::game_removed(match by {
                Entitled::Opponent(_) => Removal::Declined,
                Entitled::Host(_) => Removal::Cancelled,
            });
            state.game_removed(&game);
            Ok(())
        }
        Write::Refused(None) => {
            // Whoever removed it may not have been told that it was: an answer was lost.
            match state.recent_games.get(id) {
                Some(game) => state.game_removed(&game),
                None => state.hub.missing(id),
            }
            Err(AppError::NoSuchGame)
        }
        Write::Refused(Some(game)) => Err(why_not(&game, by)),
    }
}

fn why_not(game: &Game, by: Entitled<'_>) -> AppError {
    let entitled = match by {
        Entitled::Host(player) => *player == game.host,
        Entitled::Opponent(player) => *player == game.opponent,
    };
    match game.status() {
        _ if !entitled => AppError::NotYourGame,
        Status::Pending => AppError::NoSuchGame,
        Status::InProgress | Status::Finished => AppError::NotPending,
    }
}
