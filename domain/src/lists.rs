//! The lists of a player.

use crate::error::AppError;
use serde::{Deserialize, Serialize};

/// One of a player's four lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ListName {
    /// Pending games to which the player is invited.
    Invitations,
    /// Pending games to which the player invited others.
    Outgoing,
    /// Games in progress.
    InProgress,
    /// Finished games.
    Finished,
}

impl ListName {
    /// All four lists, in the order of the page.
    pub const ALL: [Self; 4] = [
        Self::Invitations,
        Self::Outgoing,
        Self::InProgress,
        Self::Finished,
    ];

    /// The name in URLs and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitations => "invitations",
            Self::Outgoing => "outgoing",
            Self::InProgress => "in_progress",
            Self::Finished => "finished",
        }
    }
}

impl std::str::FromStr for ListName {
    type Err = AppError;

    /// # Errors
    ///
    /// [`AppError::NotFound`] if `text` is not the name of a list.
    fn from_str(text: &str) -> Result<Self, AppError> {
        Self::ALL
            .into_iter()
            .find(|list| list.as_str() == text)
            .ok_or(AppError::NotFound)
    }
}
