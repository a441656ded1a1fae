//! Kills, shutdowns and outages during the games.

use crate::{instance::Instance, world::World};
use std::{sync::Arc, time::Duration};
use test_support::{FaultProxy, FaultRates, ProxyFault};
use tokio::time;

/// The faults of a thousand requests to the database. Timeouts are rare, because each takes three seconds.
pub fn rates() -> FaultRates {
    vec![
        (ProxyFault::Throttled, 40),
        (ProxyFault::InternalError, 20),
        (ProxyFault::InternalErrorAfterwards, 20),
        (ProxyFault::TimedOut, 4),
        (ProxyFault::TimedOutAfterwards, 6),
        (ProxyFault::ResponseLost, 40),
        (ProxyFault::Slow, 30),
        (ProxyFault::Refused, 30),
    ]
}

/// After this many failed starts, none can succeed.
const MAX_FAILED_STARTS: u32 = 50;

/// The numbers of disruptions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disruptions {
    /// Instances that were killed.
    pub kills: u32,
    /// Instances that were asked to stop.
    pub terminations: u32,
    /// Instances that were started again.
    pub restarts: u32,
    /// Starts that failed, because the tables did not answer.
    pub failed_starts: u32,
    /// Outages of the database.
    pub outages: u32,
}

/// Causes disruptions at random until the game time is over. Returns with all instances running.
pub async fn disrupt(
    world: Arc<World>,
    proxy: Arc<FaultProxy>,
    mut instances: Vec<Instance>,
    mut random: fastrand::Rng,
) -> (Vec<Instance>, Disruptions) {
    let mut done = Disruptions::default();
    // Even a short run has each kind of disruption.
    let mut planned = vec![2, 0, 1, 0];
    while !world.is_over() || !planned.is_empty() {
        pause(&mut random, 300..1500).await;
        let which = random.usize(0..instances.len());
        let instance = &mut instances[which];
        assert!(
            instance.is_running(),
            "instance {which} has ended by itself; its log:\n{}",
            instance.log_tail()
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

/// Starts an instance like a process supervisor: again and again until it runs.
async fn start(instance: &mut Instance, done: &mut Disruptions) {
    while let Err(reason) = instance.start().await {
        done.failed_starts += 1;
        assert!(
            done.failed_starts < MAX_FAILED_STARTS,
            "{reason}; its log:\n{}",
            instance.log_tail()
        );
    }
    done.restarts += 1;
}

/// Waits for a random time.
async fn pause(random: &mut fastrand::Rng, millis: std::ops::Range<u64>) {
    time::sleep(Duration::from_millis(random.u64(millis))).await;
}
