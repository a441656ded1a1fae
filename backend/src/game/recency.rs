use super::{Game, Phase};
use jiff::Timestamp;

/// The position of a state in the history of a game. The later of two states of a game compares as greater,
/// regardless of the instances that report them and of the order of arrival.
///
/// The version of an accepted game only grows, and such a game is never deleted. Until then, an invitation
/// can be cancelled and made again with the same id. The time of the invitation then decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Recency {
    version: u32,
    status_changed_at: Timestamp,
    is_deleted: bool,
}

impl Recency {
    /// The recency of the deletion of a game whose states are not known. Every state that becomes known
    /// compares as greater.
    pub(crate) const UNKNOWN_DELETION: Self = Self {
        version: 0,
        status_changed_at: Timestamp::MIN,
        is_deleted: true,
    };

    /// Returns the recency of the deletion of the game in this state.
    pub(crate) const fn deletion(self) -> Self {
        Self {
            is_deleted: true,
            ..self
        }
    }
}

impl Game {
    /// Returns the version, which grows with every change. It is computed from the status and the marks, so
    /// the item needs no attribute for it.
    #[must_use]
    pub fn version(&self) -> u32 {
        let marks = u32::try_from(self.board().ply()).unwrap_or(u32::MAX);
        match &self.phase {
            Phase::Pending => 1,
            Phase::InProgress { .. } => 2 + marks,
            Phase::Finished { recorded, .. } => 2 + marks + u32::from(*recorded),
        }
    }

    /// Returns the recency of this state.
    #[must_use]
    pub fn recency(&self) -> Recency {
        Recency {
            version: self.version(),
            status_changed_at: self.status_changed_at,
            is_deleted: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::new_game_id;
    use domain::ids::{GameId, PlayerName};
    use domain::players::Players;
    use jiff::ToSpan;

    fn invitation(id: GameId, seconds: i64) -> Game {
        let name = |text: &str| PlayerName::from_stored(text.to_owned());
        let now = Timestamp::UNIX_EPOCH + seconds.seconds();
        let players = Players {
            host: name("ada"),
            opponent: name("bob"),
        };
        Game::invitation(id, players, now)
    }

    #[test]
    fn an_invitation_with_a_reused_id_is_later_than_its_deletion() {
        let id = new_game_id();
        let (first, second) = (invitation(id, 0), invitation(id, 1));
        let history = [
            Recency::UNKNOWN_DELETION,
            first.recency(),
            first.recency().deletion(),
            second.recency(),
            second.recency().deletion(),
        ];
        assert!(history.is_sorted_by(|earlier, later| earlier < later));
    }
}
