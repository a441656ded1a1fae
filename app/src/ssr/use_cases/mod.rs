//! What can be done here, one function each. Server functions and the JSON API call the same ones.
//!
//! A use case parses what it is given, decides by the rules, has the store write what was decided,
//! and tells the hub, in this order.

pub mod accounts;
mod decline;
mod game;
mod invite;
mod lobby;
mod play;

pub use decline::{cancel, decline};
pub use game::{game, game_page};
pub use invite::{Invited, accept, invite};
pub use lobby::{home, list, lobby};
pub use play::play;

use super::{game::Game, state::AppState};
use crate::{error::AppError, view_model::GameView};

/// After a write: tells those who watch the game, and then who wrote it.
fn published(state: &AppState, game: &Game) -> GameView {
    state.game_changed(game);
    GameView::from(game)
}

/// A game that has to be there.
fn present(game: Option<Game>) -> Result<Game, AppError> {
    game.ok_or(AppError::NoSuchGame)
}
