//! "Under the hood": what each person's clicks ask of DynamoDB, what it answers, and what that costs.
//!
//! | file | subject |
//! |---|---|
//! | [`attribution`] | whose requests they are |
//! | [`intercept`] | where they are seen: an interceptor of the SDK |
//! | [`request`], [`entry`] | what is kept of one |
//! | [`pattern`] | which access pattern it is, where the guide explains it, and which function makes it |
//! | [`expression`], [`condition`] | expressions made readable; which clause did not hold |
//! | [`units`] | units and money |
//! | [`person`] | what is kept for one person |
//! | [`panel`] | a game's item and index entries, read for the panel alone |
//! | [`items`] | a game's item in its last two versions |
//! | [`faults`], `transport` | faults to be met on purpose |
//! | [`race`] | one move, many times at once |
//! | [`examples`] | each access pattern on a game made for the purpose |
//! | [`view`] | all of it as HTML |
//!
//! Memory is bounded: [`person::KEPT`] requests for each of [`PEOPLE`] sessions, no value longer than 256
//! characters, and two versions of each of [`GAMES`] items. Who was idle longest is forgotten first.

pub mod attribution;
pub mod condition;
pub mod entry;
pub mod examples;
pub mod expression;
pub mod faults;
pub mod intercept;
pub mod items;
pub mod panel;
pub mod pattern;
pub mod person;
pub mod race;
pub mod request;
mod transport;
pub mod units;
pub mod view;

pub use attribution::Attribution;
pub use entry::{Cause, Entry};
pub use person::Person;
pub use request::Request;

use super::{auth::SessionId, store::TableNames};
use aws_sdk_dynamodb::{
    Client,
    config::retry::{RetryPartition, TokenBucket},
};
use items::Versions;
use moka::{policy::EvictionPolicy, sync::Cache};
use person::Meter;
use std::{
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use units::Totals;

pub use super::store::games::Attributes as Item;

/// So many sessions are looked at at once; the one that was idle longest is forgotten for another.
pub const PEOPLE: u64 = 200;
/// So many games' items and costs are remembered.
pub const GAMES: u64 = 1000;
/// What nobody has looked at or added to for so long is forgotten.
const IDLE: Duration = Duration::from_secs(60 * 60);

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

    /// Its name without the prefix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Games => "Games",
            Self::Players => "Players",
            Self::Sessions => "Sessions",
        }
    }
}

fn least_recently_used<K, V>(most: u64) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(most)
        .time_to_idle(IDLE)
        .eviction_policy(EvictionPolicy::lru())
        .build()
}

/// What is remembered of everybody's requests on this instance. Cheap to clone.
#[derive(Clone)]
pub struct Inspector(Arc<Shared>);

struct Shared {
    tables: TableNames,
    can_break: bool,
    people: Cache<SessionId, Arc<Person>>,
    games: Cache<String, Arc<Mutex<Watched>>>,
}

struct Watched {
    versions: Versions,
    meter: Meter,
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inspector")
    }
}

impl Inspector {
    /// One that has seen nothing yet. `can_break` allows the switches for faults.
    #[must_use]
    pub fn new(tables: TableNames, can_break: bool) -> Self {
        Self(Arc::new(Shared {
            tables,
            can_break,
            people: least_recently_used(PEOPLE),
            games: least_recently_used(GAMES),
        }))
    }

    /// The same client, with the inspector in it.
    #[must_use]
    pub fn inspected(&self, client: &Client) -> Client {
        let config = client.config();
        let mut builder = config.to_builder();
        if self.can_break()
            && let Some(transport) = config.http_client()
        {
            // The SDK stops repeating when too much fails: one person's faults would end everybody's retries.
            let retries =
                RetryPartition::custom("inspected").token_bucket(TokenBucket::unlimited());
            builder = builder
                .http_client(transport::Faulty(transport))
                .retry_partition(retries.build());
        }
        let capture = intercept::Capture(self.clone());
        Client::from_conf(builder.interceptor(capture).build())
    }

    /// Whether faults can be switched on.
    #[must_use]
    pub fn can_break(&self) -> bool {
        self.0.can_break
    }

    fn tables(&self) -> &TableNames {
        &self.0.tables
    }

    /// What is kept for a session.
    #[must_use]
    pub fn person(&self, session: &SessionId) -> Arc<Person> {
        self.0.people.get_with_by_ref(session, Arc::default)
    }

    /// A session has ended: what was kept for it goes.
    pub fn forget(&self, session: &SessionId) {
        self.0.people.invalidate(session);
    }

    /// The versions of a game's item that came by.
    #[must_use]
    pub fn versions(&self, game_id: &str) -> Versions {
        self.watched(game_id, |game| game.versions.clone())
    }

    /// What a game has cost since this instance first saw it.
    #[must_use]
    pub fn game(&self, game_id: &str) -> Meter {
        self.watched(game_id, |game| game.meter)
    }

    fn see(&self, game_id: &str, item: Item) {
        self.watched(game_id, |game| game.versions.see(item));
    }

    /// A game's item was removed.
    pub fn removed(&self, game_id: &str) {
        self.watched(game_id, |game| game.versions.remove());
    }

    /// Whether what is kept for a session is still this.
    #[must_use]
    pub fn is_current(&self, session: &SessionId, person: &Arc<Person>) -> bool {
        let kept = self.0.people.get(session);
        kept.is_some_and(|kept| Arc::ptr_eq(&kept, person))
    }

    fn count(&self, game_id: &str, totals: Totals) {
        self.watched(game_id, |game| game.meter.totals += totals);
    }

    fn watched<T>(&self, game_id: &str, with: impl FnOnce(&mut Watched) -> T) -> T {
        let begin = || {
            Arc::new(Mutex::new(Watched {
                versions: Versions::default(),
                meter: Meter::begin(),
            }))
        };
        let game = self.0.games.get_with_by_ref(game_id, begin);
        with(&mut game.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
