use super::{Game, Phase};
use crate::{
    game::Outcome,
    view_model::{GameResult, GameView},
};
use jiff::Timestamp;

/// RFC 3339 in UTC, always with six digits of a second: as texts they sort as the moments do.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    format!("{at:.6}")
}

impl From<&Game> for GameView {
    fn from(game: &Game) -> Self {
        let board = game.board();
        let (turn, result) = match &game.phase {
            Phase::Pending => (None, None),
            Phase::InProgress { position, .. } => {
                (Some(game.player_of(position.to_move()).clone()), None)
            }
            Phase::Finished { end, .. } => (
                None,
                Some(match end.outcome() {
                    Outcome::Won(mark) => GameResult::Won(game.player_of(mark).clone()),
                    Outcome::Drawn => GameResult::Tie,
                }),
            ),
        };
        let moves = match game.history() {
            None => Some(Vec::new()),
            Some(history) => history.order(board).map(<[_]>::to_vec),
        };
        Self {
            game_id: game.id,
            host: game.host.clone(),
            opponent: game.opponent.clone(),
            status: game.status(),
            updated_at: rfc3339(game.since),
            turn,
            board: board.marks().collect(),
            moves,
            result,
            version: game.version(),
        }
    }
}
