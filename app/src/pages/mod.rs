//! The pages and their state.

mod failure;
mod focus_manager;
mod form_actions;
mod game;
mod game_screen;
mod game_state;
mod home;
mod lobby;
mod lobby_state;
mod next_steps;
mod not_found;
mod page;
mod visitor;

pub use focus_manager::{FocusManager, clear_error_query};
pub use game::GamePage;
pub use home::HomePage;
pub use not_found::NotFound;
