//! Many items by their keys, with as few requests as possible.

use super::{
    Store, StoreError,
    games::{Attributes, parse, s},
};
use crate::{
    ids::GameId,
    ssr::{auth::SessionId, game::Game},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// The most keys of one request.
const MOST: usize = 100;
/// How often the keys that the service left unprocessed are asked for again.
const ATTEMPTS: u32 = 5;
/// The wait before the second attempt; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Store {
    /// The games with these ids that there are; `None` for one that makes no sense: who looks at it
    /// alone is told what is wrong with it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn games(
        &self,
        ids: &[GameId],
        consistent: bool,
    ) -> Result<HashMap<GameId, Option<Game>>, StoreError> {
        let items = self.game_items(ids, consistent).await?;
        let read = |(id, item)| {
            let game = parse(id, item)
                .inspect_err(|error| tracing::warn!(%error, "a game can't be read"))
                .ok();
            (id, game)
        };
        Ok(items.into_iter().map(read).collect())
    }

    /// The items of games.
    pub(super) async fn game_items(
        &self,
        ids: &[GameId],
        consistent: bool,
    ) -> Result<HashMap<GameId, Attributes>, StoreError> {
        let ids = ids.iter().map(ToString::to_string);
        let items = self
            .batch_get(&self.tables.games, "GameId", ids, None, consistent)
            .await?;
        let with_id = |item: Attributes| {
            let id = item.get("GameId")?.as_s().ok()?.parse().ok()?;
            Some((id, item))
        };
        Ok(items.into_iter().filter_map(with_id).collect())
    }

    /// Those of some sessions that have been ended.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn ended_sessions(&self, ids: Vec<SessionId>) -> Result<Vec<SessionId>, StoreError> {
        let keys = ids.iter().map(|id| id.as_str().to_owned());
        let table = &self.tables.sessions;
        let items = self
            .batch_get(table, "SessionId", keys, Some("SessionId"), false)
            .await?;
        let there: HashSet<&str> = items
            .iter()
            .filter_map(|item| Some(item.get("SessionId")?.as_s().ok()?.as_str()))
            .collect();
        let is_ended = |id: &SessionId| !there.contains(id.as_str());
        Ok(ids.into_iter().filter(is_ended).collect())
    }

    async fn batch_get(
        &self,
        table: &str,
        key: &str,
        values: impl Iterator<Item = String>,
        projection: Option<&str>,
        consistent: bool,
    ) -> Result<Vec<Attributes>, StoreError> {
        let mut keys: Vec<Attributes> = values
            .map(|value| HashMap::from([(key.to_owned(), s(value))]))
            .collect();
        let mut items = Vec::new();
        let mut wait = FIRST_WAIT;
        let mut attempts = ATTEMPTS;
        while !keys.is_empty() {
            let rest = keys.split_off(keys.len().min(MOST));
            let request = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .set_projection_expression(projection.map(str::to_owned))
                .consistent_read(consistent)
                .build()?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(table, request)
                .send()
                .await?;
            let found = answer.responses.and_then(|mut tables| tables.remove(table));
            items.extend(found.unwrap_or_default());
            let unprocessed = answer
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(table));
            keys = unprocessed.map(|left| left.keys).unwrap_or_default();
            if keys.is_empty() {
                (attempts, wait) = (ATTEMPTS, FIRST_WAIT);
            } else {
                attempts -= 1;
                if attempts == 0 {
                    return Err(StoreError::Unavailable(
                        "the service keeps leaving keys unprocessed".to_owned(),
                    ));
                }
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            keys.extend(rest);
        }
        Ok(items)
    }
}
