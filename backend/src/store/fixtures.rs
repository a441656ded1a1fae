//! Reads and writes for test data and for the guide's examples. No use case needs them.

use super::{
    Store, StoreError,
    attributes::{Attributes, condition_failure, s},
    item::GameItem,
};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use domain::ids::{GameId, PlayerName};

impl Store {
    /// Puts an item as it is, and replaces any item with the same key.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn put_game_item(&self, item: GameItem) -> Result<(), StoreError> {
        let item: Attributes = serde_dynamo::to_item(item)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        self.client
            .put_item()
            .table_name(&self.tables.games)
            .set_item(Some(item))
            .send()
            .await?;
        Ok(())
    }

    /// Returns the attributes `HostId` and `OpponentId` of an item, even of a corrupt one, or `None` if the
    /// item does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn stored_players(&self, id: GameId) -> Result<Option<[String; 2]>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .projection_expression("HostId, OpponentId")
            .consistent_read(true)
            .send()
            .await?;
        let names = |item: Attributes| {
            ["HostId", "OpponentId"].map(|attribute| {
                let name = item.get(attribute).and_then(|name| name.as_s().ok());
                name.cloned().unwrap_or_default()
            })
        };
        Ok(answer.item.map(names))
    }

    /// Deletes a game in any state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_game(&self, id: GameId) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .send()
            .await?;
        Ok(())
    }

    /// Deletes a game in any state, if `host` is its host. Use it only for the guide's examples, because
    /// games of players are never deleted once they have started.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_game_hosted_by(
        &self,
        id: GameId,
        host: &PlayerName,
    ) -> Result<(), StoreError> {
        let result = self
            .client
            .delete_item()
            .table_name(&self.tables.games)
            .key("GameId", s(id))
            .condition_expression("attribute_not_exists(GameId) OR HostId = :host")
            .expression_attribute_values(":host", s(host))
            .send()
            .await;
        condition_failure(result, |error| match error {
            DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item.clone()),
            _ => None,
        })
        .map(drop)
    }
}
