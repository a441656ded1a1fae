//! The lists of a player's games, from the two global secondary indexes.
//!
//! | list | indexes | `StatusDate` |
//! |---|---|---|
//! | invitations | opponent | `PENDING_`, not expired |
//! | outgoing | host | `PENDING_`, not expired |
//! | in progress | both, merged | `IN_PROGRESS_` |
//! | finished | both, merged | `FINISHED_` |
//!
//! The indexes do not project the turn, because it changes with each move. It is read from the table, by one
//! `BatchGetItem` for a page.

mod cursor;
mod entry;
pub mod neighbours;

use super::{
    Index, Store, StoreError,
    attributes::{oldest_pending, parse_game, s},
    status_date,
};
use crate::game::ListedGame;
pub use cursor::Cursor;
use domain::{
    ids::{GameId, PlayerName},
    lists::ListName,
    status::Status,
};
pub use entry::Entry;
use jiff::Timestamp;

/// The number of games on a page.
const PAGE_SIZE: usize = 10;

/// A range of an index's sort key, both ends included.
struct Range {
    first: String,
    last: String,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The games, newest first, ten at most.
    pub games: Vec<ListedGame>,
    /// The cursor of the next page, or `None` on the last page.
    pub next: Option<Cursor>,
}

impl Store {
    /// Returns a page of a player's list, from `cursor` or from the newest game on.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        player: &PlayerName,
        list: ListName,
        cursor: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Page, StoreError> {
        let cursor = cursor.unwrap_or_else(|| Cursor::newest(status_of(list)));
        let mut entries = self.entries(player, list, &cursor, now).await?;
        let next = (entries.len() > PAGE_SIZE).then(|| {
            entries.truncate(PAGE_SIZE);
            cursor.after(&entries)
        });
        Ok(Page {
            games: self.listed_games(entries).await?,
            next,
        })
    }

    /// Returns the index entries on the first page of each list, to detect changes of the lists without
    /// reading the table.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn overview(
        &self,
        player: &PlayerName,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let lists = ListName::ALL.map(|list| async move {
            let newest = Cursor::newest(status_of(list));
            let mut entries = self.entries(player, list, &newest, now).await?;
            entries.truncate(PAGE_SIZE);
            Ok::<_, StoreError>(entries)
        });
        Ok(futures::future::try_join_all(lists).await?.concat())
    }

    /// Returns the entries of a list after a cursor, newest first. They are more than a page if there is a next
    /// page.
    async fn entries(
        &self,
        player: &PlayerName,
        list: ListName,
        cursor: &Cursor,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let status = status_of(list);
        let range = Range {
            first: match status {
                Status::Pending => oldest_pending(now),
                _ => status_date::first(status),
            },
            last: cursor.at.clone(),
        };
        let limit = PAGE_SIZE + 1 + cursor.shown.len();
        let hosted = self.query(Index::Host, player, &range, limit);
        let invited = self.query(Index::Opponent, player, &range, limit);
        let mut entries = match list {
            ListName::Outgoing => hosted.await?,
            ListName::Invitations => invited.await?,
            ListName::InProgress | ListName::Finished => {
                let (mut hosted, invited) = futures::try_join!(hosted, invited)?;
                hosted.extend(invited);
                hosted
            }
        };
        entries.retain(|entry| !cursor.has_shown(entry));
        entries.sort_by(Entry::newest_first);
        Ok(entries)
    }

    /// Completes the entries of a page with the data that only the table holds. Skips games that have been
    /// deleted meanwhile.
    async fn listed_games(&self, entries: Vec<Entry>) -> Result<Vec<ListedGame>, StoreError> {
        let incomplete: Vec<GameId> = entries
            .iter()
            .filter(|entry| entry.is_incomplete())
            .map(|entry| entry.game_id)
            .collect();
        let mut items = self.game_items(&incomplete, false).await?;
        let complete = |entry: Entry| {
            if !entry.is_incomplete() {
                return Some(entry.into_listed());
            }
            let item = items.remove(&entry.game_id)?;
            Some(match parse_game(entry.game_id, item) {
                Ok(game) => ListedGame::from(&game),
                // The list still shows the game, and its page reports the error.
                Err(error) => {
                    tracing::warn!(%error, "a listed game could not be read");
                    entry.into_listed()
                }
            })
        };
        Ok(entries.into_iter().filter_map(complete).collect())
    }

    /// Returns the newest entries of a player in a range of an index, `limit` at most.
    async fn query(
        &self,
        index: Index,
        player: &PlayerName,
        range: &Range,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        if range.first > range.last {
            // The cursor is at an invitation that has expired since. DynamoDB rejects an inverted range.
            return Ok(Vec::new());
        }
        let query = self
            .client
            .query()
            .table_name(&self.tables.games)
            .index_name(index.name())
            .key_condition_expression(format!(
                "{} = :me AND StatusDate BETWEEN :first AND :last",
                index.partition_key()
            ))
            .expression_attribute_values(":me", s(player))
            .expression_attribute_values(":first", s(&range.first))
            .expression_attribute_values(":last", s(&range.last))
            .scan_index_forward(false);
        let mut entries = Vec::new();
        let mut start = None;
        loop {
            let wanted = limit.saturating_sub(entries.len());
            let answer = query
                .clone()
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await?;
            entries.extend(
                answer
                    .items
                    .into_iter()
                    .flatten()
                    .filter_map(Entry::from_item),
            );
            start = answer.last_evaluated_key;
            // A response is limited to 1 MB, so a short one may have a continuation.
            if start.is_none() || entries.len() >= limit {
                return Ok(entries);
            }
        }
    }
}

const fn status_of(list: ListName) -> Status {
    match list {
        ListName::Invitations | ListName::Outgoing => Status::Pending,
        ListName::InProgress => Status::InProgress,
        ListName::Finished => Status::Finished,
    }
}
