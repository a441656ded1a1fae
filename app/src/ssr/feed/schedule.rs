use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    time::{Duration, Instant},
};

/// The shortest time between two readings.
const SOONEST: Duration = Duration::from_secs(1);
/// The longest.
const LATEST: Duration = Duration::from_secs(30);
/// What has been quiet for some time is read again after this part of it: a change is seen late by an
/// eighth of the time that people have waited for it anyway.
const PART: u32 = 8;

/// When to read again what may have changed: the later, the longer nothing happened to it.
#[derive(Debug)]
pub(super) struct Schedule<K>(HashMap<K, Times>);

#[derive(Clone, Copy, Debug)]
struct Times {
    changed: Instant,
    due: Instant,
}

impl<K> Default for Schedule<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> Schedule<K> {
    /// Has these read and no others. What is new is due at once.
    pub(super) fn keep(&mut self, watched: &[K], now: Instant) {
        let wanted: HashSet<&K> = watched.iter().collect();
        self.0.retain(|key, _| wanted.contains(key));
        for key in watched {
            let times = Times {
                changed: now,
                due: now,
            };
            self.0.entry(key.clone()).or_insert(times);
        }
    }

    /// What is to be read now, and again after its pause.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<K> {
        let mut due = Vec::new();
        for (key, times) in &mut self.0 {
            if times.due <= now {
                times.due = now + pause(now - times.changed);
                due.push(key.clone());
            }
        }
        due
    }

    /// Something happened to it: more will, soon.
    pub(super) fn changed(&mut self, key: &K, now: Instant) {
        if let Some(times) = self.0.get_mut(key) {
            times.changed = now;
            times.due = times.due.min(now + SOONEST);
        }
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.values().map(|times| times.due).min()
    }
}

fn pause(quiet: Duration) -> Duration {
    (quiet / PART).clamp(SOONEST, LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_due_at_once_and_then_ever_more_seldom() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.keep(&["game"], start);
        let mut readings = Vec::new();
        while let Some(at) = schedule
            .next()
            .filter(|at| *at - start <= Duration::from_secs(3600))
        {
            assert_eq!(schedule.take_due(at), ["game"]);
            readings.push(at);
        }
        let pauses: Vec<Duration> = readings.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(pauses.is_sorted());
        assert_eq!(
            (pauses[0], *pauses.last().unwrap_or(&SOONEST)),
            (SOONEST, LATEST)
        );
        // Once a second would be 3600.
        assert!((100..200).contains(&readings.len()), "{}", readings.len());
    }

    #[test]
    fn a_change_makes_it_due_soon_again() {
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        schedule.keep(&["game"], start);
        let late = start + Duration::from_secs(3600);
        assert_eq!(schedule.take_due(late), ["game"]);
        assert_eq!(schedule.next(), Some(late + LATEST));
        schedule.changed(&"game", late);
        assert_eq!(schedule.next(), Some(late + SOONEST));
    }

    #[test]
    fn what_nobody_watches_is_not_read() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        schedule.keep(&["one", "two"], now);
        schedule.keep(&["two"], now);
        assert_eq!(schedule.take_due(now), ["two"]);
    }
}
