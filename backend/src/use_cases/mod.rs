//! The use cases, one function for each action. Server functions and the JSON API call the same functions.
//!
//! A use case works in this order: it validates its input, decides by the rules, has the store write the
//! decision, and publishes the result through the hub. From the write on, it runs to completion,
//! even if the client disconnects.

mod account;
pub mod accounts;
mod decline;
mod game;
mod invite;
mod lobby;
mod play;

pub use account::{change_password, delete_account, log_out_everywhere};
pub use decline::{cancel, decline};
pub use game::{game, game_page};
pub use invite::{Invitation, accept, invite};
pub use lobby::{home, list, lobby};
pub use play::play;

use super::{Backend, game::Game};
use domain::{error::AppError, views::GameView};

/// Publishes a written game to its watchers, and returns the view for the caller.
fn publish(backend: &Backend, game: &Game) -> GameView {
    backend.game_changed(game);
    GameView::from(game)
}

/// Returns the game, or [`AppError::NoSuchGame`].
fn require(game: Option<Game>) -> Result<Game, AppError> {
    game.ok_or(AppError::NoSuchGame)
}
