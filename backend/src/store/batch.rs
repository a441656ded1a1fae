//! Reads of many items by their keys, with as few requests as possible.

use super::{
    Store, StoreError,
    attributes::{Attributes, parse_game, s},
    sessions::{key_attributes, parse_key},
};
use crate::{accounts::SessionKey, game::Game};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::ids::GameId;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// The maximum number of keys in a `BatchGetItem` request.
const MAX_BATCH_KEYS: usize = 100;
/// The maximum number of successive responses with unprocessed keys.
const MAX_ATTEMPTS: u32 = 5;
/// The delay before the second attempt, which doubles with each further attempt.
const FIRST_RETRY_DELAY: Duration = Duration::from_millis(50);

impl Store {
    /// Returns the existing games among these ids. The value is `None` for a corrupt item, because
    /// [`Self::game`] reports the reason for a single game.
    ///
    /// A strongly consistent read sees every acknowledged write and costs twice as much.
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
            let game = parse_game(id, item)
                .inspect_err(|error| tracing::warn!(%error, "a game could not be read"))
                .ok();
            (id, game)
        };
        Ok(items.into_iter().map(read).collect())
    }

    /// Returns the items of the existing games among these ids.
    pub(super) async fn game_items(
        &self,
        ids: &[GameId],
        consistent: bool,
    ) -> Result<HashMap<GameId, Attributes>, StoreError> {
        let key = |id: &GameId| HashMap::from([("GameId".to_owned(), s(id))]);
        let keys = ids.iter().map(key).collect();
        let items = self
            .batch_get(&self.tables.games, keys, None, consistent)
            .await?;
        let with_id = |item: Attributes| {
            let id = item.get("GameId")?.as_s().ok()?.parse().ok()?;
            Some((id, item))
        };
        Ok(items.into_iter().filter_map(with_id).collect())
    }

    /// Returns the sessions among these that no longer exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn ended_sessions(
        &self,
        mut sessions: Vec<SessionKey>,
    ) -> Result<Vec<SessionKey>, StoreError> {
        // An eventually consistent read costs half, but may miss a session that has just started. A strongly
        // consistent read confirms that a session has ended.
        for consistent in [false, true] {
            let keys = sessions.iter().map(key_attributes).collect();
            let table = &self.tables.sessions;
            let items = self
                .batch_get(table, keys, Some("PlayerId, SessionId"), consistent)
                .await?;
            let existing: HashSet<SessionKey> = items.iter().filter_map(parse_key).collect();
            sessions.retain(|key| !existing.contains(key));
        }
        Ok(sessions)
    }

    /// Reads the items with these keys, in as many requests as necessary. Retries unprocessed keys.
    async fn batch_get(
        &self,
        table: &str,
        mut keys: Vec<Attributes>,
        projection: Option<&str>,
        consistent: bool,
    ) -> Result<Vec<Attributes>, StoreError> {
        let mut items = Vec::new();
        let mut delay = FIRST_RETRY_DELAY;
        let mut attempts = MAX_ATTEMPTS;
        while !keys.is_empty() {
            let remaining = keys.split_off(keys.len().min(MAX_BATCH_KEYS));
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
                (attempts, delay) = (MAX_ATTEMPTS, FIRST_RETRY_DELAY);
            } else {
                attempts -= 1;
                if attempts == 0 {
                    return Err(StoreError::Unavailable(
                        "the service keeps leaving keys unprocessed".to_owned(),
                    ));
                }
                tokio::time::sleep(delay).await;
                delay *= 2;
            }
            keys.extend(remaining);
        }
        Ok(items)
    }
}
