use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    time::{Duration, Instant},
};

/// The minimum interval between two reads of a key.
const MIN_INTERVAL: Duration = Duration::from_secs(1);
/// The maximum interval between two reads of a key.
const MAX_INTERVAL: Duration = Duration::from_secs(30);
/// The divisor that gives the interval of a key from the time since its last change. A change is noticed late
/// by at most an eighth of the time that its watchers have waited for it anyway.
const QUIET_TIME_DIVISOR: u32 = 8;

/// The times of the next reads of the watched keys. The interval grows with the time since the last change of
/// a key.
#[derive(Debug)]
pub(super) struct Schedule<K>(HashMap<K, Times>);

#[derive(Clone, Copy, Debug)]
struct Times {
    last_change: Instant,
    next_read: Instant,
}

impl<K> Default for Schedule<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> Schedule<K> {
    /// Schedules exactly these keys. New keys are due at once.
    pub(super) fn set_keys(&mut self, keys: &[K], now: Instant) {
        let wanted: HashSet<&K> = keys.iter().collect();
        self.0.retain(|key, _| wanted.contains(key));
        for key in keys {
            let times = Times {
                last_change: now,
                next_read: now,
            };
            self.0.entry(key.clone()).or_insert(times);
        }
    }

    /// Returns the keys that are due, and schedules the next read of each.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<K> {
        let mut due = Vec::new();
        for (key, times) in &mut self.0 {
            if times.next_read <= now {
                times.next_read = now + interval(now - times.last_change);
                due.push(key.clone());
            }
        }
        due
    }

    /// Called after a change of a key, which makes further changes likely. Reads it again soon.
    pub(super) fn changed(&mut self, key: &K, now: Instant) {
        if let Some(times) = self.0.get_mut(key) {
            times.last_change = now;
            times.next_read = times.next_read.min(now + MIN_INTERVAL);
        }
    }

    /// Returns the time of the next read, or `None` if nothing is scheduled.
    pub(super) fn next_read(&self) -> Option<Instant> {
        self.0.values().map(|times| times.next_read).min()
    }
}

fn interval(quiet_time: Duration) -> Duration {
    (quiet_time / QUIET_TIME_DIVISOR).clamp(MIN_INTERVAL, MAX_INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_grows_while_nothing_changes() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.set_keys(&["game"], start);
        let mut reads = Vec::new();
        while let Some(at) = schedule
            .next_read()
            .filter(|at| *at - start <= Duration::from_secs(3600))
        {
            assert_eq!(schedule.take_due(at), ["game"]);
            reads.push(at);
        }
        let intervals: Vec<Duration> = reads.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(intervals.is_sorted());
        assert_eq!(
            (intervals[0], *intervals.last().unwrap_or(&MIN_INTERVAL)),
            (MIN_INTERVAL, MAX_INTERVAL)
        );
        // One read per second would be 3600.
        assert!((100..200).contains(&reads.len()), "{}", reads.len());
    }

    #[test]
    fn a_change_shortens_the_interval() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.set_keys(&["game"], start);
        let late = start + Duration::from_secs(3600);
        assert_eq!(schedule.take_due(late), ["game"]);
        assert_eq!(schedule.next_read(), Some(late + MAX_INTERVAL));
        schedule.changed(&"game", late);
        assert_eq!(schedule.next_read(), Some(late + MIN_INTERVAL));
    }

    #[test]
    fn an_unwatched_key_is_not_read() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        schedule.set_keys(&["one", "two"], now);
        schedule.set_keys(&["two"], now);
        assert_eq!(schedule.take_due(now), ["two"]);
    }
}
