//! The table `Players`, with the partition key `PlayerId`. `PasswordHash` is a PHC string, and `CreatedAt` a
//! time in RFC 3339.

use super::{Store, StoreError, attributes::s};
use domain::ids::PlayerName;
use jiff::Timestamp;

/// The result of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// The player was created.
    Created,
    /// The name belongs to another player.
    NameTaken,
}

impl Store {
    /// Creates a player, unless the name is taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_player(
        &self,
        player: &PlayerName,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Registration, StoreError> {
        let result = self
            .client
            .put_item()
            .table_name(&self.tables.players)
            .item("PlayerId", s(player))
            .item("PasswordHash", s(password_hash))
            .item("CreatedAt", s(now))
            // The salt makes the hash unique to this registration. A retry after a lost response therefore
            // recognises its own item and succeeds.
            .condition_expression("attribute_not_exists(PlayerId) OR PasswordHash = :this_hash")
            .expression_attribute_values(":this_hash", s(password_hash))
            .send()
            .await;
        match result {
            Ok(_) => Ok(Registration::Created),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(Registration::NameTaken)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the hash of a player's password, or `None` if the player does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn password_hash(&self, player: &PlayerName) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.players)
            .key("PlayerId", s(player))
            .projection_expression("PasswordHash")
            // A player who has just registered must be able to log in.
            .consistent_read(true)
            .send()
            .await?;
        let hash = answer.item.and_then(|mut item| item.remove("PasswordHash"));
        Ok(hash.and_then(|hash| hash.as_s().cloned().ok()))
    }

    /// Returns true if a player has registered this name. The read is eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn player_exists(&self, player: &PlayerName) -> Result<bool, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.players)
            .key("PlayerId", s(player))
            .projection_expression("PlayerId")
            .send()
            .await?;
        Ok(answer.item.is_some())
    }
}
