use super::{Game, Phase};
use jiff::Timestamp;

/// How far along a game's life a state of it is. Of two states of one game, the greater is the later,
/// whichever instance tells of it and in whatever order the news arrive.
///
/// A game that was accepted is never removed, and only grows. Before that, the same id can be invited
/// with, taken back and invited with again: there the moment of the invitation decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recency {
    version: u32,
    since: Timestamp,
    is_gone: bool,
}

impl Game {
    /// Grows with every change; follows from status and marks, so that it needs no attribute.
    #[must_use]
    pub fn version(&self) -> u32 {
        let marks = u32::try_from(self.board().ply()).unwrap_or(u32::MAX);
        match &self.phase {
            Phase::Pending => 1,
            Phase::InProgress { .. } => 2 + marks,
            Phase::Finished { recorded, .. } => 2 + marks + u32::from(*recorded),
        }
    }

    /// Of this state.
    #[must_use]
    pub fn recency(&self) -> Recency {
        Recency {
            version: self.version(),
            since: self.since,
            is_gone: false,
        }
    }

    /// Of its being removed in this state.
    #[must_use]
    pub fn recency_of_removal(&self) -> Recency {
        Recency {
            is_gone: true,
            ..self.recency()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{GameId, PlayerName};
    use jiff::ToSpan;

    fn invitation(id: GameId, seconds: i64) -> Game {
        let name = |text: &str| PlayerName::recorded(text.to_owned());
        let now = Timestamp::UNIX_EPOCH + seconds.seconds();
        Game::invitation(id, name("ada"), name("bob"), now)
    }

    #[test]
    fn an_id_that_is_used_again_goes_on_where_it_was_removed() {
        let id = GameId::random();
        let (first, second) = (invitation(id, 0), invitation(id, 1));
        let life = [
            first.recency(),
            first.recency_of_removal(),
            second.recency(),
            second.recency_of_removal(),
        ];
        assert!(life.is_sorted_by(|earlier, later| earlier < later));
    }
}
