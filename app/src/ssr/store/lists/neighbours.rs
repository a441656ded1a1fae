//! The entries of an index around a moment, as the index holds them: for showing how it is ordered and
//! what it leaves out.

use crate::{
    ids::PlayerName,
    ssr::store::{
        Store, StoreError,
        games::{Attributes, s},
        tables::{HOST_INDEX, OPPONENT_INDEX},
    },
};

/// One of the two indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// By who invited.
    Host,
    /// By who was invited.
    Opponent,
}

impl Index {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => HOST_INDEX,
            Self::Opponent => OPPONENT_INDEX,
        }
    }

    /// The attribute that is its partition key.
    #[must_use]
    pub const fn partition_key(self) -> &'static str {
        match self {
            Self::Host => "HostId",
            Self::Opponent => "OpponentId",
        }
    }
}

impl Store {
    /// A player's entries in an index with exactly this `StatusDate`: one, unless two games changed in the
    /// same microsecond.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn entries_at(
        &self,
        index: Index,
        player: &PlayerName,
        status_date: &str,
    ) -> Result<Vec<Attributes>, StoreError> {
        self.raw_entries(index, player, "=", status_date, 2).await
    }

    /// A player's entries in an index next to a `StatusDate`, newest first: at most two after it, and three
    /// from it on.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn entries_around(
        &self,
        index: Index,
        player: &PlayerName,
        status_date: &str,
    ) -> Result<Vec<Attributes>, StoreError> {
        let (mut after, mut from) = futures::try_join!(
            self.raw_entries(index, player, ">", status_date, 2),
            self.raw_entries(index, player, "<=", status_date, 3),
        )?;
        after.reverse();
        after.append(&mut from);
        Ok(after)
    }

    async fn raw_entries(
        &self,
        index: Index,
        player: &PlayerName,
        operator: &str,
        status_date: &str,
        limit: i32,
    ) -> Result<Vec<Attributes>, StoreError> {
        let key = index.partition_key();
        let answer = self
            .client
            .query()
            .table_name(&self.tables.games)
            .index_name(index.name())
            .key_condition_expression(format!("{key} = :player AND StatusDate {operator} :at"))
            .expression_attribute_values(":player", s(player))
            .expression_attribute_values(":at", s(status_date))
            .scan_index_forward(operator == ">")
            .limit(limit)
            .send()
            .await?;
        Ok(answer.items.unwrap_or_default())
    }
}
