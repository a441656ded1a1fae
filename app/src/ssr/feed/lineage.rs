use crate::ssr::store::stream::{Position, Shard};
use std::collections::HashSet;

/// So many shards are remembered beyond those that are listed. A listing may lag behind an earlier one,
/// and a shard must not be begun a second time for that.
const REMEMBERED: usize = 10_000;

/// Which shards have been begun. A child is begun when its parents have been read to the end, so that
/// the changes of one item come in their order.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    begun: HashSet<String>,
}

impl Lineage {
    /// Where to begin: with what happens from now on, in every shard that is open.
    pub(super) fn begin(shards: &[Shard]) -> (Self, Vec<(String, Position)>) {
        let begun = shards.iter().map(|shard| shard.id.clone()).collect();
        let open = shards.iter().filter(|shard| shard.is_open);
        let start = open.map(|shard| (shard.id.clone(), Position::Latest));
        (Self { begun }, start.collect())
    }

    /// Which shards to begin with now, from their first record on, while those in `reading` are still
    /// being read.
    pub(super) fn next(
        &mut self,
        shards: &[Shard],
        reading: &HashSet<&str>,
    ) -> Vec<(String, Position)> {
        let listed: HashSet<&str> = shards.iter().map(|shard| shard.id.as_str()).collect();
        if self.begun.len() > listed.len() + REMEMBERED {
            self.begun.retain(|id| listed.contains(id.as_str()));
        }
        let must_wait = |shard: &Shard| {
            shard.parent.as_deref().is_some_and(|parent| {
                reading.contains(parent) || listed.contains(parent) && !self.begun.contains(parent)
            })
        };
        let is_new = |shard: &&Shard| {
            !self.begun.contains(&shard.id) && !reading.contains(shard.id.as_str())
        };
        let ready: Vec<String> = shards
            .iter()
            .filter(|shard| is_new(shard) && !must_wait(shard))
            .map(|shard| shard.id.clone())
            .collect();
        self.begun.extend(ready.iter().cloned());
        ready.into_iter().map(|id| (id, Position::First)).collect()
    }

    /// Whether the shards must be listed again soon: one that has been read to its end goes on in
    /// children, which may not be listed at once, and a stream has shards.
    pub(super) fn expects_more(&self, shards: &[Shard], reading: &HashSet<&str>) -> bool {
        let parents: HashSet<&str> = shards.iter().filter_map(|s| s.parent.as_deref()).collect();
        let is_over = |shard: &Shard| !shard.is_open && !reading.contains(shard.id.as_str());
        let mut without_child = shards.iter().filter(|s| !parents.contains(s.id.as_str()));
        shards.is_empty() || without_child.any(is_over)
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

    fn first(ids: &[&str]) -> Vec<(String, Position)> {
        let from_first = |id: &&str| ((*id).to_owned(), Position::First);
        ids.iter().map(from_first).collect()
    }

    #[test]
    fn it_begins_with_the_open_shards_and_leaves_the_past_alone() {
        let shards = vec![shard("old", None, false), shard("new", Some("old"), true)];
        let (mut lineage, start) = Lineage::begin(&shards);
        assert_eq!(start, [("new".to_owned(), Position::Latest)]);
        assert_eq!(lineage.next(&shards, &HashSet::from(["new"])), []);
    }

    #[test]
    fn a_split_goes_on_in_both_children_when_the_parent_is_read_to_its_end() {
        let (mut lineage, _) = Lineage::begin(&[shard("p", None, true)]);
        let split = [
            shard("p", None, false),
            shard("a", Some("p"), true),
            shard("b", Some("p"), true),
        ];
        assert_eq!(lineage.next(&split, &HashSet::from(["p"])), []);
        assert_eq!(lineage.next(&split, &HashSet::new()), first(&["a", "b"]));
        assert_eq!(lineage.next(&split, &HashSet::from(["a", "b"])), []);
    }

    #[test]
    fn generations_are_read_one_after_the_other() {
        let (mut lineage, _) = Lineage::begin(&[shard("p", None, true)]);
        // Both have come and the first has gone while nobody listed them.
        let shards = [
            shard("grandchild", Some("child"), true),
            shard("child", Some("p"), false),
            shard("p", None, false),
        ];
        assert_eq!(lineage.next(&shards, &HashSet::new()), first(&["child"]));
        assert_eq!(lineage.next(&shards, &HashSet::from(["child"])), []);
        assert_eq!(
            lineage.next(&shards, &HashSet::new()),
            first(&["grandchild"])
        );
    }

    #[test]
    fn a_child_whose_parent_was_trimmed_is_not_waited_with() {
        let (mut lineage, _) = Lineage::begin(&[shard("p", None, true)]);
        let shards = [shard("child", Some("p"), true)];
        assert_eq!(lineage.next(&shards, &HashSet::new()), first(&["child"]));
    }

    #[test]
    fn a_child_that_is_listed_late_is_waited_for() {
        let open = [shard("p", None, true), shard("q", None, true)];
        let (lineage, _) = Lineage::begin(&open);
        assert!(!lineage.expects_more(&open, &HashSet::from(["p", "q"])));
        let ended = [shard("p", None, false), shard("q", None, true)];
        // Until it has been read to its end there is no hurry.
        assert!(!lineage.expects_more(&ended, &HashSet::from(["p", "q"])));
        assert!(lineage.expects_more(&ended, &HashSet::from(["q"])));
        assert!(lineage.expects_more(&[], &HashSet::new()));
    }

    #[test]
    fn a_stream_that_is_listed_between_parent_and_child_is_not_complete() {
        let shards = [shard("p", None, false)];
        let (mut lineage, start) = Lineage::begin(&shards);
        assert_eq!(start, []);
        assert!(lineage.expects_more(&shards, &HashSet::new()));
        let later = [shard("p", None, false), shard("c", Some("p"), true)];
        assert_eq!(lineage.next(&later, &HashSet::new()), first(&["c"]));
        assert!(!lineage.expects_more(&later, &HashSet::from(["c"])));
    }

    #[test]
    fn a_listing_that_lags_begins_nothing_twice() {
        let (mut lineage, _) = Lineage::begin(&[shard("p", None, true)]);
        let both = [shard("p", None, false), shard("c", Some("p"), true)];
        assert_eq!(lineage.next(&both, &HashSet::new()), first(&["c"]));
        lineage.next(&both[..1], &HashSet::from(["c"]));
        assert_eq!(lineage.next(&both, &HashSet::from(["c"])), []);
    }
}
