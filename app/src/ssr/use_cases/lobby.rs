//! A player's lists.

use crate::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::state::AppState,
    view_model::{GamesPage, HomeView, ListName, LobbyView},
};
use jiff::Timestamp;

/// The newest games of all four lists, read at once.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn lobby(state: &AppState, player: &PlayerName) -> Result<LobbyView, AppError> {
    let (invitations, outgoing, in_progress, finished) = futures::try_join!(
        list(state, player, ListName::Invitations, None),
        list(state, player, ListName::Outgoing, None),
        list(state, player, ListName::InProgress, None),
        list(state, player, ListName::Finished, None),
    )?;
    Ok(LobbyView {
        invitations,
        outgoing,
        in_progress,
        finished,
    })
}

/// A page of one list.
///
/// # Errors
///
/// [`AppError::InvalidRequest`] for a cursor that is none; [`AppError::DatabaseUnavailable`].
pub async fn list(
    state: &AppState,
    player: &PlayerName,
    list: ListName,
    cursor: Option<&str>,
) -> Result<GamesPage, AppError> {
    // The SDK's futures are large, and those of a page nest: boxed, they are not copied through every
    // layer of the rendering.
    Box::pin(state.store.list(player, list, cursor, Timestamp::now())).await
}

/// The home page of a player.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn home(state: &AppState, player: &PlayerName) -> Result<HomeView, AppError> {
    let since = state.hub.now();
    Ok(HomeView {
        viewer: player.clone(),
        lobby: lobby(state, player).await?,
        since,
        new_game_id: GameId::random(),
    })
}
