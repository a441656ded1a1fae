use super::GameSummary;
use crate::{
    error::AppError,
    ids::{GameId, PlayerName},
};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One of a player's four lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum ListName {
    /// Others invited me.
    Invitations,
    /// I invited others.
    Outgoing,
    /// Games being played.
    InProgress,
    /// Games that are over.
    Finished,
}

impl ListName {
    /// All four, in the order of the page.
    pub const ALL: [Self; 4] = [
        Self::Invitations,
        Self::Outgoing,
        Self::InProgress,
        Self::Finished,
    ];

    /// The name in addresses and in JSON.
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
    /// [`AppError::NotFound`]: there is no such list.
    fn from_str(text: &str) -> Result<Self, AppError> {
        Self::ALL
            .into_iter()
            .find(|list| list.as_str() == text)
            .ok_or(AppError::NotFound)
    }
}

/// At most ten games of a list, newest first, and where the next ones begin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct GamesPage {
    /// The games.
    pub games: Vec<GameSummary>,
    /// The cursor of the next page, null after the last.
    #[cfg_attr(feature = "ssr", schema(required = true))]
    pub next: Option<String>,
}

/// The first page of each of a player's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LobbyView {
    /// Others invited me.
    pub invitations: GamesPage,
    /// I invited others.
    pub outgoing: GamesPage,
    /// Games being played, mine to move first.
    pub in_progress: GamesPage,
    /// Games that are over.
    pub finished: GamesPage,
}

impl LobbyView {
    /// One of the lists.
    #[must_use]
    pub const fn list(&self, name: ListName) -> &GamesPage {
        match name {
            ListName::Invitations => &self.invitations,
            ListName::Outgoing => &self.outgoing,
            ListName::InProgress => &self.in_progress,
            ListName::Finished => &self.finished,
        }
    }

    /// One of the lists, to change it.
    pub const fn list_mut(&mut self, name: ListName) -> &mut GamesPage {
        match name {
            ListName::Invitations => &mut self.invitations,
            ListName::Outgoing => &mut self.outgoing,
            ListName::InProgress => &mut self.in_progress,
            ListName::Finished => &mut self.finished,
        }
    }

    /// Takes in what happened to one game: it leaves the list where it was and enters the one where
    /// it belongs. Returns false for [`LobbyEvent::Stale`], after which the lists must be read again.
    pub fn apply(&mut self, event: LobbyEvent, viewer: &PlayerName) -> bool {
        let (game_id, entering) = match event {
            LobbyEvent::Stale => return false,
            LobbyEvent::Removed { game_id } => (game_id, None),
            LobbyEvent::Moved { list, game, .. } => (game.game_id, Some((list, game))),
        };
        let mut was_in = None;
        for list in ListName::ALL {
            let games = &mut self.list_mut(list).games;
            let before = games.len();
            games.retain(|g| g.game_id != game_id);
            if games.len() < before {
                was_in = Some(list);
            }
        }
        if let Some((list, game)) = entering {
            let GamesPage { games, next } = self.list_mut(list);
            // Older than all that is shown, it is on a later page.
            let is_older = |shown: &GameSummary| game.updated_at < shown.updated_at;
            if was_in != Some(list)
                && next.is_some()
                && !games.is_empty()
                && games.iter().all(is_older)
            {
                return true;
            }
            // Sorted by insertion: a browser need not be sent more for so few games.
            for game in std::mem::take(games).into_iter().chain([game]) {
                let mut sorted = games.iter();
                let place = sorted.position(|other| order(&game, other, list, viewer).is_lt());
                games.insert(place.unwrap_or(games.len()), game);
            }
        }
        true
    }
}

/// Newest first; of games in progress, those that wait for `viewer` before the others.
#[cfg(feature = "ssr")]
pub(crate) fn sort_list(games: &mut [GameSummary], list: ListName, viewer: &PlayerName) {
    games.sort_by(|a, b| order(a, b, list, viewer));
}

