//! Time without disturbances.

use crate::{
    clock::Tick,
    record::{Disturbance, Record},
};
use std::collections::BTreeMap;

/// The disturbances of each instance, in the order of time.
pub struct QuietTime(BTreeMap<usize, Vec<(Tick, Tick)>>);

impl QuietTime {
    pub fn new(record: &Record) -> Self {
        let connections = record.pages.iter().flat_map(|page| &page.connections);
        let instances = connections.map(|connection| connection.instance);
        let mut disturbances: BTreeMap<usize, Vec<_>> =
            instances.map(|instance| (instance, Vec::new())).collect();
        for (&instance, times) in &mut disturbances {
            let affects = |disturbance: &&Disturbance| {
                disturbance
                    .instance
                    .is_none_or(|affected| affected == instance)
            };
            let own = record.disturbances.iter().filter(affects);
            times.extend(own.map(|disturbance| (disturbance.began, disturbance.ended)));
            times.sort_unstable();
        }
        Self(disturbances)
    }

    /// The time at which an instance has been undisturbed for a while since `start`.
    pub fn after(&self, instance: usize, start: Tick, mut quiet: Tick) -> Tick {
        let mut now = start;
        for &(began, ended) in self.later(instance, start) {
            let until = began.saturating_sub(now);
            if until >= quiet {
                break;
            }
            quiet -= until;
            now = now.max(ended);
        }
        now + quiet
    }

    /// The time between two moments without disturbances.
    pub fn between(&self, instance: usize, start: Tick, end: Tick) -> Tick {
        let disturbed = self.later(instance, start).iter();
        let overlap = disturbed.map(|&(began, ended)| {
            let (began, ended) = (began.max(start), ended.min(end));
            ended.saturating_sub(began)
        });
        (end - start).saturating_sub(overlap.sum())
    }

    /// The disturbances that end after `start`. They don't overlap.
    fn later(&self, instance: usize, start: Tick) -> &[(Tick, Tick)] {
        let all = self.0.get(&instance).map_or(&[][..], Vec::as_slice);
        &all[all.partition_point(|&(_, ended)| ended <= start)..]
    }
}
