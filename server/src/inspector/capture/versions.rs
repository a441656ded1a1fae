//! The current and the previous version of a game's item.

use super::Item;
use std::sync::Arc;

/// The last two versions of an item, as far as they were recorded.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// The newest version, or `None` if the item was deleted.
    pub current: Option<Arc<Item>>,
    /// The version before.
    pub previous: Option<Arc<Item>>,
}

/// The effect of a write on an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The value is the same, or the previous version is unknown.
    Unchanged,
    /// The previous version lacks the attribute.
    Added,
    /// The previous version has another value.
    Changed,
}

impl Versions {
    /// Records that the item was deleted.
    pub(super) fn remove(&mut self) {
        self.previous = self.current.take();
    }

    /// Records a version of the item, unless an eventually consistent read returned an older one.
    pub(super) fn record(&mut self, item: Item) {
        let current = self.current.as_deref();
        if current.is_some_and(|current| progress(current) > progress(&item)) {
            return;
        }
        if current != Some(&item) {
            self.previous = self.current.replace(Arc::new(item));
        }
    }

    /// The effect of the last write on an attribute.
    #[must_use]
    pub fn change(&self, attribute: &str) -> Change {
        let (Some(current), Some(previous)) = (&self.current, &self.previous) else {
            return Change::Unchanged;
        };
        match (current.get(attribute), previous.get(attribute)) {
            (Some(_), None) => Change::Added,
            (current, previous) if current != previous => Change::Changed,
            _ => Change::Unchanged,
        }
    }
}

/// The progress of a game, for comparing versions: its status, then the number of its marks.
fn progress(item: &Item) -> (u8, usize) {
    let status = item.get("StatusDate").and_then(|value| value.as_s().ok());
    let status = match status.map_or("", String::as_str) {
        status if status.starts_with("FINISHED_") => 2,
        status if status.starts_with("IN_PROGRESS_") => 1,
        _ => 0,
    };
    let is_mark = |name: &&String| name.parse::<domain::rules::Square>().is_ok();
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
    fn change_compares_both_versions() {
        let mut versions = Versions::default();
        let first = item(&[("StatusDate", "IN_PROGRESS_1"), ("Turn", "ada")]);
        let second = item(&[
            ("StatusDate", "IN_PROGRESS_1"),
            ("Turn", "bob"),
            ("TopLeft", "O"),
        ]);
        versions.record(first.clone());
        assert_eq!(versions.change("Turn"), Change::Unchanged);
        versions.record(second.clone());
        // Neither the same version nor an older one has an effect.
        versions.record(second.clone());
        versions.record(first);
        assert_eq!(versions.current.as_deref(), Some(&second));
        assert_eq!(versions.change("Turn"), Change::Changed);
        assert_eq!(versions.change("TopLeft"), Change::Added);
        assert_eq!(versions.change("StatusDate"), Change::Unchanged);
    }
}
