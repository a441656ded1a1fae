use crate::store::stream::{Shard, ShardPosition};
use std::collections::HashSet;

/// The number of shards remembered beyond the listed ones. A listing may be older than an earlier listing,
/// and must not cause a shard to be started twice.
const MAX_UNLISTED: usize = 10_000;

/// The shards that have been started. A child starts only after its parent has been read to the end, so that
/// the changes of an item arrive in order.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    started: HashSet<String>,
}

impl Lineage {
    /// Creates the lineage of a stream, and returns the open shards, positioned after their latest record.
    pub(super) fn new(shards: &[Shard]) -> (Self, Vec<(String, ShardPosition)>) {
        let started = shards.iter().map(|shard| shard.id.clone()).collect();
        let open = shards.iter().filter(|shard| shard.is_open);
        let start = open.map(|shard| (shard.id.clone(), ShardPosition::Latest));
        (Self { started }, start.collect())
    }

    /// Returns the shards to start now, positioned at their first record. The shards in `reading` are still
    /// being read.
    pub(super) fn next_shards(
        &mut self,
        shards: &[Shard],
        reading: &HashSet<&str>,
    ) -> Vec<(String, ShardPosition)> {
        let listed: HashSet<&str> = shards.iter().map(|shard| shard.id.as_str()).collect();
        if self.started.len() > listed.len() + MAX_UNLISTED {
            self.started.retain(|id| listed.contains(id.as_str()));
        }
        let must_wait = |shard: &Shard| {
            shard.parent.as_deref().is_some_and(|parent| {
                reading.contains(parent)
                    || listed.contains(parent) && !self.started.contains(parent)
            })
        };
        let is_new = |shard: &&Shard| {
            !self.started.contains(&shard.id) && !reading.contains(shard.id.as_str())
        };
        let ready: Vec<String> = shards
            .iter()
            .filter(|shard| is_new(shard) && !must_wait(shard))
            .map(|shard| shard.id.clone())
            .collect();
        self.started.extend(ready.iter().cloned());
        (ready.into_iter().map(|id| (id, ShardPosition::TrimHorizon))).collect()
    }

    /// Returns true if the listing is incomplete and must be repeated soon. A stream has at least one shard.
    /// A shard that has been read to its end has children, which may appear later than its end.
    pub(super) fn expects_more(&self, shards: &[Shard], reading: &HashSet<&str>) -> bool {
        let parents: HashSet<&str> = shards.iter().filter_map(|s| s.parent.as_deref()).collect();
        let is_finished = |shard: &Shard| !shard.is_open && !reading.contains(shard.id.as_str());
        let mut without_child = shards.iter().filter(|s| !parents.contains(s.id.as_str()));
        shards.is_empty() || without_child.any(is_finished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parent: Option<&str>, is_open: bool) -> Shard {
        Shard {
            id: id.to_owned(),
            parent: parent.map(str::to_owned),
            is_open,
        }
    }

    fn from_first_record(ids: &[&str]) -> Vec<(String, ShardPosition)> {
        let start = |id: &&str| ((*id).to_owned(), ShardPosition::TrimHorizon);
        ids.iter().map(start).collect()
    }

    #[test]
    fn reading_starts_at_the_end_of_the_open_shards() {
        let shards = vec![shard("old", None, false), shard("new", Some("old"), true)];
        let (mut lineage, start) = Lineage::new(&shards);
        assert_eq!(start, [("new".to_owned(), ShardPosition::Latest)]);
        assert_eq!(lineage.next_shards(&shards, &HashSet::from(["new"])), []);
    }

    #[test]
    fn both_children_of_a_split_start_after_the_parent() {
        let (mut lineage, _) = Lineage::new(&[shard("p", None, true)]);
        let split = [
            shard("p", None, false),
            shard("a", Some("p"), true),
            shard("b", Some("p"), true),
        ];
        assert_eq!(lineage.next_shards(&split, &HashSet::from(["p"])), []);
        assert_eq!(
            lineage.next_shards(&split, &HashSet::new()),
            from_first_record(&["a", "b"])
        );
        assert_eq!(lineage.next_shards(&split, &HashSet::from(["a", "b"])), []);
    }

    #[test]
    fn generations_are_read_in_order() {
        let (mut lineage, _) = Lineage::new(&[shard("p", None, true)]);
        // The child appeared and ended between two listings.
        let shards = [
            shard("grandchild", Some("child"), true),
            shard("child", Some("p"), false),
            shard("p", None, false),
        ];
        assert_eq!(
            lineage.next_shards(&shards, &HashSet::new()),
            from_first_record(&["child"])
        );
        assert_eq!(lineage.next_shards(&shards, &HashSet::from(["child"])), []);
        assert_eq!(
            lineage.next_shards(&shards, &HashSet::new()),
            from_first_record(&["grandchild"])
        );
    }

    #[test]
    fn a_child_of_a_trimmed_parent_starts_at_once() {
        let (mut lineage, _) = Lineage::new(&[shard("p", None, true)]);
        let shards = [shard("child", Some("p"), true)];
        assert_eq!(
            lineage.next_shards(&shards, &HashSet::new()),
            from_first_record(&["child"])
        );
    }

    #[test]
    fn a_child_that_is_not_listed_yet_is_expected() {
        let open = [shard("p", None, true), shard("q", None, true)];
        let (lineage, _) = Lineage::new(&open);
        assert!(!lineage.expects_more(&open, &HashSet::from(["p", "q"])));
        let ended = [shard("p", None, false), shard("q", None, true)];
        // No child is expected until the parent has been read to its end.
        assert!(!lineage.expects_more(&ended, &HashSet::from(["p", "q"])));
        assert!(lineage.expects_more(&ended, &HashSet::from(["q"])));
        assert!(lineage.expects_more(&[], &HashSet::new()));
    }

    #[test]
    fn a_listing_between_parent_and_child_is_incomplete() {
        let shards = [shard("p", None, false)];
        let (mut lineage, start) = Lineage::new(&shards);
        assert_eq!(start, []);
        assert!(lineage.expects_more(&shards, &HashSet::new()));
        let later = [shard("p", None, false), shard("c", Some("p"), true)];
        assert_eq!(
            lineage.next_shards(&later, &HashSet::new()),
            from_first_record(&["c"])
        );
        assert!(!lineage.expects_more(&later, &HashSet::from(["c"])));
    }

    #[test]
    fn an_outdated_listing_starts_no_shard_twice() {
        let (mut lineage, _) = Lineage::new(&[shard("p", None, true)]);
        let both = [shard("p", None, false), shard("c", Some("p"), true)];
        assert_eq!(
            lineage.next_shards(&both, &HashSet::new()),
            from_first_record(&["c"])
        );
        lineage.next_shards(&both[..1], &HashSet::from(["c"]));
        assert_eq!(lineage.next_shards(&both, &HashSet::from(["c"])), []);
    }
}
