//! One file a page, and beside each what it keeps and does.

mod arrival;
mod failure;
mod game;
mod game_screen;
mod game_state;
mod home;
mod lobby;
mod lobby_state;
mod next_steps;
mod not_found;
mod outcome;
mod page;
mod visitor;

pub use arrival::Arrival;
pub use failure::Failure;
pub use game::GamePage;
pub use home::{Home, HomePage};
pub use not_found::NotFound;
