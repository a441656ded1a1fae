use super::{Entry, status_date, status_of};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ids::GameId, lists::ListName, status::Status};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A position in a list. It is a time instead of a key, so that it applies to both indexes and stays valid
/// when games are deleted. All games before it have been shown, and none after it.
///
/// A game that changes its status between two pages leaves the list, or enters it at the newest end, before
/// the cursor. No other game is skipped or repeated because of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The `StatusDate` of the last game shown, or the end of the range.
    #[serde(rename = "a")]
    pub(super) at: String,
    /// The games with exactly this `StatusDate` that have been shown, rarely more than one.
    #[serde(rename = "s")]
    pub(super) shown: Vec<GameId>,
}

/// The maximum length of a cursor, in bytes. It is enough for a hundred games in the same microsecond.
const MAX_LENGTH: usize = 6_000;

impl Cursor {
    /// Returns the position before the newest game of a status.
    pub(super) fn newest(status: Status) -> Self {
        Self {
            at: status_date::last(status),
            shown: Vec::new(),
        }
    }

    /// Parses the text of a cursor. Returns `None` if it is not a cursor of this list.
    #[must_use]
    pub fn parse(text: &str, list: ListName) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&json).ok()?;
        let (status, _) = status_date::decode(&cursor.at)?;
        (status == status_of(list)).then_some(cursor)
    }

    /// Returns true if a previous page has shown this game.
    pub(super) fn has_shown(&self, entry: &Entry) -> bool {
        entry.status_date == self.at && self.shown.contains(&entry.game_id)
    }

    /// Returns the position after these entries, which were shown from this cursor on.
    pub(super) fn after(self, entries: &[Entry]) -> Self {
        let Some(last) = entries.last() else {
            return self;
        };
        let at = last.status_date.clone();
        let mut shown = if at == self.at {
            self.shown
        } else {
            Vec::new()
        };
        shown.extend(
            entries
                .iter()
                .filter(|entry| entry.status_date == at)
                .map(|entry| entry.game_id),
        );
        Self { at, shown }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::{collection::vec, prelude::*, sample::select};
    use uuid::Uuid;

    fn any_id() -> impl Strategy<Value = GameId> {
        any::<u128>().prop_map(|uuid| GameId::from_uuid(Uuid::from_u128(uuid)))
    }

    proptest! {
        #[test]
        fn a_cursor_survives_its_text_in_its_own_lists(
            list in select(ListName::ALL.to_vec()),
            other in select(ListName::ALL.to_vec()),
            microseconds in 0..4_102_444_800_000_000_i64,
            shown in vec(any_id(), 0..=100),
        ) {
            let at = Timestamp::from_microsecond(microseconds).expect("in range");
            let cursor = Cursor { at: status_date::encode(status_of(list), at), shown };
            let parsed = Cursor::parse(&cursor.to_string(), other);
            let expected = (status_of(list) == status_of(other)).then_some(cursor);
            prop_assert_eq!(parsed, expected);
        }

        /// Covers texts that decode to JSON, and those that do not.
        #[test]
        fn no_text_causes_a_panic(
            list in select(ListName::ALL.to_vec()),
            text in any::<String>(),
            at in prop_oneof![any::<String>(), "(PENDING|FINISHED)_20[0-9]{2}-[01][0-9]-[0-3][0-9] 05:30:00"],
            id in prop_oneof![any::<String>(), any_id().prop_map(|id| id.to_string())],
        ) {
            let json = serde_json::json!({ "a": at, "s": [id] }).to_string();
            for text in [&text, &URL_SAFE_NO_PAD.encode(&text), &URL_SAFE_NO_PAD.encode(&json)] {
                if let Some(cursor) = Cursor::parse(text, list) {
                    prop_assert_eq!(Cursor::parse(&cursor.to_string(), list), Some(cursor));
                }
            }
        }
    }
}
