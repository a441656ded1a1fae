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
