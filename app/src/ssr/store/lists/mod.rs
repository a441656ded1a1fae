//! Many games: a player's lists, from the two status-date indexes.
//!
//! | list | indexes | `StatusDate` |
//! |---|---|---|
//! | invitations | opponent | `PENDING_`, not older than an invitation may be |
//! | outgoing | host | the same |
//! | in progress | both, merged | `IN_PROGRESS_` |
//! | finished | both, merged | `FINISHED_` |
//!
//! What an index entry does not hold (whose turn it is) is read from the table, for a whole page by
//! one `BatchGetItem`.

mod cursor;
mod entry;
pub mod neighbours;

use super::{
    Store, StoreError,
    games::{oldest_pending, parse, s},
    status_date,
    tables::{HOST_INDEX, OPPONENT_INDEX},
};
use crate::{
    error::AppError,
    ids::{GameId, PlayerName},
    view_model::{GameSummary, GameView, GamesPage, ListName, Status, sort_list},
};
use cursor::Cursor;
pub use entry::Entry;
use jiff::Timestamp;

/// Games on a page.
const PAGE: usize = 10;

/// A range of one index's sort key.
struct Range {
    first: String,
    last: String,
}

impl Store {
    /// A page of one of a player's lists: from the newest on, or from where `cursor` says.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for a cursor that is none of this list;
    /// [`AppError::DatabaseUnavailable`].
    pub async fn list(
        &self,
        player: &PlayerName,
        list: ListName,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<GamesPage, AppError> {
        let status = status_of(list);
        let cursor = cursor
            .map(|text| Cursor::parse(text, status))
            .transpose()?
            .unwrap_or_else(|| Cursor::newest(status));
        let mut entries = self.entries(player, list, &cursor, now).await?;
        let next = (entries.len() > PAGE).then(|| {
            entries.truncate(PAGE);
            cursor.after(&entries).to_string()
        });
        let mut games = self.summaries(entries).await?;
        sort_list(&mut games, list, player);
        Ok(GamesPage { games, next })
    }

    /// What the first page of each list is made of, without what only the table knows: for noticing
    /// that a list has changed.
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
            entries.truncate(PAGE);
            Ok::<_, StoreError>(entries)
        });
        Ok(futures::future::try_join_all(lists).await?.concat())
    }

    /// The entries of a list after a cursor, newest first: a page and one more, to know whether there
    /// is a next one.
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
        let limit = PAGE + 1 + cursor.shown.len();
        let hosted = self.query(HOST_INDEX, player, &range, limit);
        let invited = self.query(OPPONENT_INDEX, player, &range, limit);
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

    /// The entries as a page shows them, in the same order. A game that is gone by now is left out.
    async fn summaries(&self, entries: Vec<Entry>) -> Result<Vec<GameSummary>, StoreError> {
        let incomplete: Vec<GameId> = entries
            .iter()
            .filter(|entry| entry.is_incomplete())
            .map(|entry| entry.game_id)
            .collect();
        let mut items = self.game_items(&incomplete, false).await?;
        let complete = |entry: Entry| {
            if !entry.is_incomplete() {
                return Some(entry.summary());
            }
            let item = items.remove(&entry.game_id)?;
            Some(match parse(entry.game_id, item) {
                Ok(game) => GameView::from(&game).summary(),
                // It can be seen that there is such a game; opening it says what is wrong with it.
                Err(error) => {
                    tracing::warn!(%error, "a list shows a game without its turn");
                    entry.summary()
                }
            })
        };
        Ok(entries.into_iter().filter_map(complete).collect())
    }

    /// The newest entries of an index for one player within a range, at most `limit`.
    async fn query(
        &self,
        index: &str,
        player: &PlayerName,
        range: &Range,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let key = match index {
            HOST_INDEX => "HostId",
            _ => "OpponentId",
        };
        if range.first > range.last {
            // A cursor on an invitation that has expired since; the engine refuses such a range.
            return Ok(Vec::new());
        }
        let query = self
            .client
            .query()
            .table_name(&self.tables.games)
            .index_name(index)
            .key_condition_expression(format!(
                "{key} = :me AND StatusDate BETWEEN :first AND :last"
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
            entries.extend(answer.items.into_iter().flatten().filter_map(Entry::read));
            start = answer.last_evaluated_key;
            // An answer ends at 1 MB; one that is short of the limit for that reason goes on.
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
