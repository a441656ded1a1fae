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

mod batch;
mod cursor;
mod entry;

use super::{
    Store, StoreError,
    games::{oldest_pending, s},
    status_date,
    tables::{HOST_INDEX, OPPONENT_INDEX},
};
use crate::{
    error::AppError,
    ids::PlayerName,
    view_model::{GamesPage, ListName, Status, sort_list},
};
use cursor::Cursor;
use entry::Entry;
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
        let range = Range {
            first: match status {
                Status::Pending => oldest_pending(now),
                _ => status_date::first(status),
            },
            last: cursor.at.clone(),
        };
        // One more than a page, to know whether there is a next one, besides those that were shown.
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
        let next = (entries.len() > PAGE).then(|| {
            entries.truncate(PAGE);
            cursor.after(&entries).to_string()
        });
        let mut games = self.summaries(entries).await?;
        sort_list(&mut games, list, player);
        Ok(GamesPage { games, next })
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
