use super::ActionError;
use crate::lean::SharedCall;
#[cfg(doc)]
use domain::error::AppError;
use domain::{
    ids::PlayerName,
    lists::ListName,
    views::{GamePageView, GamesPage, HomeView},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    backend::{request_context::RequestContext, use_cases},
    domain::ids::GameId,
};

/// The logged-in player, or `None` for a visitor. For pages that need no other data.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
#[server(protocol = SharedCall, prefix = "/actions", endpoint = "load_viewer")]
pub async fn load_viewer() -> Result<Option<PlayerName>, ActionError> {
    request::viewer().await.reply()
}

/// The data of the home page: the player's lists, or `None` for a visitor.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
#[server(protocol = SharedCall, prefix = "/actions", endpoint = "load_home")]
pub async fn load_home() -> Result<Option<HomeView>, ActionError> {
    RequestContext::identify_page("/");
    let backend = request::backend();
    let Some(player) = request::viewer().await.reply()? else {
        return Ok(None);
    };
    use_cases::home(&backend, &player).await.map(Some).reply()
}

/// One page of one of the player's lists.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::InvalidRequest`] for an invalid cursor.
#[server(protocol = SharedCall, prefix = "/actions", endpoint = "load_list")]
pub async fn load_list(list: ListName, cursor: Option<String>) -> Result<GamesPage, ActionError> {
    let (backend, player) = request::player().await.reply()?;
    use_cases::list(&backend, &player, list, cursor.as_deref())
        .await
        .reply()
}

/// The data of a game's page, for a player or a watcher.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::CorruptGame`], [`AppError::DatabaseUnavailable`].
#[server(protocol = SharedCall, prefix = "/actions", endpoint = "load_game")]
pub async fn load_game(game_id: String) -> Result<GamePageView, ActionError> {
    let game_id: GameId = game_id.parse().reply()?;
    RequestContext::identify_page(&game_id.path());
    let backend = request::backend();
    let viewer = request::viewer().await.reply()?;
    use_cases::game_page(&backend, viewer.as_ref(), game_id)
        .await
        .reply()
}
