//! The rest of a page, from the table.

use super::{Entry, Store, StoreError};
use crate::{
    ids::GameId,
    ssr::{
        game::Game,
        store::games::{Attributes, parse, s},
    },
    view_model::{GameSummary, GameView},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use std::{collections::HashMap, time::Duration};

/// How often the keys that the service left unprocessed are asked for again.
const ATTEMPTS: u32 = 5;
/// The wait before the second attempt; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Store {
    /// The entries as a page shows them, in the same order. A game that is gone by now is left out.
    pub(super) async fn summaries(
        &self,
        entries: Vec<Entry>,
    ) -> Result<Vec<GameSummary>, StoreError> {
        let incomplete: Vec<GameId> = entries
            .iter()
            .filter(|entry| entry.is_incomplete())
            .map(|entry| entry.game_id)
            .collect();
        let mut items = self.batch_get(&incomplete).await?;
        let complete = |entry: Entry| {
            if !entry.is_incomplete() {
                return Some(entry.summary());
            }
            let item = items.remove(&entry.game_id)?;
            Some(match parse(entry.game_id, item) {
                Ok(game) => summary(&game),
                // It can be seen that there is such a game; opening it says what is wrong with it.
                Err(error) => {
                    tracing::warn!(%error, "a list shows a game without its turn");
                    entry.summary()
                }
            })
        };
        Ok(entries.into_iter().filter_map(complete).collect())
    }

    /// The items of at most a hundred games.
    async fn batch_get(&self, ids: &[GameId]) -> Result<HashMap<GameId, Attributes>, StoreError> {
        let table = &self.tables.games;
        let mut items = HashMap::new();
        let mut keys: Vec<Attributes> = ids
            .iter()
            .map(|id| HashMap::from([("GameId".to_owned(), s(id))]))
            .collect();
        let mut wait = FIRST_WAIT;
        for _ in 0..ATTEMPTS {
            if keys.is_empty() {
                return Ok(items);
            }
            let request = KeysAndAttributes::builder().set_keys(Some(keys)).build()?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(table, request)
                .send()
                .await?;
            let found = answer.responses.and_then(|mut tables| tables.remove(table));
            for item in found.unwrap_or_default() {
                let id = item.get("GameId").and_then(|id| id.as_s().ok());
                if let Some(id) = id.and_then(|id| id.parse().ok()) {
                    items.insert(id, item);
                }
            }
            let unprocessed = answer
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(table));
            keys = unprocessed.map(|rest| rest.keys).unwrap_or_default();
            if !keys.is_empty() {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
        }
        if keys.is_empty() {
            Ok(items)
        } else {
            Err(StoreError::Unavailable(
                "the service keeps leaving keys unprocessed".to_owned(),
            ))
        }
    }
}

fn summary(game: &Game) -> GameSummary {
    GameView::from(game).summary()
}
