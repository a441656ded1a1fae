//! Views: the data that pages render and the API returns.

mod game;
mod lobby;
mod perspective;

pub use game::{GameSummary, GameView};
pub use lobby::{GamesPage, LobbyEvent, LobbyView, sort_list};
pub use perspective::Perspective;

use crate::ids::{GameId, PlayerName};
use serde::{Deserialize, Serialize};

/// The data of a logged-in player's home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// The logged-in player.
    pub viewer: PlayerName,
    /// The player's four lists.
    pub lobby: LobbyView,
    /// The token from which the live stream resumes. No change between this response and the first event of
    /// the stream is missed.
    pub resume_token: String,
    /// The id for the next game created from this page. It makes the form idempotent: submitting it twice
    /// creates one game.
    pub new_game_id: GameId,
}

/// The data of a game's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GamePageView {
    /// The game.
    pub game: GameView,
    /// The logged-in player, or `None` for a visitor.
    pub viewer: Option<PlayerName>,
    /// True if the invited player has an account. Only looked up for the host of a pending game.
    pub opponent_has_account: bool,
    /// The token from which the live stream resumes, as in [`HomeView::resume_token`].
    pub resume_token: String,
}
