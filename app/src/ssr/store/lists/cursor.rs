use super::{Entry, status_date};
use crate::{
    error::{AppError, Rule},
    ids::GameId,
    view_model::Status,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A place in a list: a moment, not a key, so that it holds for both indexes and does not depend on
/// any game's still being there. What lies after it was never shown, what lies before it has been.
///
/// A game that changes its status between two pages leaves the list, or enters it at the newest end,
/// before the cursor; no other game is skipped or shown twice for that.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The `StatusDate` of the last game shown, or the end of the range.
    #[serde(rename = "a")]
    pub(super) at: String,
    /// The games shown that have exactly this `StatusDate`; seldom more than one.
    #[serde(rename = "s")]
    pub(super) shown: Vec<GameId>,
}

/// The longest cursor that is read: a hundred games of the same microsecond.
const MAX_LENGTH: usize = 6_000;

impl Cursor {
    /// Before the newest game.
    pub(super) fn newest(status: Status) -> Self {
        Self {
            at: status_date::last(status),
            shown: Vec::new(),
        }
    }

    /// Reads one that this module made for a list of this status.
    pub(super) fn parse(text: &str, status: Status) -> Result<Self, AppError> {
        let read = || {
            if text.len() > MAX_LENGTH {
                return None;
            }
            let json = URL_SAFE_NO_PAD.decode(text).ok()?;
            let cursor: Self = serde_json::from_slice(&json).ok()?;
            let (of, _) = status_date::decode(&cursor.at)?;
            (of == status).then_some(cursor)
        };
        read().ok_or_else(|| AppError::invalid("cursor", Rule::UnknownCursor))
    }

    /// Whether the page before has shown this game.
    pub(super) fn has_shown(&self, entry: &Entry) -> bool {
        entry.status_date == self.at && self.shown.contains(&entry.game_id)
    }

    /// The place after these games, which were shown from here on.
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
