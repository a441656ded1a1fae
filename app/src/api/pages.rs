use super::Call;
use crate::{
    error::AppError,
    ids::PlayerName,
    view_model::{GamePageView, GamesPage, HomeView, ListName},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    crate::{
        ids::GameId,
        ssr::{inspector::Attribution, use_cases},
    },
};

/// Who is logged in, if anybody: for the pages that need to know nothing else.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
#[server(protocol = Call, prefix = "/actions", endpoint = "load_viewer")]
pub async fn load_viewer() -> Result<Option<PlayerName>, AppError> {
    request::viewer().await.reply()
}

/// The home page: a player's lists, or `None` for a visitor who is not logged in.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
#[server(protocol = Call, prefix = "/actions", endpoint = "load_home")]
pub async fn load_home() -> Result<Option<HomeView>, AppError> {
    Attribution::shows_page("/");
    let state = request::state();
    let Some(player) = request::viewer().await.reply()? else {
        return Ok(None);
    };
    use_cases::home(&state, &player).await.map(Some).reply()
}

/// One page of one of the player's lists.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`]; [`AppError::InvalidRequest`] for a cursor that is none.
#[server(protocol = Call, prefix = "/actions", endpoint = "load_list")]
pub async fn load_list(list: ListName, cursor: Option<String>) -> Result<GamesPage, AppError> {
    let (state, player) = request::player().await.reply()?;
    use_cases::list(&state, &player, list, cursor.as_deref())
        .await
        .reply()
}

/// The page of a game, for a player or a watcher.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::CorruptGame`], [`AppError::DatabaseUnavailable`].
#[server(protocol = Call, prefix = "/actions", endpoint = "load_game")]
pub async fn load_game(game_id: String) -> Result<GamePageView, AppError> {
    if let Ok(game_id) = game_id.parse::<GameId>() {
        Attribution::shows_page(&format!("/games/{game_id}"));
    }
    let state = request::state();
    let viewer = request::viewer().await.reply()?;
    use_cases::game_page(&state, viewer.as_ref(), &game_id)
        .await
        .reply()
}
