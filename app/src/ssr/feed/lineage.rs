use crate::ssr::store::stream::{Position, Shard};
use std::collections::HashSet;

/// Which shards have been begun. A child is begun when its parents have been read to the end, so that
/// the changes of one item come in their order.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    begun: HashSet<String>,
}

impl Lineage {
    /// Where to begin: with what happens from now on, in every shard that is open.
    pub(super) fn begin(shards: Vec<Shard>) -> (Self, Vec<(String, Position)>) {
        let begun = shards.iter().map(|shard| shard.id.clone()).collect();
        let open = shards.into_iter().filter(|shard| shard.is_open);
        let start = open.map(|shard| (shard.id, Position::Latest)).collect();
        (Self { begun }, start)
    }

    /// Which shards to begin with now, from their first record on, while those in `reading` are still
    /// being read.
    pub(super) fn next(
        &mut self,
        shards: &[Shard],
        reading: &HashSet<&str>,
    ) -> Vec<(String, Position)> {
        let listed: HashSet<&str> = shards.iter().map(|shard| shard.id.as_str()).collect();
        // What is not listed any more has been trimmed, and can't come back.
        self.begun.retain(|id| listed.contains(id.as_str()));
        let must_wait = |shard: &Shard| {
            shard.parent.as_deref().is_some_and(|parent| {
                reading.contains(parent) || listed.contains(parent) && !self.begun.contains(parent)
            })
        };
        let ready: Vec<String> = shards
            .iter()
            .filter(|shard| !self.begun.contains(&shard.id) && !must_wait(shard))
            .map(|shard| shard.id.clone())
            .collect();
        self.begun.extend(ready.iter().cloned());
        ready.into_iter().map(|id| (id, Position::First)).collect()
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
        let (mut lineage, start) = Lineage::begin(shards.clone());
        assert_eq!(start, [("new".to_owned(), Position::Latest)]);
        assert_eq!(lineage.next(&shards, &HashSet::from(["new"])), []);
    }

    #[test]
    fn a_split_goes_on_in_both_children_when_the_parent_is_read_to_its_end() {
        let (mut lineage, _) = Lineage::begin(vec![shard("p", None, true)]);
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
        let (mut lineage, _) = Lineage::begin(vec![shard("p", None, true)]);
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
        let (mut lineage, _) = Lineage::begin(vec![shard("p", None, true)]);
        let shards = [shard("child", Some("p"), true)];
        assert_eq!(lineage.next(&shards, &HashSet::new()), first(&["child"]));
    }
}
