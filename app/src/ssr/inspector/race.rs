//! One move, or one acceptance, many times at once: the condition lets a single one through.
//!
//! The requests go to the table as they are, past the recognition of a move that was made already, so
//! each of the others is refused. The game is none the worse for it: what is written is an ordinary move.

use super::{Attribution, Entry, Inspector, entry::Outcome};
use crate::{
    error::{AppError, Rule},
    game::{Next, Square},
    ids::GameId,
    ssr::{
        auth::Session,
        game::{Decision, Game},
        metrics,
        state::AppState,
        store::{StoreError, Write},
    },
    view_model::{GameView, Status},
};
use futures::future::join_all;
use jiff::Timestamp;
use std::ops::RangeInclusive;

/// How often something may be tried at once.
pub const TIMES: RangeInclusive<usize> = 2..=20;

/// What was asked of the table, and what became of it.
#[derive(Clone, Debug)]
pub struct Race {
    /// What was tried.
    pub what: String,
    /// The writes: those that were made, then the others, each in the order in which they ended.
    pub entries: Vec<Entry>,
}

impl Race {
    fn new(what: String, mut entries: Vec<Entry>) -> Self {
        // An engine that gives no item with a refusal is read after each.
        entries.retain(|entry| !entry.request.operation.is_read());
        // The one that everybody looks for first.
        entries.sort_by_key(|entry| !is_done(entry));
        Self { what, entries }
    }

    /// How many were carried out.
    #[must_use]
    pub fn successes(&self) -> usize {
        self.entries.iter().filter(|entry| is_done(entry)).count()
    }

    /// How many were refused by the condition.
    #[must_use]
    pub fn refusals(&self) -> usize {
        let is_refused = |entry: &&Entry| matches!(entry.outcome, Outcome::ConditionFailed(_));
        self.entries.iter().filter(is_refused).count()
    }
}

const fn is_done(entry: &Entry) -> bool {
    matches!(entry.outcome, Outcome::Done { .. })
}

/// Sends the same move on `square` so many times at once; the same acceptance where the game is still
/// pending.
///
/// # Errors
///
/// As for a move or an acceptance that cannot be made even once; [`AppError::InvalidRequest`] for another
/// number of times than [`TIMES`].
pub async fn race(
    state: &AppState,
    inspector: &Inspector,
    session: &Session,
    game_id: &str,
    square: Option<&str>,
    times: usize,
) -> Result<Race, AppError> {
    if !TIMES.contains(&times) {
        return Err(AppError::invalid("times", Rule::Shape));
    }
    let id: GameId = game_id.parse()?;
    let game = state
        .store
        .game(id, true)
        .await?
        .ok_or(AppError::NoSuchGame)?;
    let person = inspector.person(&session.id);
    let now = Timestamp::now();
    if game.status() == Status::Pending {
        if game.opponent != session.player {
            return Err(AppError::NotYourGame);
        }
        let attempts = (0..times).map(|_| state.store.accept(id, &session.player, now));
        let (written, entries) =
            Attribution::collecting(inspector, &person, join_all(attempts)).await;
        if publish(state, written) {
            metrics::game_accepted();
        }
        let what = format!("{times} acceptances at once");
        return Ok(Race::new(what, entries));
    }
    let square: Square = square
        .unwrap_or_default()
        .parse()
        .map_err(|_| AppError::invalid("square", Rule::UnknownSquare))?;
    let ply = GameView::from(&game).ply();
    let Decision::Make(chosen) = game.decide(&session.player, square, ply)? else {
        return Err(AppError::SquareTaken);
    };
    let attempts = (0..times).map(|_| state.store.play(&game, &chosen, now));
    let (written, entries) = Attribution::collecting(inspector, &person, join_all(attempts)).await;
    if publish(state, written) {
        metrics::move_made();
        if let Next::Over(end) = chosen.next {
            metrics::game_finished(end.outcome());
        }
    }
    let what = format!("{times} moves to {} at once", square.words());
    Ok(Race::new(what, entries))
}

/// Tells everybody of the game as it is now, and whether one of the writes was made.
fn publish(state: &AppState, written: Vec<Result<Write<Game>, StoreError>>) -> bool {
    let mut made = false;
    for write in written.into_iter().flatten() {
        match write {
            Write::Done(game) => {
                made = true;
                state.game_changed(&game);
            }
            // Where the answer to the one that was made is lost, this is how it is heard of.
            Write::Refused(Some(game)) => state.game_changed(&game),
            Write::Refused(None) => {}
        }
    }
    made
}
