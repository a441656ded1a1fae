//! The recording of database requests.
//!
//! | file | subject |
//! |---|---|
//! | [`recording`] | the database requests of one HTTP request, until its session is known |
//! | [`interceptor`] | the interceptor of the SDK that sees each request, attempt and answer |
//! | [`request`], [`entry`] | a recorded request, without secrets, and its outcome |
//! | [`pattern`] | the access pattern of a request, its heading in the guide, its function in the store |
//! | [`expression`], [`condition`] | readable expressions; the clauses of a condition that did not hold |
//! | [`units`] | capacity units and prices |
//! | [`session_log`] | the log of one session |
//! | [`versions`] | a game's item in its last two versions |
//!
//! Memory is bounded: [`session_log::MAX_ENTRIES`] requests for each of [`MAX_SESSIONS`] sessions, no value
//! longer than 256 characters, and two versions of each of [`MAX_GAMES`] items. The least recently used session
//! or item is forgotten first.

pub mod condition;
pub mod entry;
pub mod expression;
pub mod interceptor;
pub mod pattern;
pub mod recording;
pub mod request;
pub mod session_log;
pub mod units;
pub mod versions;

pub use entry::{Cause, Entry};
pub use recording::Recording;
pub use request::Request;
pub use session_log::SessionLog;

/// An item, attribute by attribute.
pub use backend::store::Attributes as Item;

use super::fault_transport::FaultTransport;
use aws_sdk_dynamodb::{
    Client,
    config::retry::{RetryPartition, TokenBucket},
};
use backend::{accounts::SessionKey, store::TableNames};
use moka::{policy::EvictionPolicy, sync::Cache};
use parking_lot::Mutex;
use session_log::Meter;
use std::{fmt, hash::Hash, sync::Arc, time::Duration};
use units::Totals;
use versions::Versions;

/// The maximum number of sessions with a log.
pub const MAX_SESSIONS: u64 = 200;
/// The maximum number of games whose items and costs are kept.
pub const MAX_GAMES: u64 = 1000;
/// The time after which an unused session or game is forgotten.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// One of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `Games`.
    Games,
    /// `Players`.
    Players,
    /// `Sessions`.
    Sessions,
}

impl Table {
    fn of(name: &str, names: &TableNames) -> Option<Self> {
        let all = [
            (&names.games, Self::Games),
            (&names.players, Self::Players),
            (&names.sessions, Self::Sessions),
        ];
        let found = all.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, table)| table)
    }

    /// The name without the prefix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Games => "Games",
            Self::Players => "Players",
            Self::Sessions => "Sessions",
        }
    }
}

fn lru_cache<K, V>(capacity: u64) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(capacity)
        .time_to_idle(IDLE_TIMEOUT)
        .eviction_policy(EvictionPolicy::lru())
        .build()
}

/// The recorded requests of this instance. Cheap to clone.
#[derive(Clone)]
pub struct Inspector(Arc<Shared>);

struct Shared {
    tables: TableNames,
    allows_faults: bool,
    logs: Cache<SessionKey, Arc<SessionLog>>,
    games: Cache<String, Arc<Mutex<RecordedGame>>>,
}

struct RecordedGame {
    versions: Versions,
    meter: Meter,
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inspector")
    }
}

impl Inspector {
    /// Creates an inspector without records. `allows_faults` enables the switches for faults.
    #[must_use]
    pub fn new(tables: TableNames, allows_faults: bool) -> Self {
        Self(Arc::new(Shared {
            tables,
            allows_faults,
            logs: lru_cache(MAX_SESSIONS),
            games: lru_cache(MAX_GAMES),
        }))
    }

    /// Adds the inspector to a client.
    #[must_use]
    pub fn inspected(&self, client: &Client) -> Client {
        let config = client.config();
        let mut builder = config.to_builder();
        if self.allows_faults()
            && let Some(transport) = config.http_client()
        {
            // The SDK stops retrying when too many requests fail, so one session's faults would disable the
            // retries of all.
            let retries =
                RetryPartition::custom("inspected").token_bucket(TokenBucket::unlimited());
            builder = builder
                .http_client(FaultTransport(transport))
                .retry_partition(retries.build());
        }
        let capture = interceptor::CaptureInterceptor(self.clone());
        Client::from_conf(builder.interceptor(capture).build())
    }

    /// Returns true if faults can be switched on.
    #[must_use]
    pub fn allows_faults(&self) -> bool {
        self.0.allows_faults
    }

    fn tables(&self) -> &TableNames {
        &self.0.tables
    }

    /// The log of a session, which is created if it is missing.
    #[must_use]
    pub fn session_log(&self, session: &SessionKey) -> Arc<SessionLog> {
        self.0.logs.get_with_by_ref(session, Arc::default)
    }

    /// Drops the log of a session that has ended.
    pub fn forget(&self, session: &SessionKey) {
        self.0.logs.invalidate(session);
    }

    /// The recorded versions of a game's item.
    #[must_use]
    pub fn versions(&self, game_id: &str) -> Versions {
        self.with_game(game_id, |game| game.versions.clone())
    }

    /// The cost of a game since this instance first recorded it.
    #[must_use]
    pub fn game(&self, game_id: &str) -> Meter {
        self.with_game(game_id, |game| game.meter)
    }

    fn record_version(&self, game_id: &str, item: Item) {
        self.with_game(game_id, |game| game.versions.record(item));
    }

    /// Records that a game's item was deleted.
    pub fn removed(&self, game_id: &str) {
        self.with_game(game_id, |game| game.versions.remove());
    }

    /// Returns true if this is still the log of the session.
    #[must_use]
    pub fn is_current(&self, session: &SessionKey, log: &Arc<SessionLog>) -> bool {
        let current = self.0.logs.get(session);
        current.is_some_and(|current| Arc::ptr_eq(&current, log))
    }

    fn add_totals(&self, game_id: &str, totals: Totals) {
        self.with_game(game_id, |game| game.meter.totals += totals);
    }

    fn with_game<T>(&self, game_id: &str, f: impl FnOnce(&mut RecordedGame) -> T) -> T {
        let new_game = || {
            Arc::new(Mutex::new(RecordedGame {
                versions: Versions::default(),
                meter: Meter::start(),
            }))
        };
        let game = self.0.games.get_with_by_ref(game_id, new_game);
        f(&mut game.lock())
    }
}
