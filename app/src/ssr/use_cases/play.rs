//! Making a move.

use super::{
    game::{read, settle},
    present, published,
};
use crate::{
    error::{AppError, Rule},
    game::{Next, Square},
    ids::{GameId, PlayerName},
    ssr::{game::Decision, metrics, state::AppState, store::Write},
    view_model::GameView,
};
use jiff::Timestamp;

/// How often a move is decided anew because the game had changed. A fresh read can only be overtaken
/// by the other player or by the same player's other tab, once each.
const ATTEMPTS: u32 = 4;

/// Plays `square` on the board that has `ply` marks. The same move sent again is answered as made.
///
/// The first decision may be taken on the game as this instance last saw it, which saves a read: the
/// write's condition protects it. A refusal is only ever given on a game freshly read.
///
/// # Errors
///
/// In this order of checks: [`AppError::InvalidRequest`], [`AppError::NoSuchGame`],
/// [`AppError::NotYourGame`], [`AppError::GameNotInProgress`], [`AppError::StaleBoard`],
/// [`AppError::NotYourTurn`], [`AppError::SquareTaken`]; [`AppError::DatabaseUnavailable`].
pub async fn play(
    state: &AppState,
    player: &PlayerName,
    game_id: &str,
    square: &str,
    ply: u32,
) -> Result<GameView, AppError> {
    let id: GameId = game_id.parse()?;
    let square: Square = square
        .parse()
        .map_err(|_| AppError::invalid("square", Rule::UnknownSquare))?;
    let mut seen = state.recent_games.get(id);
    let mut fresh = seen.is_none();
    for _ in 0..ATTEMPTS {
        let game = match seen.take() {
            Some(game) => game,
            None => read(state, id, true).await?,
        };
        match game.decide(player, square, ply) {
            Ok(Decision::Make(chosen)) => {
                match state.store.play(&game, &chosen, Timestamp::now()).await? {
                    Write::Done(game) => {
                        metrics::move_made();
                        if let Next::Over(end) = chosen.next {
                            metrics::game_finished(end.outcome());
                        }
                        return Ok(published(state, &game));
                    }
                    Write::Refused(now) => seen = Some(present(now)?),
                }
            }
            _ if !fresh => {}
            // The answer that was lost may have taken the news with it.
            Ok(Decision::AlreadyMade) => return Ok(published(state, &game)),
            Err(refusal) => {
                settle(state, player, game).await?;
                return Err(refusal);
            }
        }
        fresh = true;
    }
    Err(AppError::StaleBoard)
}
