//! The lists on a home page, updated as the application in the browser updates them.

use crate::record::{ListName, ShownLists};
use domain::{
    ids::{GameId, PlayerName},
    lists,
    views::{HomeView, LobbyEvent, LobbyView},
};
use std::collections::HashMap;

pub struct Lists {
    viewer: PlayerName,
    lobby: LobbyView,
    /// The newest known version of each game.
    versions: HashMap<GameId, u32>,
}

impl Lists {
    pub fn new(home: HomeView) -> Self {
        Self {
            viewer: home.viewer,
            lobby: home.lobby,
            versions: HashMap::new(),
        }
    }

    /// Applies an event, unless a newer one has been applied already.
    pub fn apply(&mut self, event: &LobbyEvent) {
        if let LobbyEvent::Moved { game, version, .. } = event {
            let newest = self.versions.entry(game.game_id).or_default();
            if version < newest {
                return;
            }
            *newest = *version;
        }
        self.lobby.apply(event.clone(), &self.viewer);
    }

    pub fn shown(&self) -> ShownLists {
        let of = |name: ListName| {
            let list = match name {
                ListName::Invitations => lists::ListName::Invitations,
                ListName::Outgoing => lists::ListName::Outgoing,
                ListName::InProgress => lists::ListName::InProgress,
                ListName::Finished => lists::ListName::Finished,
            };
            let page = self.lobby.list(list);
            let games = serde_json::to_value(&page.games).unwrap();
            let games = serde_json::from_value(games).unwrap();
            (name, (games, page.next.is_some()))
        };
        ListName::ALL.map(of).into()
    }
}
