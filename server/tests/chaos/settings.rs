//! The settings of a run, from the environment.

use crate::{clock::ticks, record::Bounds};
use std::{env, time::Duration};
use test_support::Engine;

/// The settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub engine: Engine,
    /// The game time, `CHAOS_SECONDS`. It is extended until enough has happened.
    pub time: Duration,
    /// Determines the actions, not the order of concurrent requests. `CHAOS_SEED`, or a random seed.
    pub seed: u64,
    pub instances: usize,
    pub players: usize,
    /// The number of games that are played at the same time.
    pub concurrent_games: usize,
    /// The number of visitors, who register, log in and log out.
    pub visitors: usize,
}

impl Settings {
    /// A short run, unless the environment says otherwise.
    pub fn from_environment(engine: Engine) -> Self {
        Self {
            engine,
            time: Duration::from_secs(number("CHAOS_SECONDS").unwrap_or(15)),
            seed: number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..)),
            instances: match engine {
                Engine::Embedded => 1,
                Engine::DynamoDbLocal => 3,
            },
            players: 12,
            concurrent_games: number("CHAOS_GAMES").map_or(24, |games| games as usize),
            visitors: 3,
        }
    }

    /// The time within which an undisturbed instance tells its streams of a change.
    ///
    /// With DynamoDB Local, another instance's change comes through the table's stream, whose reads meet the same faults
    /// as all requests: timeouts of three seconds, repeated up to four times.
    pub const fn told_within(&self) -> Duration {
        match self.engine {
            Engine::Embedded => Duration::from_secs(3),
            Engine::DynamoDbLocal => Duration::from_secs(12),
        }
    }

    pub const fn bounds(&self) -> Bounds {
        Bounds {
            told: ticks(self.told_within()),
            session: ticks(SESSION_BOUND),
            indexed: ticks(INDEX_LAG),
        }
    }
}

/// An instance caches a session for ten seconds.
pub const SESSION_BOUND: Duration = Duration::from_secs(12);

/// The longest time between a write and its appearance in the indexes.
const INDEX_LAG: Duration = Duration::from_secs(2);

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok().filter(|text| !text.is_empty())?;
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) => panic!("{name} is {text:?}; give a whole number."),
    }
}
