//! The raw entries of an index around a sort key. They show the order and the projection of the index.

use crate::store::{
    Index, Store, StoreError,
    attributes::{Attributes, s},
};
use domain::ids::PlayerName;

impl Store {
    /// Returns a player's entries in an index with exactly this `StatusDate`. There is one, unless two games
    /// changed in the same microsecond.
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

    /// Returns a player's entries in an index around a `StatusDate`, newest first: at most two later ones,
    /// and three from this `StatusDate` on.
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
