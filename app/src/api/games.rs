use super::ActionError;
#[cfg(doc)]
use domain::error::AppError;
use domain::views::GameView;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    backend::use_cases,
    domain::{
        ids::{GameId, PlayerName},
        rules::Square,
    },
};

/// Invites a player and redirects to the new game's page. With a `game_id`, the call is idempotent.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::InvalidRequest`] for an invalid name, the player's own name or an
/// invalid `game_id`.
#[server(prefix = "/actions", endpoint = "invite")]
pub async fn invite(opponent: String, game_id: Option<String>) -> Result<(), ActionError> {
    let (backend, player) = request::player().await.reply()?;
    let opponent = PlayerName::parse("opponent", &opponent).reply()?;
    let game_id = game_id
        .as_deref()
        .map(GameId::parse_client_id)
        .transpose()
        .reply()?;
    let invited = use_cases::invite(&backend, &player, opponent, game_id)
        .await
        .reply()?;
    request::redirect(&invited.game.game_id.path());
    Ok(())
}

/// Accepts an invitation and redirects to the game's page.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::NoSuchGame`], [`AppError::NotYourGame`].
#[server(prefix = "/actions", endpoint = "accept")]
pub async fn accept_invitation(game_id: String) -> Result<(), ActionError> {
    let (backend, player) = request::player().await.reply()?;
    let game_id = game_id.parse::<GameId>().reply()?;
    let game = use_cases::accept(&backend, &player, game_id)
        .await
        .reply()?;
    request::redirect(&game.game_id.path());
    Ok(())
}

/// Declines an invitation and redirects to the home page.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::NoSuchGame`], [`AppError::NotYourGame`],
/// [`AppError::NotPending`].
#[server(prefix = "/actions", endpoint = "decline")]
pub async fn decline_invitation(game_id: String) -> Result<(), ActionError> {
    let (backend, player) = request::player().await.reply()?;
    let game_id = game_id.parse::<GameId>().reply()?;
    use_cases::decline(&backend, &player, game_id)
        .await
        .reply()?;
    request::redirect_to_page(None);
    Ok(())
}

/// Cancels an invitation and redirects to the home page.
///
/// # Errors
///
/// The same as [`decline_invitation`].
#[server(prefix = "/actions", endpoint = "cancel")]
pub async fn cancel_invitation(game_id: String) -> Result<(), ActionError> {
    let (backend, player) = request::player().await.reply()?;
    let game_id = game_id.parse::<GameId>().reply()?;
    use_cases::cancel(&backend, &player, game_id)
        .await
        .reply()?;
    request::redirect_to_page(None);
    Ok(())
}

/// Plays `square` on the board with `ply` marks. Returns the game after the move.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::NoSuchGame`], [`AppError::NotYourGame`],
/// [`AppError::GameNotInProgress`], [`AppError::StaleBoard`], [`AppError::NotYourTurn`],
/// [`AppError::SquareTaken`], [`AppError::InvalidRequest`] for an unknown square.
#[server(prefix = "/actions", endpoint = "play")]
pub async fn play(game_id: String, square: String, ply: u32) -> Result<GameView, ActionError> {
    let (backend, player) = request::player().await.reply()?;
    let (game_id, square) = (
        game_id.parse::<GameId>().reply()?,
        square.parse::<Square>().reply()?,
    );
    let game = use_cases::play(&backend, &player, game_id, square, ply)
        .await
        .reply()?;
    request::redirect_form(&game.game_id.path());
    Ok(game)
}