fn order(a: &GameSummary, b: &GameSummary, list: ListName, viewer: &PlayerName) -> Ordering {
    let waits_for_other =
        |game: &GameSummary| list == ListName::InProgress && game.turn.as_ref() != Some(viewer);
    (waits_for_other(a), &b.updated_at).cmp(&(waits_for_other(b), &a.updated_at))
}

/// What happened to one of a player's games, as the live stream tells it: enough to bring the lists
/// up to date without reading them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Fields")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum LobbyEvent {
    /// The game is now in this list, and in no other.
    Moved {
        /// Where it belongs now.
        list: ListName,
        /// How it stands.
        game: GameSummary,
        /// The version of the game: of two events about one game the higher is the newer.
        version: u32,
    },
    /// The game is in no list any more: declined, cancelled or expired.
    Removed {
        /// Which one.
        game_id: GameId,
    },
    /// Changes may have been missed: read the lists again.
    Stale,
}

/// What an event is read from; see [`AppError`] on why Serde does not read it by itself.
#[derive(Deserialize)]
struct Fields {
    kind: String,
    list: Option<ListName>,
    game: Option<GameSummary>,
    version: Option<u32>,
    game_id: Option<GameId>,
}

impl TryFrom<Fields> for LobbyEvent {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, &'static str> {
        let event = match (
            fields.kind.as_str(),
            fields.list,
            fields.game,
            fields.version,
        ) {
            ("moved", Some(list), Some(game), Some(version)) => Self::Moved {
                list,
                game,
                version,
            },
            ("removed", ..) => Self::Removed {
                game_id: fields.game_id.ok_or("which game?")?,
            },
            ("stale", ..) => Self::Stale,
            _ => return Err("no such event"),
        };
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::Status;

    fn sent(minute: u32) -> GameSummary {
        GameSummary {
            game_id: GameId::random(),
            host: PlayerName::recorded("ada".to_owned()),
            opponent: PlayerName::recorded("bob".to_owned()),
            status: Status::Pending,
            updated_at: format!("2026-11-22T05:{minute:02}:00Z"),
            turn: None,
            result: None,
        }
    }

    #[test]
    fn what_belongs_on_a_later_page_does_not_enter_the_first() {
        let viewer = PlayerName::recorded("ada".to_owned());
        let [newest, last, older] = [30, 20, 10].map(sent);
        let mut lobby = LobbyView::default();
        lobby.outgoing.games = vec![newest.clone(), last.clone()];
        lobby.outgoing.next = Some("there is more".to_owned());
        let tell = |lobby: &mut LobbyView, game: &GameSummary| {
            let (list, game) = (ListName::Outgoing, game.clone());
            let event = LobbyEvent::Moved {
                list,
                game,
                version: 1,
            };
            assert!(lobby.apply(event, &viewer));
        };

        tell(&mut lobby, &older);
        // What is shown stays, also when it is told again.
        tell(&mut lobby, &last);
        assert_eq!(lobby.outgoing.games, [newest.clone(), last.clone()]);

        lobby.outgoing.next = None;
        tell(&mut lobby, &older);
        assert_eq!(lobby.outgoing.games, [newest, last, older]);
    }

    #[test]
    fn events_are_read_back() {
        let Ok(game_id) = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11".parse() else {
            panic!("a UUID")
        };
        let game = GameSummary {
            game_id,
            host: PlayerName::recorded("ada".to_owned()),
            opponent: PlayerName::recorded("bob".to_owned()),
            status: crate::view_model::Status::Pending,
            updated_at: "2026-11-22T05:30:00Z".to_owned(),
            turn: None,
            result: None,
        };
        let moved = LobbyEvent::Moved {
            list: ListName::Invitations,
            game,
            version: 1,
        };
        for event in [moved, LobbyEvent::Removed { game_id }, LobbyEvent::Stale] {
            let json = serde_json::to_string(&event).unwrap_or_default();
            assert_eq!(serde_json::from_str(&json).ok(), Some(event));
        }
    }
}
