//! Conversion of games into the views of the pages and of the API.

use super::{Game, ListedGame};
use domain::views::{GameSummary, GameView};
use jiff::Timestamp;

/// Formats a time as RFC 3339 in UTC, always with microseconds, so that the texts sort by time.
fn rfc3339(at: Timestamp) -> String {
    format!("{at:.6}")
}

impl From<&Game> for GameView {
    fn from(game: &Game) -> Self {
        let board = game.board();
        let moves = match game.history() {
            None => Some(Vec::new()),
            Some(history) => history.order(board).map(<[_]>::to_vec),
        };
        Self {
            game_id: game.id,
            host: game.players.host.clone(),
            opponent: game.players.opponent.clone(),
            status: game.status(),
            updated_at: rfc3339(game.status_changed_at),
            turn: game.turn().cloned(),
            board: board.marks().collect(),
            moves,
            result: game.result(),
            version: game.version(),
        }
    }
}

impl From<ListedGame> for GameSummary {
    fn from(game: ListedGame) -> Self {
        Self {
            game_id: game.id,
            host: game.players.host,
            opponent: game.players.opponent,
            status: game.status,
            updated_at: rfc3339(game.status_changed_at),
            turn: game.turn,
            result: game.result,
        }
    }
}
