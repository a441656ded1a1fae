//! How long and how hard, from the environment.

use std::{env, time::Duration};

/// What a run is given.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long people play: `CHAOS_SECONDS`. Longer, where less than enough has happened by then.
    pub time: Duration,
    /// Decides what is tried, not how it interleaves: `CHAOS_SEED`, else another one every time.
    pub seed: u64,
    pub instances: usize,
    pub players: usize,
    /// Games that are played at the same time.
    pub games_at_once: usize,
}

impl Settings {
    /// The short form, unless the environment says otherwise.
    pub fn from_environment() -> Self {
        Self {
            time: Duration::from_secs(number("CHAOS_SECONDS").unwrap_or(20)),
            seed: number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..)),
            instances: 3,
            players: 12,
            games_at_once: 24,
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
