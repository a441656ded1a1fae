use super::GameSummary;
use crate::{
    ids::{GameId, PlayerName},
    lists::ListName,
};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One page of a list: at most ten games, newest first, and the cursor of the next page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GamesPage {
    /// The games of this page.
    pub games: Vec<GameSummary>,
    /// The cursor of the next page, null on the last page.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<String>,
}

/// The first page of each of a player's four lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LobbyView {
    /// Pending games to which the player is invited.
    pub invitations: GamesPage,
    /// Pending games to which the player invited others.
    pub outgoing: GamesPage,
    /// Games in progress, those that wait for the player first.
    pub in_progress: GamesPage,
    /// Finished games.
    pub finished: GamesPage,
}

impl LobbyView {
    /// The list called `name`.
    #[must_use]
    pub const fn list(&self, name: ListName) -> &GamesPage {
        match name {
            ListName::Invitations => &self.invitations,
            ListName::Outgoing => &self.outgoing,
            ListName::InProgress => &self.in_progress,
            ListName::Finished => &self.finished,
        }
    }

    /// The list called `name`, mutable.
    pub const fn list_mut(&mut self, name: ListName) -> &mut GamesPage {
        match name {
            ListName::Invitations => &mut self.invitations,
            ListName::Outgoing => &mut self.outgoing,
            ListName::InProgress => &mut self.in_progress,
            ListName::Finished => &mut self.finished,
        }
    }

    /// Applies a change of one game: removes the game from its list and adds it to its new one. A change that is older
    /// than the lists has no effect if it is one of status, because a game never returns to an earlier status.
    ///
    /// Returns false for [`LobbyEvent::Stale`]: the caller must reload the lists.
    pub fn apply(&mut self, event: LobbyEvent, viewer: &PlayerName) -> bool {
        let (game_id, entering) = match event {
            LobbyEvent::Stale => return false,
            LobbyEvent::Removed { game_id } => (game_id, None),
            LobbyEvent::Moved { list, game, .. } => (game.game_id, Some((list, game))),
        };
        let shown = ListName::ALL.into_iter().find_map(|list| {
            let mut games = self.list(list).games.iter();
            games.find(|shown| shown.game_id == game_id)
        });
        if let (Some(shown), Some((_, game))) = (shown, &entering)
            && shown.status > game.status
        {
            return true;
        }
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
            // A game older than every game shown belongs on a later page.
            let is_older = |shown: &GameSummary| game.updated_at < shown.updated_at;
            if was_in != Some(list)
                && next.is_some()
                && !games.is_empty()
                && games.iter().all(is_older)
            {
                return true;
            }
            // Insertion sort: for so few games, the code of a library sort is not worth its download size.
            for game in std::mem::take(games).into_iter().chain([game]) {
                let mut sorted = games.iter();
                let index = sorted.position(|other| order(&game, other, list, viewer).is_lt());
                games.insert(index.unwrap_or(games.len()), game);
            }
        }
        true
    }
}

/// Sorts a list newest first. In [`ListName::InProgress`], games that wait for `viewer` come before the others.
pub fn sort_list(games: &mut [GameSummary], list: ListName, viewer: &PlayerName) {
    games.sort_by(|a, b| order(a, b, list, viewer));
}

fn order(a: &GameSummary, b: &GameSummary, list: ListName, viewer: &PlayerName) -> Ordering {
    let waits_for_other =
        |game: &GameSummary| list == ListName::InProgress && game.turn.as_ref() != Some(viewer);
    (waits_for_other(a), &b.updated_at).cmp(&(waits_for_other(b), &a.updated_at))
}

/// A change of one of a player's games, sent by the live stream. It carries enough to update the lists
/// without reloading them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LobbyEvent {
    /// The game is now in this list and in no other.
    Moved {
        /// The list of the game.
        list: ListName,
        /// The current state of the game.
        game: GameSummary,
        /// The version of the game. Of two events about one game, the higher version is the newer.
        version: u32,
    },
    /// The game was deleted: the invitation was declined, cancelled or has expired.
    Removed {
        /// The id of the deleted game.
        game_id: GameId,
    },
    /// The client may have missed changes and must reload the lists.
    Stale,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Status;
    use uuid::Uuid;

    fn game(status: Status, minute: u32) -> GameSummary {
        GameSummary {
            game_id: GameId::from_uuid(Uuid::new_v4()),
            host: PlayerName::from_stored("ada".to_owned()),
            opponent: PlayerName::from_stored("bob".to_owned()),
            status,
            updated_at: format!("2026-11-22T05:{minute:02}:00Z"),
            turn: None,
            result: None,
        }
    }

    fn sent(minute: u32) -> GameSummary {
        game(Status::Pending, minute)
    }

    fn moved(list: ListName, game: &GameSummary) -> LobbyEvent {
        LobbyEvent::Moved {
            list,
            game: game.clone(),
            version: 1,
        }
    }

    #[test]
    fn a_game_of_a_later_page_is_not_added_to_the_first() {
        let viewer = PlayerName::from_stored("ada".to_owned());
        let [newest, last, older] = [30, 20, 10].map(sent);
        let mut lobby = LobbyView::default();
        lobby.outgoing.games = vec![newest.clone(), last.clone()];
        lobby.outgoing.next = Some("cursor".to_owned());
        let apply = |lobby: &mut LobbyView, game: &GameSummary| {
            assert!(lobby.apply(moved(ListName::Outgoing, game), &viewer));
        };

        apply(&mut lobby, &older);
        // A repeated event keeps a game that is already shown.
        apply(&mut lobby, &last);
        assert_eq!(lobby.outgoing.games, [newest.clone(), last.clone()]);

        lobby.outgoing.next = None;
        apply(&mut lobby, &older);
        assert_eq!(lobby.outgoing.games, [newest, last, older]);
    }

    #[test]
    fn a_repeated_change_of_status_leaves_newer_lists_as_they_are() {
        let viewer = PlayerName::from_stored("ada".to_owned());
        let mut lobby = LobbyView::default();
        lobby.in_progress.games = [30, 20, 10]
            .map(|minute| game(Status::InProgress, minute))
            .to_vec();
        lobby.in_progress.next = Some("cursor".to_owned());
        let loaded = lobby.clone();
        for started in loaded.in_progress.games.iter().rev() {
            let pending = GameSummary {
                status: Status::Pending,
                ..started.clone()
            };
            for (list, game) in [
                (ListName::Outgoing, &pending),
                (ListName::InProgress, started),
            ] {
                assert!(lobby.apply(moved(list, game), &viewer));
            }
        }
        assert_eq!(lobby, loaded);
    }

    #[test]
    fn events_survive_a_round_trip_through_json() {
        let Ok(game_id) = "9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11".parse() else {
            panic!("a UUID")
        };
        let game = GameSummary {
            game_id,
            ..sent(30)
        };
        let moved = moved(ListName::Invitations, &game);
        for event in [moved, LobbyEvent::Removed { game_id }, LobbyEvent::Stale] {
            let json = serde_json::to_string(&event).unwrap_or_default();
            assert_eq!(serde_json::from_str(&json).ok(), Some(event));
        }
    }
}
