//! Kills, shutdowns, pauses and outages during the games.

use crate::{cluster::Cluster, record::Disturbance, world::World};
use std::{ops::Range, sync::Arc, time::Duration};
use test_support::{Client, FaultRates, Method, ProxyFault};
use tokio::time;

/// The faults of a thousand requests to the database. Timeouts and late requests are rare, because each takes three
/// seconds.
pub fn rates() -> FaultRates {
    vec![
        (ProxyFault::Throttled, 40),
        (ProxyFault::InternalError, 20),
        (ProxyFault::InternalErrorAfterwards, 20),
        (ProxyFault::TimedOut, 3),
        (ProxyFault::TimedOutAfterwards, 4),
        (ProxyFault::Late, 3),
        (ProxyFault::ResponseLost, 40),
        (ProxyFault::Slow, 30),
        (ProxyFault::Refused, 30),
    ]
}

/// After this many failed starts, none can succeed.
const MAX_FAILED_STARTS: u32 = 50;

/// The faults that the inspector causes in the requests of one session. They work with the embedded engine, too.
const SESSION_FAULTS: [&str; 4] = ["answer-lost", "answer-lost", "throttled", "duplicated"];

#[derive(Clone, Copy)]
enum Kind {
    Kill,
    Terminate,
    Pause,
    CutOff,
    Outage,
    SessionFault,
}

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
    /// Instances that were paused.
    pub pauses: u32,
    /// Instances that were cut off from the database.
    pub cut_offs: u32,
    /// Outages of the database.
    pub outages: u32,
    /// Faults that were switched on for one session.
    pub session_faults: u32,
}

/// Causes disruptions at random until the game time is over. Returns with all instances running.
pub async fn disrupt(
    world: Arc<World>,
    mut cluster: Cluster,
    mut random: fastrand::Rng,
) -> (Cluster, Disruptions) {
    let mut done = Disruptions::default();
    let has_network = !cluster.proxies.is_empty();
    let kinds = if has_network {
        vec![
            Kind::Kill,
            Kind::Outage,
            Kind::CutOff,
            Kind::Terminate,
            Kind::Pause,
        ]
    } else {
        vec![Kind::SessionFault, Kind::Kill, Kind::Terminate, Kind::Pause]
    };
    // The streams of a single instance all break with it. They need time to show that they are told everything.
    let calm = if has_network { 300..2000 } else { 1500..6000 };
    // Even a short run has each kind of disruption.
    let mut planned = kinds.clone();
    while !world.is_over() || !planned.is_empty() {
        sleep(&mut random, calm.clone()).await;
        let which = random.usize(0..cluster.instances.len());
        cluster.instances[which].assert_running();
        let kind = planned.pop().or_else(|| random.choice(&kinds).copied());
        match kind.unwrap_or(Kind::Kill) {
            Kind::Kill => {
                cluster.instances[which].kill().await;
                done.kills += 1;
                sleep(&mut random, 0..800).await;
                start(&mut cluster, which, &mut done).await;
            }
            Kind::Terminate => {
                cluster.instances[which].terminate().await;
                done.terminations += 1;
                start(&mut cluster, which, &mut done).await;
            }
            Kind::Pause => {
                done.pauses += 1;
                let began = world.tick();
                cluster.instances[which].pause();
                sleep(&mut random, 200..4000).await;
                cluster.instances[which].resume();
                disturbed(&world, Some(which), began);
            }
            Kind::CutOff => {
                done.cut_offs += 1;
                let began = world.tick();
                cluster.proxies[which].set_outage(true);
                sleep(&mut random, 200..6000).await;
                cluster.proxies[which].set_outage(false);
                disturbed(&world, Some(which), began);
            }
            Kind::Outage => {
                done.outages += 1;
                let began = world.tick();
                cluster
                    .proxies
                    .iter()
                    .for_each(|proxy| proxy.set_outage(true));
                sleep(&mut random, 200..1500).await;
                cluster
                    .proxies
                    .iter()
                    .for_each(|proxy| proxy.set_outage(false));
                disturbed(&world, None, began);
            }
            Kind::SessionFault => {
                done.session_faults += 1;
                switch_session_fault(&world, which, &mut random).await;
            }
        }
    }
    (cluster, done)
}

fn disturbed(world: &World, instance: Option<usize>, began: u64) {
    let ended = world.tick();
    world.disturbances.lock().unwrap().push(Disturbance {
        instance,
        began,
        ended,
    });
}

/// Starts an instance like a process supervisor: again and again until it runs.
async fn start(cluster: &mut Cluster, which: usize, done: &mut Disruptions) {
    let instance = &mut cluster.instances[which];
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

/// Switches a fault on for some players. A restart of the instance switches it off.
async fn switch_session_fault(world: &World, which: usize, random: &mut fastrand::Rng) {
    let fault = random.choice(SESSION_FAULTS).unwrap_or_default();
    for player in random.choose_multiple(world.accounts.iter(), 3) {
        let client = Client::new(world.instances[which]);
        client.set_cookie(Some(player.cookie.clone()));
        let request = client.request(Method::POST, "/inspector/faults");
        let fields = [("fault", fault), ("on", "true")];
        let answer = request.form(&fields).try_send().await;
        assert!(
            answer.is_ok_and(|answer| answer.status.as_u16() < 400),
            "the fault is not on"
        );
    }
}

/// Waits for a random time.
async fn sleep(random: &mut fastrand::Rng, millis: Range<u64>) {
    time::sleep(Duration::from_millis(random.u64(millis))).await;
}
