//! One clock for everything that happens in a run.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Microseconds since the start of the run.
pub type Tick = u64;

/// The ticks of a duration.
pub const fn ticks(duration: Duration) -> Tick {
    duration.as_micros() as Tick
}

/// A tick for people, in seconds.
pub fn seconds(tick: Tick) -> String {
    format!("{:>11.6}", tick as f64 / 1e6)
}

/// A clock whose ticks are unique: an event that ended before another one began has the lower tick.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    latest: AtomicU64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            latest: AtomicU64::new(0),
        }
    }
}

impl Clock {
    /// The current tick, later than every tick before.
    pub fn tick(&self) -> Tick {
        let now = self.at(Instant::now());
        let next = |latest: Tick| now.max(latest + 1);
        let update = |latest| Some(next(latest));
        let (set, fetch) = (Ordering::SeqCst, Ordering::SeqCst);
        // The update never declines, so both variants hold the previous tick.
        let (Ok(latest) | Err(latest)) = self.latest.fetch_update(set, fetch, update);
        next(latest)
    }

    /// The tick of an instant.
    pub fn at(&self, instant: Instant) -> Tick {
        ticks(instant.saturating_duration_since(self.start))
    }
}
