//! The server side of the application, without its pages: use cases, accounts, the hub, the change feed and
//! the store.
//!
//! | module | subject |
//! |---|---|
//! | [`use_cases`] | one function for each action of a player |
//! | [`game`] | the domain model of a game, and decisions on moves |
//! | [`store`] | all access to DynamoDB |
//! | [`accounts`] | passwords, sessions, tokens |
//! | [`hub`] | watchers on this instance, and the events sent to them |
//! | [`feed`] | changes by other instances, read from the tables' streams |
//! | [`request_context`] | the request that a database call belongs to |
//! | [`limits`], [`allowance`] | limits on the actions of each player, and their counters |
//! | [`audit`] | log lines for an operator |
//! | [`metrics`] | application metrics |

pub mod accounts;
pub mod allowance;
pub mod audit;
mod error;
pub mod feed;
pub mod game;
pub mod hub;
pub mod limits;
pub mod metrics;
mod missing;
mod recent_games;
pub mod request_context;
pub mod store;
mod tasks;
pub mod use_cases;

pub use missing::MissingIds;
pub use recent_games::RecentGames;

use accounts::{Passwords, SessionCache, SessionKey};
use domain::{error::AppError, ids::GameId};
use game::Game;
use hub::{Hub, Position};
use limits::PlayerLimits;
use std::{fmt, sync::Arc};
use store::Store;
use tasks::Tasks;

/// A callback for each session that ends, on this instance or on another.
type SessionListener = Arc<dyn Fn(&SessionKey) + Send + Sync>;

/// The shared state of the use cases: created once at start-up, cheap to clone.
#[derive(Clone)]
pub struct Backend {
    /// The tables.
    pub store: Store,
    /// The watchers on this instance.
    pub hub: Hub,
    /// Password hashing, with limited concurrency.
    pub passwords: Passwords,
    /// A cache of the sessions used in the last seconds, so that most requests need no read.
    pub sessions: SessionCache,
    /// A cache of games in the latest state known to this instance.
    pub recent_games: RecentGames,
    /// The ids that were not found in the last seconds.
    pub missing: MissingIds,
    /// The limits on players, or `None` for no limits.
    limits: Option<Arc<PlayerLimits>>,
    tasks: Tasks,
    session_listener: Option<SessionListener>,
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}

impl Backend {
    /// Creates the state of an instance, with empty caches and no watchers.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            hub: Hub::new(),
            passwords: Passwords::default(),
            sessions: SessionCache::new(),
            recent_games: RecentGames::new(),
            missing: MissingIds::new(),
            limits: None,
            tasks: Tasks::default(),
            session_listener: None,
        }
    }

    /// Returns the same state with limits on players.
    #[must_use]
    pub fn with_limits(self) -> Self {
        Self {
            limits: Some(Arc::default()),
            ..self
        }
    }

    /// Returns the same state with a listener for ended sessions.
    #[must_use]
    pub fn on_session_end(self, listener: impl Fn(&SessionKey) + Send + Sync + 'static) -> Self {
        Self {
            session_listener: Some(Arc::new(listener)),
            ..self
        }
    }

    /// Runs a step to its end, even if the caller is dropped meanwhile. A write, its publication and its metrics
    /// are one such step: a stored change whose client has disconnected must still reach its watchers.
    ///
    /// # Errors
    ///
    /// Those of the step. [`AppError::DatabaseUnavailable`] if the process is shutting down.
    ///
    /// # Panics
    ///
    /// If the step panics.
    pub async fn run_to_completion<T: Send + 'static, F>(
        &self,
        step: impl FnOnce(Self) -> F,
    ) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, AppError>> + Send + 'static,
    {
        // The SDK's futures are large. Boxing them here keeps them out of the caller's own future.
        self.tasks.run(Box::pin(step(self.clone()))).await
    }

    /// Waits for the steps that have lost their callers. Call it when no request is running any more.
    pub async fn finish(&self) {
        self.tasks.finished().await;
    }

    /// Publishes the current state of a game to its watchers and caches it. Does nothing if this instance
    /// already knows this state or a later one.
    pub fn game_changed(&self, game: &Game) {
        if self.hub.publish_update(game) {
            self.recent_games.insert(game.clone());
        }
        self.missing.remove_game(game.id);
    }

    /// Publishes the deletion of a game to its watchers and removes it from the cache. Does nothing if this
    /// instance already knows of the deletion or of a later state.
    pub fn game_removed(&self, game: &Game) {
        if self.hub.publish_deletion(game) {
            self.recent_games.remove(game.id);
        }
    }

    /// Publishes that a game is not in the table, and removes it from the cache. Does nothing if this instance
    /// knows that already, or has learned of a later state since `before`, when the table was asked.
    pub fn game_missing(&self, id: GameId, before: Position) {
        if self.hub.publish_missing(id, before) {
            self.recent_games.remove(id);
        }
    }

    /// Drops the session from the cache and closes its streams. Called for local and remote log-outs.
    pub fn session_ended(&self, session: &SessionKey) {
        self.sessions.mark_ended(session);
        self.hub.session_ended(session);
        if let Some(listener) = &self.session_listener {
            listener(session);
        }
    }
}
