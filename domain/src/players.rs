//! The two players of a game.

use crate::{ids::PlayerName, rules::Mark};
use serde::{Deserialize, Serialize};

/// The two players of a game. Their roles decide their marks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Players {
    /// The player who sent the invitation. Plays O.
    pub host: PlayerName,
    /// The player who was invited. Plays X.
    pub opponent: PlayerName,
}

impl Players {
    /// The mark of `player`, or `None` if `player` is not part of the game.
    #[must_use]
    pub fn mark_of(&self, player: &PlayerName) -> Option<Mark> {
        if *player == self.host {
            Some(Mark::O)
        } else if *player == self.opponent {
            Some(Mark::X)
        } else {
            None
        }
    }

    /// The player with `mark`.
    #[must_use]
    pub const fn player_of(&self, mark: Mark) -> &PlayerName {
        match mark {
            Mark::O => &self.host,
            Mark::X => &self.opponent,
        }
    }

    /// The other player from the viewer's side: the opponent for the host, the host for everyone else.
    #[must_use]
    pub fn other_than(&self, viewer: &PlayerName) -> &PlayerName {
        if *viewer == self.host {
            &self.opponent
        } else {
            &self.host
        }
    }
}
