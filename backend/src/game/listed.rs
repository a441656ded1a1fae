use super::Game;
use domain::{
    ids::{GameId, PlayerName},
    players::Players,
    status::{GameResult, Status},
};
use jiff::Timestamp;

/// A game as a list shows it, without its board and moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedGame {
    /// The key of the game.
    pub id: GameId,
    /// The two players.
    pub players: Players,
    /// The status.
    pub status: Status,
    /// The time of the last change of status.
    pub status_changed_at: Timestamp,
    /// The player whose turn it is, if the game is in progress and the turn is known.
    pub turn: Option<PlayerName>,
    /// The result, if the game is finished.
    pub result: Option<GameResult>,
}

impl From<&Game> for ListedGame {
    fn from(game: &Game) -> Self {
        Self {
            id: game.id,
            players: game.players.clone(),
            status: game.status(),
            status_changed_at: game.status_changed_at,
            turn: game.turn().cloned(),
            result: game.result(),
        }
    }
}
