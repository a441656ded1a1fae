//! What happens to the instances and to the database meanwhile.

use crate::{
    instance::Instance,
    support::{FaultProxy, ProxyFault, Rates},
    world::World,
};
use std::{sync::Arc, time::Duration};
use tokio::time;

/// Of a thousand requests to the database. A time-out is seldom, because it takes three seconds.
pub fn rates() -> Rates {
    vec![
        (ProxyFault::Throttled, 40),
        (ProxyFault::InternalError, 20),
        (ProxyFault::InternalErrorAfterwards, 20),
        (ProxyFault::TimedOut, 4),
        (ProxyFault::TimedOutAfterwards, 6),
        (ProxyFault::AnswerLost, 40),
        (ProxyFault::Slow, 30),
        (ProxyFault::Refused, 30),
    ]
}

/// So many starts fail only when none can succeed.
const TOO_MANY_STARTS: u32 = 50;

/// What was done to the instances.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disruptions {
    /// Ended at once.
    pub kills: u32,
    /// Asked to end.
    pub terminations: u32,
    /// Started again.
    pub restarts: u32,
    /// Started, but the tables did not answer, so that they were started once more.
    pub failed_starts: u32,
    pub outages: u32,
}

/// Kills, stops, starts and cuts off at random, until the world is over. All instances run then.
pub async fn disrupt(
    world: Arc<World>,
    proxy: Arc<FaultProxy>,
    mut instances: Vec<Instance>,
    mut random: fastrand::Rng,
) -> (Vec<Instance>, Disruptions) {
    let mut done = Disruptions::default();
    // Each of them at least once, however short the run.
    let mut planned = vec![2, 0, 1, 0];
    while !world.is_over() || !planned.is_empty() {
        pause(&mut random, 300..1500).await;
        let which = random.usize(0..instances.len());
        let instance = &mut instances[which];
        assert!(
            instance.is_running(),
            "instance {which} has ended by itself; it said:\n{}",
            instance.last_words()
        );
        match planned.pop().unwrap_or_else(|| random.u32(0..4) % 3) {
            0 => {
                instance.kill().await;
                done.kills += 1;
                pause(&mut random, 0..800).await;
                start(instance, &mut done).await;
            }
            1 => {
                instance.terminate().await;
                done.terminations += 1;
                start(instance, &mut done).await;
            }
            _ => {
                proxy.set_outage(true);
                done.outages += 1;
                pause(&mut random, 200..1500).await;
                proxy.set_outage(false);
            }
        }
    }
    (instances, done)
}

/// As whatever supervises the processes does it: again, until it runs.
async fn start(instance: &mut Instance, done: &mut Disruptions) {
    while let Err(reason) = instance.start().await {
        done.failed_starts += 1;
        assert!(
            done.failed_starts < TOO_MANY_STARTS,
            "{reason}; it said:\n{}",
            instance.last_words()
        );
    }
    done.restarts += 1;
}

/// Lets the others go on for a while.
async fn pause(random: &mut fastrand::Rng, millis: std::ops::Range<u64>) {
    time::sleep(Duration::from_millis(random.u64(millis))).await;
}
