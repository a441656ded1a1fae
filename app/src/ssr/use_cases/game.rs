//! Looking at one game.

use super::present;
use crate::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::{
        game::{Game, Phase},
        metrics::{self, Removal},
        state::AppState,
        store::Write,
    },
    view_model::{GamePageView, GameView, Status},
};
use jiff::Timestamp;

/// The game as it is now.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::CorruptGame`], [`AppError::DatabaseUnavailable`].
pub async fn game(
    state: &AppState,
    viewer: Option<&PlayerName>,
    game_id: &str,
) -> Result<GameView, AppError> {
    let id: GameId = game_id.parse()?;
    let consistent = viewer.is_some_and(|viewer| may_play(state, viewer, id));
    let game = read(state, id, consistent).await?;
    let game = match viewer {
        Some(viewer) => settle(state, viewer, game).await?,
        None => game,
    };
    Ok(GameView::from(&game))
}

/// Ends a game that AWS's example application has left unfinished although its board is won or full,
/// when one of its players comes by. Any other game stays as it is.
pub(super) async fn settle(
    state: &AppState,
    viewer: &PlayerName,
    game: Game,
) -> Result<Game, AppError> {
    let Phase::Finished {
        end,
        recorded: false,
        ..
    } = &game.phase
    else {
        return Ok(game);
    };
    if game.mark_of(viewer).is_none() {
        return Ok(game);
    }
    let (outcome, now) = (end.outcome(), Timestamp::now());
    match state.store.complete(&game, outcome, now).await? {
        Write::Done(game) => {
            metrics::game_finished(outcome);
            state.game_changed(&game);
            Ok(game)
        }
        Write::Refused(game) => present(game),
    }
}

/// Players read what has been acknowledged; who is known not to play can do with a cheaper read.
fn may_play(state: &AppState, viewer: &PlayerName, id: GameId) -> bool {
    state
        .recent_games
        .get(id)
        .is_none_or(|game| game.mark_of(viewer).is_some())
}

/// The page of a game: the game and what its page says besides.
///
/// # Errors
///
/// As [`game`].
pub async fn game_page(
    state: &AppState,
    viewer: Option<&PlayerName>,
    game_id: &str,
) -> Result<GamePageView, AppError> {
    let since = state.hub.now();
    let game = game(state, viewer, game_id).await?;
    let is_waiting_host = game.status == Status::Pending && viewer == Some(&game.host);
    let opponent_has_account =
        !is_waiting_host || state.store.player_exists(&game.opponent).await?;
    Ok(GamePageView {
        game,
        viewer: viewer.cloned(),
        opponent_has_account,
        since,
    })
}

/// Reads a game and remembers it. An expired invitation counts as gone, and is deleted.
pub(super) async fn read(state: &AppState, id: GameId, consistent: bool) -> Result<Game, AppError> {
    let mut game = present(state.store.game(id, consistent).await?)?;
    let now = Timestamp::now();
    if game.is_expired(now) {
        delete_expired(state, &game, now).await?;
        return Err(AppError::NoSuchGame);
    }
    if consistent {
        state.recent_games.remember(game.clone());
    } else if let Some(known) = state.recent_games.get(id)
        && known.recency() > game.recency()
    {
        // The cheaper read may lag behind what this instance has heard of already.
        game = known;
    }
    Ok(game)
}

/// Deletes an invitation that has expired, unless somebody else has.
pub(super) async fn delete_expired(
    state: &AppState,
    game: &Game,
    now: Timestamp,
) -> Result<(), AppError> {
    if let Write::Done(game) = state.store.delete_expired(game.id, now).await? {
        metrics::game_removed(Removal::Expired);
        state.game_removed(&game);
    }
    Ok(())
}
