use std::time::{Duration, Instant};

/// The minimum rate, in reads per second.
const MIN_RATE: f64 = 1.0 / 15.0;
/// The growth of the rate in each second, in reads per second.
const RATE_INCREASE: f64 = 0.05;
/// The factor by which a throttled or failed read lowers the rate.
const RATE_DECREASE: f64 = 0.8;

/// The rate at which a shard is read.
///
/// A shard serves a limited number of reads per second to all its readers together. We assume five, see
/// `docs/decisions/change-feed.md`. No reader knows the number of readers. The rate of each therefore grows
/// steadily, and a throttled read lowers it by a fifth, which makes the rates converge to equal shares.
///
/// The method is additive increase, multiplicative decrease: Chiu and Jain, "Analysis of the increase and
/// decrease algorithms for congestion avoidance", 1989.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// The maximum rate, in reads per second.
    max_rate: f64,
    /// The current rate, in reads per second.
    rate: f64,
    last: Instant,
    was_throttled: bool,
}

impl Pace {
    /// Starts at the maximum rate, one read in each `min_interval`.
    pub(super) fn new(min_interval: Duration, now: Instant) -> Self {
        let max_rate = 1.0 / min_interval.as_secs_f64();
        Self {
            max_rate,
            rate: max_rate,
            last: now,
            was_throttled: false,
        }
    }

    /// Returns the interval from the start of the last read to the next one.
    ///
    /// `jitter`, from 0 to 1, makes readers that started together drift apart. It never shortens the interval
    /// of the current rate, so that as many readers as the shard serves are never throttled. Only after a
    /// throttled read is the interval shorter, because capacity may be free soon.
    pub(super) fn interval(&self, jitter: f64) -> Duration {
        let factor = if self.was_throttled {
            0.1 + 0.4 * jitter
        } else {
            1.0 + 0.1 * jitter
        };
        Duration::from_secs_f64(factor / self.rate)
    }

    /// Called after a successful read.
    pub(super) fn succeeded(&mut self, now: Instant) {
        self.grow(now);
        self.was_throttled = false;
    }

    /// Called after a throttled read.
    pub(super) fn throttled(&mut self, now: Instant) {
        self.failed(now);
        self.was_throttled = true;
    }

    /// Called after a read that failed for another reason.
    pub(super) fn failed(&mut self, now: Instant) {
        self.grow(now);
        self.rate = (self.rate * RATE_DECREASE).max(MIN_RATE);
        self.was_throttled = false;
    }

    fn grow(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.last).as_secs_f64();
        self.rate = (self.rate + RATE_INCREASE * seconds).min(self.max_rate);
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn throttling_lowers_the_rate_and_success_raises_it() {
        let start = Instant::now();
        let mut pace = Pace::new(SECOND, start);
        assert_eq!(pace.interval(0.0), SECOND);
        pace.throttled(start);
        assert!(pace.interval(1.0) < SECOND);
        pace.succeeded(start);
        assert_eq!(pace.interval(0.0), SECOND * 5 / 4);
        pace.succeeded(start + SECOND * 10);
        assert_eq!(pace.interval(0.0), SECOND);
    }

    #[test]
    fn the_rate_has_a_minimum() {
        let start = Instant::now();
        let mut pace = Pace::new(SECOND, start);
        for _ in 0..100 {
            pace.failed(start);
        }
        assert_eq!(pace.interval(0.0), SECOND * 15);
    }

    /// Simulates ten minutes of a shard that serves five reads in any second. Returns the number of reads
    /// that each reader made, and the number of throttled reads.
    fn simulate(readers: u32) -> (Vec<u32>, u32) {
        let start = Instant::now();
        let mut all: Vec<(Instant, Pace, u32)> = (0..readers)
            .map(|_| (start, Pace::new(SECOND, start), 0))
            .collect();
        let (mut served, mut throttled) = (Vec::new(), 0);
        let mut jitter = 0.3_f64;
        loop {
            all.sort_by_key(|(at, ..)| *at);
            let (at, pace, reads) = &mut all[0];
            if *at > start + SECOND * 600 {
                return (all.iter().map(|(_, _, reads)| *reads).collect(), throttled);
            }
            served.retain(|earlier| *earlier + SECOND > *at);
            if served.len() < 5 {
                served.push(*at);
                *reads += 1;
                pace.succeeded(*at);
            } else {
                throttled += 1;
                pace.throttled(*at);
            }
            // The logistic map gives a sequence that does not repeat soon.
            jitter = 3.99 * jitter * (1.0 - jitter);
            *at += pace.interval(jitter);
        }
    }

    #[test]
    fn five_readers_are_never_throttled() {
        let (reads, throttled) = simulate(5);
        assert_eq!(throttled, 0);
        // At least one read every 1.1 seconds.
        assert!(reads.iter().all(|n| *n > 540), "{reads:?}");
    }

    #[test]
    fn more_readers_share_the_capacity_fairly() {
        for readers in [8, 16, 32] {
            let (reads, throttled) = simulate(readers);
            let sum: u32 = reads.iter().sum();
            assert!(throttled > 0);
            assert!(sum > 600 * 4, "most of the capacity is used: {reads:?}");
            let fair = sum / readers;
            assert!(reads.iter().all(|n| *n > fair / 2), "{reads:?}");
        }
    }
}
