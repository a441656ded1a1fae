use std::time::{Duration, Instant};

/// The lowest rate, in readings a second.
const LOWEST: f64 = 1.0 / 15.0;
/// By how much the rate grows in a second, in readings a second.
const GROWTH: f64 = 0.05;
/// What is left of the rate after a refusal.
const DECREASE: f64 = 0.8;

/// How often a shard is read. It serves only so many readings a second for all its readers together
/// (five, we assume; see `docs/decisions/change-feed.md`), and no reader knows how many there are. So the
/// rate of each grows steadily and falls by a fifth with each refusal: that way they come to equal shares
/// (additive increase, multiplicative decrease; Chiu and Jain, "Analysis of the increase and decrease
/// algorithms for congestion avoidance", 1989).
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// In readings a second.
    highest: f64,
    rate: f64,
    last: Instant,
    was_refused: bool,
}

impl Pace {
    /// As fast as it may ever be.
    pub(super) fn new(fastest: Duration, now: Instant) -> Self {
        let highest = 1.0 / fastest.as_secs_f64();
        Self {
            highest,
            rate: highest,
            last: now,
            was_refused: false,
        }
    }

    /// Until the next reading, from the beginning of the last. `chance` (from 0 to 1) makes readers that
    /// began together drift apart. A pause is never shorter than the rate says, so that as many readers
    /// as a shard serves are never refused; after a refusal it is, since a place may be free soon.
    pub(super) fn pause(&self, chance: f64) -> Duration {
        let share = if self.was_refused {
            0.1 + 0.4 * chance
        } else {
            1.0 + 0.1 * chance
        };
        Duration::from_secs_f64(share / self.rate)
    }

    /// What was asked for came.
    pub(super) fn succeeded(&mut self, now: Instant) {
        self.grow(now);
        self.was_refused = false;
    }

    /// There were too many readings.
    pub(super) fn refused(&mut self, now: Instant) {
        self.failed(now);
        self.was_refused = true;
    }

    /// There was no answer, or one that tells of a failure.
    pub(super) fn failed(&mut self, now: Instant) {
        self.grow(now);
        self.rate = (self.rate * DECREASE).max(LOWEST);
        self.was_refused = false;
    }

    fn grow(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.last).as_secs_f64();
        self.rate = (self.rate + GROWTH * seconds).min(self.highest);
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_slows_down_when_refused_and_recovers() {
        let start = Instant::now();
        let mut pace = Pace::new(SECOND, start);
        assert_eq!(pace.pause(0.0), SECOND);
        pace.refused(start);
        assert!(pace.pause(1.0) < SECOND);
        pace.succeeded(start);
        assert_eq!(pace.pause(0.0), SECOND * 5 / 4);
        pace.succeeded(start + SECOND * 10);
        assert_eq!(pace.pause(0.0), SECOND);
    }

    #[test]
    fn it_never_stops() {
        let start = Instant::now();
        let mut pace = Pace::new(SECOND, start);
        for _ in 0..100 {
            pace.failed(start);
        }
        assert_eq!(pace.pause(0.0), SECOND * 15);
    }

    /// Simulates readers of a shard that serves five readings in any second. How many readings each got
    /// in ten minutes, and how many were refused.
    fn share(readers: u32) -> (Vec<u32>, u32) {
        let start = Instant::now();
        let mut all: Vec<(Instant, Pace, u32)> = (0..readers)
            .map(|_| (start, Pace::new(SECOND, start), 0))
            .collect();
        let (mut served, mut refused) = (Vec::new(), 0);
        let mut chance = 0.3_f64;
        loop {
            all.sort_by_key(|(at, ..)| *at);
            let (at, pace, readings) = &mut all[0];
            if *at > start + SECOND * 600 {
                return (
                    all.iter().map(|(_, _, readings)| *readings).collect(),
                    refused,
                );
            }
            served.retain(|earlier| *earlier + SECOND > *at);
            if served.len() < 5 {
                served.push(*at);
                *readings += 1;
                pace.succeeded(*at);
            } else {
                refused += 1;
                pace.refused(*at);
            }
            // Any sequence that does not repeat soon: the logistic map.
            chance = 3.99 * chance * (1.0 - chance);
            *at += pace.pause(chance);
        }
    }

    #[test]
    fn as_many_readers_as_a_shard_serves_are_never_refused() {
        let (readings, refused) = share(5);
        assert_eq!(refused, 0);
        // At least every 1.1 seconds.
        assert!(readings.iter().all(|n| *n > 540), "{readings:?}");
    }

    #[test]
    fn more_readers_share_what_there_is_and_nobody_starves() {
        for readers in [8, 16, 32] {
            let (readings, refused) = share(readers);
            let sum: u32 = readings.iter().sum();
            assert!(refused > 0);
            assert!(sum > 600 * 4, "most of what can be served is: {readings:?}");
            let fair = sum / readers;
            assert!(readings.iter().all(|n| *n > fair / 2), "{readings:?}");
        }
    }
}
