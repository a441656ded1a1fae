//! `Players`: key `PlayerId`; `PasswordHash` is a PHC string, `CreatedAt` RFC 3339.

use super::{Store, StoreError, games::s};
use crate::ids::PlayerName;
use jiff::Timestamp;

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The player is there.
    Yes,
    /// Somebody else has the name.
    NameTaken,
}

impl Store {
    /// Adds a player, unless somebody has the name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_player(
        &self,
        player: &PlayerName,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Registered, StoreError> {
        let result = self
            .client
            .put_item()
            .table_name(&self.tables.players)
            .item("PlayerId", s(player))
            .item("PasswordHash", s(password_hash))
            .item("CreatedAt", s(now))
            // The salt makes the hash this registration's own: a repeat after a lost answer is
            // recognised and not told that the name is taken, by itself.
            .condition_expression("attribute_not_exists(PlayerId) OR PasswordHash = :this_hash")
            .expression_attribute_values(":this_hash", s(password_hash))
            .send()
            .await;
        match result {
            Ok(_) => Ok(Registered::Yes),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                Ok(Registered::NameTaken)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The hash of a player's password; `None` if there is no such player.
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
            // Somebody who has just registered can log in at once.
            .consistent_read(true)
            .send()
            .await?;
        let hash = answer.item.and_then(|mut item| item.remove("PasswordHash"));
        Ok(hash.and_then(|hash| hash.as_s().cloned().ok()))
    }

    /// Whether somebody has registered this name.
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
