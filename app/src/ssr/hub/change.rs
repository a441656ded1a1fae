use super::{Game, HubEvent};
use crate::{
    ids::{GameId, PlayerName},
    ssr::game::Recency,
    view_model::{GameView, ListName, LobbyEvent, Status},
};
use std::sync::Arc;

/// What happened to a game.
pub struct Change {
    /// Which game.
    pub game_id: GameId,
    /// One of the two whose lists it concerns.
    pub host: PlayerName,
    /// The other.
    pub opponent: PlayerName,
    /// How late in the game's life this is.
    pub(super) recency: Recency,
    /// How it is now; `None` if it is gone.
    now: Option<Arc<GameView>>,
}

impl Change {
    pub(super) fn now_is(game: &Game) -> Self {
        Self {
            recency: game.recency(),
            now: Some(Arc::new(GameView::from(game))),
            ..Self::is_gone(game)
        }
    }

    pub(super) fn is_gone(game: &Game) -> Self {
        Self {
            game_id: game.id,
            host: game.host.clone(),
            opponent: game.opponent.clone(),
            recency: game.recency_of_removal(),
            now: None,
        }
    }

    /// Whether the game is in this player's lists.
    pub(super) fn concerns(&self, player: &PlayerName) -> bool {
        self.host == *player || self.opponent == *player
    }

    /// For those who watch the game.
    pub(super) fn game_event(&self) -> HubEvent {
        match &self.now {
            Some(game) => HubEvent::Game(Arc::clone(game)),
            None => HubEvent::Gone(self.game_id),
        }
    }

    /// For the lists of one of its players.
    pub(super) fn lobby_event(&self, player: &PlayerName) -> LobbyEvent {
        let Some(game) = &self.now else {
            return LobbyEvent::Removed {
                game_id: self.game_id,
            };
        };
        let list = match game.status {
            Status::Pending if *player == self.host => ListName::Outgoing,
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
