//! The settings of a run, from the environment.

use std::{env, time::Duration};

/// The settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The game time, `CHAOS_SECONDS`. It is extended until enough has happened.
    pub time: Duration,
    /// Determines the actions, not the order of concurrent requests. `CHAOS_SEED`, or a random seed.
    pub seed: u64,
    pub instances: usize,
    pub players: usize,
    /// The number of games that are played at the same time.
    pub concurrent_games: usize,
}

impl Settings {
    /// A short run, unless the environment says otherwise.
    pub fn from_environment() -> Self {
        Self {
            time: Duration::from_secs(number("CHAOS_SECONDS").unwrap_or(20)),
            seed: number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..)),
            instances: 3,
            players: 12,
            concurrent_games: 24,
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok().filter(|text| !text.is_empty())?;
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) => panic!("{name} is {text:?}; give a whole number."),
    }
}
