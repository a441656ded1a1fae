use super::status_date;
use crate::{
    ids::{GameId, PlayerName},
    ssr::{
        game::{Game, rfc3339},
        store::games::Attributes,
    },
    view_model::{GameResult, GameSummary, Status},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::cmp::Ordering;

/// What an index holds of a game.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which game.
    pub game_id: GameId,
    host: PlayerName,
    opponent: PlayerName,
    /// Its place in the lists.
    pub status_date: String,
    /// Its status.
    pub status: Status,
    since: Timestamp,
    result: Option<GameResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Projected {
    game_id: String,
    host_id: String,
    opponent_id: String,
    status_date: String,
    result: Option<String>,
}

impl Entry {
    /// An entry that makes no sense is left out of the list, not the list with it.
    pub(super) fn read(item: Attributes) -> Option<Self> {
        let projected: Projected = serde_dynamo::from_item(item)
            .inspect_err(|error| tracing::warn!(%error, "an index entry can't be read"))
            .ok()?;
        let read = || {
            let (status, since) = status_date::decode(&projected.status_date)?;
            Some((projected.game_id.parse().ok()?, status, since))
        };
        let Some((game_id, status, since)) = read() else {
            tracing::warn!(game_id = projected.game_id, "an index entry makes no sense");
            return None;
        };
        Some(Self {
            game_id,
            host: PlayerName::recorded(projected.host_id),
            opponent: PlayerName::recorded(projected.opponent_id),
            status_date: projected.status_date,
            status,
            since,
            result: projected.result.map(GameResult::from),
        })
    }

    /// The order of the lists. The id makes it the same every time.
    pub(super) fn newest_first(&self, other: &Self) -> Ordering {
        (&other.status_date, other.game_id).cmp(&(&self.status_date, self.game_id))
    }

    /// Whether the table must be asked: for whose turn it is, and for a result that names neither
    /// player, as AWS's example application may have written it.
    pub(super) fn is_incomplete(&self) -> bool {
        match (self.status, &self.result) {
            (Status::Pending, _) | (Status::Finished, Some(GameResult::Tie)) => false,
            (Status::Finished, Some(GameResult::Won(name))) => {
                *name != self.host && *name != self.opponent
            }
            (Status::InProgress, _) | (Status::Finished, None) => true,
        }
    }

    /// The game, had it never been accepted.
    pub(crate) fn invitation(&self) -> Game {
        Game::invitation(
            self.game_id,
            self.host.clone(),
            self.opponent.clone(),
            self.since,
        )
    }

    /// What a list shows, as far as the index knows it.
    pub(super) fn summary(self) -> GameSummary {
        GameSummary {
            game_id: self.game_id,
            host: self.host,
            opponent: self.opponent,
            status: self.status,
            updated_at: rfc3339(self.since),
            turn: None,
            result: self.result,
        }
    }
}
