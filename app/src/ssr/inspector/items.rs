//! A game's item as it came by, and as it was before.

use super::Item;
use std::sync::Arc;

/// The last two versions of an item.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// The newest.
    pub now: Option<Arc<Item>>,
    /// The one before, as far as it was seen.
    pub before: Option<Arc<Item>>,
}

/// What a write did to an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as it was, or it is not known how it was.
    Kept,
    /// It was not there before.
    Added,
    /// It had another value.
    Changed,
}

impl Versions {
    /// The item was removed.
    pub(super) fn remove(&mut self) {
        self.before = self.now.take();
    }

    /// An item came by.
    pub(super) fn see(&mut self, item: Item) {
        if self.now.as_deref().is_some_and(|now| age(now) > age(&item)) {
            // A read that is behind.
            return;
        }
        if self.now.as_deref() != Some(&item) {
            self.before = self.now.replace(Arc::new(item));
        }
    }

    /// What the last write did to an attribute.
    #[must_use]
    pub fn change(&self, attribute: &str) -> Change {
        let (Some(now), Some(before)) = (&self.now, &self.before) else {
            return Change::Kept;
        };
        match (now.get(attribute), before.get(attribute)) {
            (Some(_), None) => Change::Added,
            (now, before) if now != before => Change::Changed,
            _ => Change::Kept,
        }
    }
}

/// How late in a game's life an item is: its status, then its marks.
fn age(item: &Item) -> (u8, usize) {
    let status = item.get("StatusDate").and_then(|value| value.as_s().ok());
    let status = match status.map_or("", String::as_str) {
        status if status.starts_with("FINISHED_") => 2,
        status if status.starts_with("IN_PROGRESS_") => 1,
        _ => 0,
    };
    let is_mark = |name: &&String| name.parse::<crate::game::Square>().is_ok();
    (status, item.keys().filter(is_mark).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::AttributeValue;

    fn item(attributes: &[(&str, &str)]) -> Item {
        let s = |text: &str| AttributeValue::S(text.to_owned());
        let attributes = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), s(value)));
        attributes.collect()
    }

    #[test]
    fn what_the_last_write_did_is_known_from_both_versions() {
        let mut versions = Versions::default();
        let first = item(&[("StatusDate", "IN_PROGRESS_1"), ("Turn", "ada")]);
        let second = item(&[
            ("StatusDate", "IN_PROGRESS_1"),
            ("Turn", "bob"),
            ("TopLeft", "O"),
        ]);
        versions.see(first.clone());
        assert_eq!(versions.change("Turn"), Change::Kept);
        versions.see(second.clone());
        // Seen again, and a read that is behind: nothing new.
        versions.see(second.clone());
        versions.see(first);
        assert_eq!(versions.now.as_deref(), Some(&second));
        assert_eq!(versions.change("Turn"), Change::Changed);
        assert_eq!(versions.change("TopLeft"), Change::Added);
        assert_eq!(versions.change("StatusDate"), Change::Kept);
    }
}
