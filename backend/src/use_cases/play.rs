//! Making a move.

use super::{
    game::{complete_if_over, read},
    publish, require,
};
use crate::{Backend, game::Decision, metrics, store::Write};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    rules::{Next, Square},
    views::GameView,
};
use jiff::Timestamp;

/// The maximum number of attempts to decide on a move and to write it. After a strongly consistent read, only
/// the other player and another tab of the same player can still change the game, once each.
const MAX_ATTEMPTS: u32 = 4;

/// Plays `square` on the board that has `ply` marks. A repeated move succeeds without a second write.
///
/// The first decision may use the cached game, which saves a read. The condition expression of the write
/// makes this safe. A move is never rejected on the basis of a cached game.
///
/// # Errors
///
/// In this order of checks: [`AppError::InvalidRequest`], [`AppError::NoSuchGame`],
/// [`AppError::NotYourGame`], [`AppError::GameNotInProgress`], [`AppError::StaleBoard`],
/// [`AppError::NotYourTurn`], [`AppError::SquareTaken`]. [`AppError::DatabaseUnavailable`] at any time.
pub async fn play(
    backend: &Backend,
    player: &PlayerName,
    id: GameId,
    square: Square,
    ply: u32,
) -> Result<GameView, AppError> {
    let player = player.clone();
    let step = async move |backend: Backend| make(&backend, &player, id, square, ply).await;
    backend.run_to_completion(step).await
}

async fn make(
    backend: &Backend,
    player: &PlayerName,
    id: GameId,
    square: Square,
    ply: u32,
) -> Result<GameView, AppError> {
    let mut known = backend.recent_games.get(id);
    let mut is_fresh = known.is_none();
    for _ in 0..MAX_ATTEMPTS {
        let game = match known.take() {
            Some(game) => game,
            None => read(backend, id, true).await?,
        };
        match game.decide(player, square, ply) {
            Ok(Decision::Make(chosen)) => {
                match backend.store.play(&game, &chosen, Timestamp::now()).await? {
                    Write::Done(game) | Write::DoneEarlier(game) => {
                        metrics::move_made();
                        if let Next::Over(end) = chosen.next {
                            metrics::game_finished(end.outcome());
                        }
                        return Ok(publish(backend, &game));
                    }
                    Write::ConditionFailed(now) => known = Some(require(now)?),
                }
            }
            _ if !is_fresh => {}
            // The earlier attempt may have failed before it could publish the move.
            Ok(Decision::AlreadyMade) => return Ok(publish(backend, &game)),
            Err(rejection) => {
                complete_if_over(backend, player, game).await?;
                return Err(rejection);
            }
        }
        is_fresh = true;
    }
    Err(AppError::StaleBoard)
}
