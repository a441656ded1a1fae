//! The table `Players`, with the partition key `PlayerId`. `PasswordHash` is a PHC string, `CreatedAt` and
//! `DeletedAt` are times in RFC 3339.
//!
//! A registration creates an item, and nothing deletes it, so that a name is never given out twice. A deleted
//! account keeps its item without `PasswordHash`. Every other write is conditional on the hash that the player's
//! password was verified against, so it never creates an item and never changes a deleted account.

use super::{Store, StoreError, attributes::s};
use crate::accounts::VerifiedHash;
use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{put_item::PutItemError, update_item::UpdateItemError},
};
use domain::ids::PlayerName;
use jiff::Timestamp;

/// The result of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// The player was created.
    Created,
    /// The name belongs to another player, or belonged to one who deleted the account.
    NameTaken,
}

/// The status of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// Nobody has registered the name.
    Unregistered,
    /// The name belongs to a player.
    Active,
    /// The account was deleted.
    Deleted,
}

/// The result of a write that depends on a verified password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountWrite {
    /// The write succeeded.
    Done,
    /// The password was changed, or the account was deleted, since the password was verified.
    HashChanged,
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
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(Registration::NameTaken)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the hash of a player's password, or `None` if there is no such account.
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

    /// Returns the status of a name. The read is eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn account_status(&self, player: &PlayerName) -> Result<AccountStatus, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.players)
            .key("PlayerId", s(player))
            .projection_expression("PlayerId, DeletedAt")
            .send()
            .await?;
        Ok(match answer.item {
            None => AccountStatus::Unregistered,
            Some(item) if item.contains_key("DeletedAt") => AccountStatus::Deleted,
            Some(_) => AccountStatus::Active,
        })
    }

    /// Replaces the hash of a player's password.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn change_password(
        &self,
        player: &PlayerName,
        verified: &VerifiedHash,
        new_hash: &str,
    ) -> Result<AccountWrite, StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.tables.players)
            .key("PlayerId", s(player))
            .update_expression("SET PasswordHash = :new_hash")
            // A retry after a lost response recognises its own hash.
            .condition_expression("PasswordHash = :verified_hash OR PasswordHash = :new_hash")
            .expression_attribute_values(":verified_hash", s(verified.as_str()))
            .expression_attribute_values(":new_hash", s(new_hash))
            .send()
            .await;
        account_write(result)
    }

    /// Deletes an account. The item stays, without its hash, so that the name stays taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_account(
        &self,
        player: &PlayerName,
        verified: &VerifiedHash,
        now: Timestamp,
    ) -> Result<AccountWrite, StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.tables.players)
            .key("PlayerId", s(player))
            .update_expression("SET DeletedAt = :now REMOVE PasswordHash")
            // A retry after a lost response recognises its own deletion.
            .condition_expression("PasswordHash = :verified_hash OR DeletedAt = :now")
            .expression_attribute_values(":verified_hash", s(verified.as_str()))
            .expression_attribute_values(":now", s(now))
            .send()
            .await;
        account_write(result)
    }
}

fn account_write<T>(
    result: Result<T, SdkError<UpdateItemError>>,
) -> Result<AccountWrite, StoreError> {
    match result {
        Ok(_) => Ok(AccountWrite::Done),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
        {
            Ok(AccountWrite::HashChanged)
        }
        Err(error) => Err(error.into()),
    }
}
