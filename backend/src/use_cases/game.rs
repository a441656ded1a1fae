//! Reading one game.

use super::require;
use crate::{
    Backend,
    game::{Game, Phase},
    metrics::{self, Removal},
    store::{Write, players::AccountStatus},
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    status::Status,
    views::{GamePageView, GameView},
};
use jiff::Timestamp;

/// Returns the current state of a game.
///
/// # Errors
///
/// [`AppError::NoSuchGame`], [`AppError::CorruptGame`], [`AppError::DatabaseUnavailable`].
pub async fn game(
    backend: &Backend,
    viewer: Option<&PlayerName>,
    id: GameId,
) -> Result<GameView, AppError> {
    if viewer.is_none() && backend.missing.has_game(id) {
        return Err(AppError::NoSuchGame);
    }
    let consistent = viewer.is_some_and(|viewer| may_play(backend, viewer, id));
    let game = read(backend, id, consistent).await?;
    let game = match viewer {
        Some(viewer) => complete_if_over(backend, viewer, game).await?,
        None => game,
    };
    Ok(GameView::from(&game))
}

/// Records the end of a game whose board is won or full while its item is still `IN_PROGRESS`, if the viewer
/// is one of its players. AWS's example application leaves such items behind. Returns any other game
/// unchanged.
pub(super) async fn complete_if_over(
    backend: &Backend,
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
    if game.players.mark_of(viewer).is_none() {
        return Ok(game);
    }
    let outcome = end.outcome();
    let step = async move |backend: Backend| {
        let (store, now) = (&backend.store, Timestamp::now());
        match store.complete(&game, outcome, now).await? {
            Write::Done(game) | Write::DoneEarlier(game) => {
                metrics::game_finished(outcome);
                backend.game_changed(&game);
                Ok(game)
            }
            Write::ConditionFailed(game) => require(game),
        }
    };
    backend.run_to_completion(step).await
}

/// Returns false if the viewer is known not to play in the game. Players need a strongly consistent read, and
/// an eventually consistent read, at half the price, is enough for spectators.
fn may_play(backend: &Backend, viewer: &PlayerName, id: GameId) -> bool {
    backend
        .recent_games
        .get(id)
        .is_none_or(|game| game.players.mark_of(viewer).is_some())
}

/// Returns the data of a game's page.
///
/// # Errors
///
/// As [`game`].
pub async fn game_page(
    backend: &Backend,
    viewer: Option<&PlayerName>,
    id: GameId,
) -> Result<GamePageView, AppError> {
    let resume_token = backend.hub.resume_token();
    let game = game(backend, viewer, id).await?;
    let is_waiting_host = game.status == Status::Pending && viewer == Some(&game.host);
    let opponent_has_account = !is_waiting_host || has_account(backend, &game.opponent).await?;
    Ok(GamePageView {
        game,
        viewer: viewer.cloned(),
        opponent_has_account,
        resume_token,
    })
}

async fn has_account(backend: &Backend, player: &PlayerName) -> Result<bool, AppError> {
    let status = backend.store.account_status(player).await?;
    Ok(status == AccountStatus::Active)
}

/// Reads a game and caches it. An expired invitation is deleted and reported as not found.
pub(super) async fn read(
    backend: &Backend,
    id: GameId,
    consistent: bool,
) -> Result<Game, AppError> {
    let mut game = require(find(backend, id, consistent).await?)?;
    let now = Timestamp::now();
    if game.is_expired(now) {
        delete_expired(backend, game, now).await?;
        return Err(AppError::NoSuchGame);
    }
    backend.recent_games.insert(game.clone());
    if !consistent
        && let Some(known) = backend.recent_games.get(id)
        && known.recency() > game.recency()
    {
        // An eventually consistent read may lag behind the state that this instance knows already.
        game = known;
    }
    Ok(game)
}

/// Looks a game up, and remembers its id if there is none. Only a strongly consistent read can tell.
async fn find(backend: &Backend, id: GameId, consistent: bool) -> Result<Option<Game>, AppError> {
    let mut game = backend.store.game(id, consistent).await?;
    if game.is_none() && !consistent {
        game = backend.store.game(id, true).await?;
    }
    if game.is_none() {
        backend.missing.add_game(id);
        // The game may have been created while the response was on its way.
        if backend.recent_games.get(id).is_some() {
            backend.missing.remove_game(id);
        }
    }
    Ok(game)
}

/// Deletes an expired invitation, unless another request has deleted it already.
pub(super) async fn delete_expired(
    backend: &Backend,
    game: Game,
    now: Timestamp,
) -> Result<(), AppError> {
    let step = async move |backend: Backend| {
        let deleted = backend.store.delete_expired(game.id, now).await?;
        if deleted.done().is_some() {
            metrics::game_removed(Removal::Expired);
            backend.game_removed(&game);
        }
        Ok(())
    };
    backend.run_to_completion(step).await
}
