//! What pages draw and what the API answers.

mod game;
mod lobby;
mod perspective;

pub use game::{GameResult, GameSummary, GameView, Status};
#[cfg(feature = "ssr")]
pub(crate) use lobby::sort_list;
pub use lobby::{GamesPage, ListName, LobbyEvent, LobbyView};
pub use perspective::Perspective;

use crate::ids::{GameId, PlayerName};
use serde::{Deserialize, Serialize};

/// The home page of a player who is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// Who is logged in.
    pub viewer: PlayerName,
    /// Their four lists.
    pub lobby: LobbyView,
    /// From where the live stream goes on, so that nothing between this answer and the stream's
    /// first event is missed.
    pub since: String,
    /// The id of the next game to be invited to from this page: sending the form twice invites once.
    pub new_game_id: GameId,
}

/// The page of one game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GamePageView {
    /// The game.
    pub game: GameView,
    /// Who is logged in, if anybody.
    pub viewer: Option<PlayerName>,
    /// Whether the invited player has an account already. Only looked up for the host of a game
    /// that is still pending.
    pub opponent_has_account: bool,
    /// As in [`HomeView::since`].
    pub since: String,
}
