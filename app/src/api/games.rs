use crate::{error::AppError, view_model::GameView};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    crate::ssr::use_cases,
};

/// Invites a player and goes to the new game's page. `game_id` makes it safe to repeat.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`]; [`AppError::InvalidRequest`] for a name that is not allowed or one's own.
#[server(prefix = "/actions", endpoint = "invite")]
pub async fn invite(opponent: String, game_id: Option<String>) -> Result<(), AppError> {
    let (state, player) = request::player().await.reply()?;
    let invited = use_cases::invite(&state, &player, &opponent, game_id.as_deref())
        .await
        .reply()?;
    request::redirect(&format!("/games/{}", invited.game.game_id));
    Ok(())
}

/// Accepts an invitation and goes to the game's page.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::NoSuchGame`], [`AppError::NotYourGame`].
#[server(prefix = "/actions", endpoint = "accept")]
pub async fn accept_invitation(game_id: String) -> Result<(), AppError> {
    let (state, player) = request::player().await.reply()?;
    let game = use_cases::accept(&state, &player, &game_id).await.reply()?;
    request::redirect(&format!("/games/{}", game.game_id));
    Ok(())
}

/// Declines an invitation and goes home.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::NoSuchGame`], [`AppError::NotYourGame`],
/// [`AppError::NotPending`].
#[server(prefix = "/actions", endpoint = "decline")]
pub async fn decline_invitation(game_id: String) -> Result<(), AppError> {
    let (state, player) = request::player().await.reply()?;
    use_cases::decline(&state, &player, &game_id)
        .await
        .reply()?;
    request::redirect_to_page(None);
    Ok(())
}

/// Takes an invitation back and goes home.
///
/// # Errors
///
/// As [`decline_invitation`].
#[server(prefix = "/actions", endpoint = "cancel")]
pub async fn cancel_invitation(game_id: String) -> Result<(), AppError> {
    let (state, player) = request::player().await.reply()?;
    use_cases::cancel(&state, &player, &game_id).await.reply()?;
    request::redirect_to_page(None);
    Ok(())
}

/// Makes a move on the board that has `ply` marks. Answers with the game as it is after it.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::NoSuchGame`], [`AppError::NotYourGame`],
/// [`AppError::GameNotInProgress`], [`AppError::StaleBoard`], [`AppError::NotYourTurn`],
/// [`AppError::SquareTaken`], [`AppError::InvalidRequest`] for an unknown square.
#[server(prefix = "/actions", endpoint = "play")]
pub async fn play(game_id: String, square: String, ply: u32) -> Result<GameView, AppError> {
    let (state, player) = request::player().await.reply()?;
    let game = use_cases::play(&state, &player, &game_id, &square, ply)
        .await
        .reply()?;
    request::redirect_form(&format!("/games/{}", game.game_id));
    Ok(game)
}
