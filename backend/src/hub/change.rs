use super::{Game, HubEvent};
use crate::game::Recency;
use domain::{
    ids::{GameId, PlayerName},
    lists::ListName,
    players::Players,
    status::Status,
    views::{GameView, LobbyEvent},
};
use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A change of a game.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The game.
    pub game_id: GameId,
    /// The players, whose lists the change affects. `None` if they are not known: the game may have been in
    /// any list.
    pub players: Option<Players>,
    /// The position of this change in the history of the game.
    pub recency: Recency,
    /// The current game, or `None` if it was deleted.
    current: Option<Arc<GameView>>,
}

/// The id and the recency identify a change.
impl Hash for Change {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.game_id, self.recency).hash(state);
    }
}

impl Change {
    /// The creation or an update of a game, which leads to this state.
    #[must_use]
    pub fn updated(game: &Game) -> Self {
        Self {
            recency: game.recency(),
            current: Some(Arc::new(GameView::from(game))),
            ..Self::deleted(game)
        }
    }

    /// The deletion of a game in this state.
    #[must_use]
    pub fn deleted(game: &Game) -> Self {
        Self {
            game_id: game.id,
            players: Some(game.players.clone()),
            recency: game.recency().deletion(),
            current: None,
        }
    }

    /// The deletion of a game of which nothing else is known.
    pub(super) const fn missing(game_id: GameId, recency: Recency) -> Self {
        Self {
            game_id,
            players: None,
            recency,
            current: None,
        }
    }

    /// Returns true if the game may be in the lists of this player.
    pub(super) fn affects(&self, player: &PlayerName) -> bool {
        let players = self.players.as_ref();
        players.is_none_or(|players| players.mark_of(player).is_some())
    }

    /// Returns the event for watchers of the game.
    pub(super) fn game_event(&self) -> HubEvent {
        match &self.current {
            Some(game) => HubEvent::Game(Arc::clone(game)),
            None => HubEvent::Deleted(self.game_id),
        }
    }

    /// Returns the event for watchers of the lists of a player whom the change affects.
    #[must_use]
    pub fn lobby_event(&self, player: &PlayerName) -> LobbyEvent {
        let Some(game) = &self.current else {
            return LobbyEvent::Removed {
                game_id: self.game_id,
            };
        };
        let list = match game.status {
            Status::Pending if *player == game.host => ListName::Outgoing,
            Status::Pending => ListName::Invitations,
            Status::InProgress => ListName::InProgress,
            Status::Finished => ListName::Finished,
        };
        LobbyEvent::Moved {
            list,
            game: game.summary(),
            version: game.version,
        }
    }
}
