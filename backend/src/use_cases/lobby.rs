//! The game lists of a player.

use crate::{Backend, game::new_game_id, store::lists::Cursor};
use domain::{
    error::{AppError, ValidationRule},
    ids::PlayerName,
    lists::ListName,
    views::{GameSummary, GamesPage, HomeView, LobbyView, sort_list},
};
use jiff::Timestamp;

/// Returns the newest games of all four lists, which are read concurrently.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn lobby(backend: &Backend, player: &PlayerName) -> Result<LobbyView, AppError> {
    let (invitations, outgoing, in_progress, finished) = futures::try_join!(
        list(backend, player, ListName::Invitations, None),
        list(backend, player, ListName::Outgoing, None),
        list(backend, player, ListName::InProgress, None),
        list(backend, player, ListName::Finished, None),
    )?;
    Ok(LobbyView {
        invitations,
        outgoing,
        in_progress,
        finished,
    })
}

/// Returns a page of one list, at most ten games.
///
/// # Errors
///
/// [`AppError::InvalidRequest`] for an invalid cursor, [`AppError::DatabaseUnavailable`].
pub async fn list(
    backend: &Backend,
    player: &PlayerName,
    list: ListName,
    cursor: Option<&str>,
) -> Result<GamesPage, AppError> {
    let cursor = cursor
        .map(|text| {
            let invalid = || AppError::invalid("cursor", ValidationRule::UnknownCursor);
            Cursor::parse(text, list).ok_or_else(invalid)
        })
        .transpose()?;
    // The SDK's futures are large and deeply nested on a page. Boxing them avoids copying them through every
    // layer of the rendering.
    let page = Box::pin(backend.store.list(player, list, cursor, Timestamp::now())).await?;
    let mut games: Vec<GameSummary> = page.games.into_iter().map(GameSummary::from).collect();
    sort_list(&mut games, list, player);
    Ok(GamesPage {
        games,
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// Returns the data of a player's home page.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
pub async fn home(backend: &Backend, player: &PlayerName) -> Result<HomeView, AppError> {
    let resume_token = backend.hub.resume_token();
    Ok(HomeView {
        viewer: player.clone(),
        lobby: lobby(backend, player).await?,
        resume_token,
        new_game_id: new_game_id(),
    })
}
