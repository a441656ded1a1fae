//! Allowances: how often something may happen.

use parking_lot::Mutex;
use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// The smallest number of keys at which those with a full allowance are forgotten.
const MIN_KEYS: usize = 1024;

/// An allowance for each key: a burst, which refills at a steady rate.
///
/// It keeps one time for each key (the generic cell rate algorithm). Unlike the counters of the usual libraries it
/// can give back what was taken, because only the table can tell which reads count.
#[derive(Debug)]
pub struct Allowance<K> {
    interval: Duration,
    burst: u32,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    /// The time at which each key's allowance will be full again. Keys with a full allowance may be missing.
    full_at: HashMap<K, Instant>,
    /// The number of keys at which those with a full allowance are forgotten. It grows with the number of others, so
    /// that each key costs a constant time.
    max_keys: usize,
}

impl<K: Clone + Eq + Hash> Allowance<K> {
    /// Creates full allowances of `burst` that refill by one every `interval`.
    #[must_use]
    pub fn new(interval: Duration, burst: u32) -> Self {
        Self {
            interval,
            burst,
            state: Mutex::new(State {
                full_at: HashMap::new(),
                max_keys: MIN_KEYS,
            }),
        }
    }

    /// Takes `count` from the allowance of a key, or nothing.
    ///
    /// # Errors
    ///
    /// The time until so much can be taken, if the allowance does not suffice.
    pub fn take(&self, key: &K, count: u32) -> Result<(), Duration> {
        self.take_at(key, count, Instant::now())
    }

    /// Like [`take`](Self::take), at this time.
    pub(crate) fn take_at(&self, key: &K, count: u32, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock();
        let State { full_at, max_keys } = &mut *state;
        let start = full_at.get(key).map_or(now, |full_at| (*full_at).max(now));
        let full = start + self.interval * count;
        let latest = now + self.interval * self.burst;
        if full > latest {
            return Err(full - latest);
        }
        if full_at.len() >= *max_keys {
            full_at.retain(|_, full_at| *full_at > now);
            *max_keys = MIN_KEYS.max(2 * full_at.len());
        }
        full_at.insert(key.clone(), full);
        Ok(())
    }

    /// Gives back `count` that turned out not to count.
    pub fn give_back(&self, key: &K, count: u32) {
        if let Some(full_at) = self.state.lock().full_at.get_mut(key)
            && let Some(earlier) = full_at.checked_sub(self.interval * count)
        {
            *full_at = earlier;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_is_allowed_and_refills_steadily() {
        let allowance = Allowance::new(SECOND, 3);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(allowance.take_at(&"ada", 1, now), Ok(()));
        }
        assert_eq!(allowance.take_at(&"ada", 1, now), Err(SECOND));
        assert_eq!(allowance.take_at(&"bob", 1, now), Ok(()));
        let later = now + SECOND;
        assert_eq!(allowance.take_at(&"ada", 1, later), Ok(()));
        assert_eq!(allowance.take_at(&"ada", 1, later), Err(SECOND));
    }

    #[test]
    fn a_full_allowance_never_exceeds_the_burst() {
        let allowance = Allowance::new(SECOND, 3);
        let now = Instant::now();
        assert_eq!(allowance.take_at(&(), 1, now), Ok(()));
        let much_later = now + 100 * SECOND;
        assert_eq!(allowance.take_at(&(), 3, much_later), Ok(()));
        assert_eq!(allowance.take_at(&(), 1, much_later), Err(SECOND));
    }

    #[test]
    fn several_are_taken_at_once_or_not_at_all() {
        let allowance = Allowance::new(SECOND, 3);
        let now = Instant::now();
        assert_eq!(allowance.take_at(&(), 4, now), Err(SECOND));
        assert_eq!(allowance.take_at(&(), 2, now), Ok(()));
        assert_eq!(allowance.take_at(&(), 2, now), Err(SECOND));
        assert_eq!(allowance.take_at(&(), 1, now), Ok(()));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let allowance = Allowance::new(SECOND, 1);
        let now = Instant::now();
        assert_eq!(allowance.take_at(&(), 1, now), Ok(()));
        allowance.give_back(&(), 1);
        assert_eq!(allowance.take_at(&(), 1, now), Ok(()));
        assert_eq!(allowance.take_at(&(), 1, now), Err(SECOND));
    }

    #[test]
    fn only_full_allowances_are_forgotten() {
        let allowance = Allowance::new(SECOND, 1);
        let now = Instant::now();
        let later = now + SECOND;
        assert_eq!(allowance.take_at(&0, 1, later), Ok(()));
        for key in 1..MIN_KEYS {
            assert_eq!(allowance.take_at(&key, 1, now), Ok(()));
        }
        assert_eq!(allowance.take_at(&MIN_KEYS, 1, later), Ok(()));
        assert_eq!(allowance.state.lock().full_at.len(), 2);
        assert_eq!(allowance.take_at(&0, 1, later), Err(SECOND));
    }
}
