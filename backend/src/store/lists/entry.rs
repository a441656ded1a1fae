use super::status_date;
use crate::{
    game::{Game, ListedGame},
    store::Attributes,
};
use domain::{
    ids::{GameId, PlayerName},
    players::Players,
    status::{GameResult, Status},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::cmp::Ordering;

/// An index entry of a game.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The id of the game.
    pub game_id: GameId,
    players: Players,
    /// The sort key, which gives the position in a list.
    pub status_date: String,
    /// The status.
    pub status: Status,
    status_changed_at: Timestamp,
    result: Option<GameResult>,
}

/// The attributes that the indexes project.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProjectedAttributes {
    game_id: String,
    host_id: String,
    opponent_id: String,
    status_date: String,
    result: Option<String>,
}

impl Entry {
    /// Parses an index entry. Returns `None` for a corrupt entry, so that it does not make the whole list
    /// fail.
    pub(super) fn from_item(item: Attributes) -> Option<Self> {
        let projected: ProjectedAttributes = serde_dynamo::from_item(item)
            .inspect_err(|error| tracing::warn!(%error, "an index entry cannot be parsed"))
            .ok()?;
        let parse = || {
            let (status, status_changed_at) = status_date::decode(&projected.status_date)?;
            Some((projected.game_id.parse().ok()?, status, status_changed_at))
        };
        let Some((game_id, status, status_changed_at)) = parse() else {
            tracing::warn!(game_id = projected.game_id, "an index entry is corrupt");
            return None;
        };
        Some(Self {
            game_id,
            players: Players {
                host: PlayerName::from_stored(projected.host_id),
                opponent: PlayerName::from_stored(projected.opponent_id),
            },
            status_date: projected.status_date,
            status,
            status_changed_at,
            result: projected.result.map(GameResult::from),
        })
    }

    /// Compares two entries in the order of the lists. The id makes the order of simultaneous entries stable.
    pub(super) fn newest_first(&self, other: &Self) -> Ordering {
        (&other.status_date, other.game_id).cmp(&(&self.status_date, self.game_id))
    }

    /// Returns true if the item has to be read from the table. Only the item has the turn of a game in
    /// progress, and the board for a result that names neither player, as AWS's example application may write
    /// it.
    pub(super) fn is_incomplete(&self) -> bool {
        match (self.status, &self.result) {
            (Status::Pending, _) | (Status::Finished, Some(GameResult::Tie)) => false,
            (Status::Finished, Some(GameResult::Won(name))) => self.players.mark_of(name).is_none(),
            (Status::InProgress, _) | (Status::Finished, None) => true,
        }
    }

    /// Returns the game as an invitation, regardless of its status.
    pub(crate) fn invitation(&self) -> Game {
        Game::invitation(self.game_id, self.players.clone(), self.status_changed_at)
    }

    /// Returns the game without the data that the index does not hold.
    pub(super) fn into_listed(self) -> ListedGame {
        ListedGame {
            id: self.game_id,
            players: self.players,
            status: self.status,
            status_changed_at: self.status_changed_at,
            turn: None,
            result: self.result,
        }
    }
}
