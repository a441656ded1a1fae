//! A race: the same move or the same acceptance, sent many times at once. The condition lets only one through.
//!
//! The requests bypass the recognition of a repeated move, so all others are rejected. The one that succeeds is
//! an ordinary move.

use super::capture::{Entry, Inspector, Recording, entry::RequestOutcome};
use backend::{
    Backend,
    accounts::Session,
    game::{Decision, Game},
    metrics,
    store::{StoreError, Write},
};
use domain::{
    error::{AppError, ValidationRule},
    ids::GameId,
    rules::{Next, Square},
    status::Status,
};
use futures::future::join_all;
use jiff::Timestamp;
use std::ops::RangeInclusive;

/// The number of simultaneous attempts that are allowed.
pub const ATTEMPTS: RangeInclusive<u32> = 2..=20;

/// The result of a race.
#[derive(Clone, Debug)]
pub struct Race {
    /// The attempts in words: `10 acceptances at once`.
    pub title: String,
    /// The writes: first the successful ones, then the others, each in the order in which they ended.
    pub entries: Vec<Entry>,
}

impl Race {
    fn new(title: String, mut entries: Vec<Entry>) -> Self {
        // The store reads the item after a failed condition if the engine did not return it.
        entries.retain(|entry| !entry.request.operation.is_read());
        // Readers look for the successful write first.
        entries.sort_by_key(|entry| !is_done(entry));
        Self { title, entries }
    }

    /// The number of writes that succeeded.
    #[must_use]
    pub fn successes(&self) -> usize {
        self.entries.iter().filter(|entry| is_done(entry)).count()
    }

    /// The number of writes that the condition rejected.
    #[must_use]
    pub fn rejections(&self) -> usize {
        let is_rejected =
            |entry: &&Entry| matches!(entry.outcome, RequestOutcome::ConditionFailed(_));
        self.entries.iter().filter(is_rejected).count()
    }
}

const fn is_done(entry: &Entry) -> bool {
    matches!(entry.outcome, RequestOutcome::Done { .. })
}

/// Sends the same move on `square` this many times at once or, while the game is pending, the same acceptance.
///
/// # Errors
///
/// The errors of a single move or acceptance, and [`AppError::InvalidRequest`] if `attempts` is not one of
/// [`ATTEMPTS`].
pub async fn race(
    backend: &Backend,
    inspector: &Inspector,
    session: &Session,
    id: GameId,
    square: Option<Square>,
    attempts: u32,
) -> Result<Race, AppError> {
    let (inspector, session) = (inspector.clone(), session.clone());
    let step = async move |backend: Backend| {
        run(&backend, &inspector, &session, id, square, attempts).await
    };
    backend.run_to_completion(step).await
}

async fn run(
    backend: &Backend,
    inspector: &Inspector,
    session: &Session,
    id: GameId,
    square: Option<Square>,
    attempts: u32,
) -> Result<Race, AppError> {
    if !ATTEMPTS.contains(&attempts) {
        return Err(AppError::invalid("times", ValidationRule::FieldType));
    }
    let game = backend
        .store
        .game(id, true)
        .await?
        .ok_or(AppError::NoSuchGame)?;
    let log = inspector.session_log(&session.key);
    let now = Timestamp::now();
    if game.status() == Status::Pending {
        if game.players.opponent != session.key.player {
            return Err(AppError::NotYourGame);
        }
        let writes = (0..attempts).map(|_| backend.store.accept(id, &session.key.player, now));
        let (results, entries) = Recording::collect(inspector, &log, join_all(writes)).await;
        if publish(backend, results) {
            metrics::game_accepted();
        }
        let title = format!("{attempts} acceptances at once");
        return Ok(Race::new(title, entries));
    }
    let square = square.ok_or(AppError::invalid("square", ValidationRule::UnknownSquare))?;
    let ply = u32::try_from(game.board().ply()).unwrap_or(u32::MAX);
    let Decision::Make(chosen) = game.decide(&session.key.player, square, ply)? else {
        return Err(AppError::SquareTaken);
    };
    let writes = (0..attempts).map(|_| backend.store.play(&game, &chosen, now));
    let (results, entries) = Recording::collect(inspector, &log, join_all(writes)).await;
    if publish(backend, results) {
        metrics::move_made();
        if let Next::Over(end) = chosen.next {
            metrics::game_finished(end.outcome());
        }
    }
    let title = format!("{attempts} moves to {} at once", square.label());
    Ok(Race::new(title, entries))
}

/// Publishes the game to its watchers. Returns true if a write succeeded.
fn publish(backend: &Backend, results: Vec<Result<Write<Game>, StoreError>>) -> bool {
    let mut succeeded = false;
    for write in results.into_iter().flatten() {
        match write {
            Write::Done(game) | Write::DoneEarlier(game) => {
                succeeded = true;
                backend.game_changed(&game);
            }
            // Publishes the game even if the response of the successful write is lost.
            Write::ConditionFailed(Some(game)) => backend.game_changed(&game),
            Write::ConditionFailed(None) => {}
        }
    }
    succeeded
}
