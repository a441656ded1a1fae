//! The table `Sessions`, with the partition key `PlayerId` and the sort key `SessionId`, which is the hash of a
//! token. The sessions of one player form an item collection. `ExpiresAt` is the expiry in seconds since 1970,
//! and the time to live attribute of the table. DynamoDB deletes expired items with a delay, so `ExpiresAt` is
//! also checked on every use.

use super::{
    Store, StoreError,
    attributes::{Attributes, s},
    players::AccountWrite,
};
use crate::accounts::{Session, SessionKey, VerifiedHash};
use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, ConditionCheck, Delete, Put, ReturnValue, TransactWriteItem, Update},
};
use domain::ids::PlayerName;
use jiff::Timestamp;
use std::collections::HashMap;

impl Store {
    /// Starts a session in a transaction that checks the player's hash, so that a log-in never outlives a change
    /// of the password or the deletion of the account. The same transaction ends the session `replaced` and
    /// stores `new_hash`, which is the hash of the same password with today's parameters.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn start_session(
        &self,
        session: &Session,
        verified: &VerifiedHash,
        new_hash: Option<&str>,
        replaced: Option<&SessionKey>,
    ) -> Result<AccountWrite, StoreError> {
        let expires_at = session.expires_at.as_second().to_string();
        let put = Put::builder()
            .table_name(&self.tables.sessions)
            .set_item(Some(key_attributes(&session.key)))
            .item("ExpiresAt", AttributeValue::N(expires_at))
            .build()?;
        let check = self.hash_check(&session.key.player, verified, new_hash)?;
        let mut request = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(put).build())
            .transact_items(check);
        if let Some(key) = replaced {
            let delete = Delete::builder()
                .table_name(&self.tables.sessions)
                .set_key(Some(key_attributes(key)))
                .build()?;
            request = request.transact_items(TransactWriteItem::builder().delete(delete).build());
        }
        match request.send().await {
            Ok(_) => Ok(AccountWrite::Done),
            Err(error) if error.as_service_error().is_some_and(is_condition_failure) => {
                Ok(AccountWrite::HashChanged)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the action of a transaction that checks a player's hash, and replaces it if there is a new one.
    fn hash_check(
        &self,
        player: &PlayerName,
        verified: &VerifiedHash,
        new_hash: Option<&str>,
    ) -> Result<TransactWriteItem, StoreError> {
        let action = TransactWriteItem::builder();
        let Some(new_hash) = new_hash else {
            let check = ConditionCheck::builder()
                .table_name(&self.tables.players)
                .key("PlayerId", s(player))
                .condition_expression("PasswordHash = :verified_hash")
                .expression_attribute_values(":verified_hash", s(verified.as_str()))
                .build()?;
            return Ok(action.condition_check(check).build());
        };
        let update = Update::builder()
            .table_name(&self.tables.players)
            .key("PlayerId", s(player))
            .update_expression("SET PasswordHash = :new_hash")
            .condition_expression("PasswordHash = :verified_hash OR PasswordHash = :new_hash")
            .expression_attribute_values(":verified_hash", s(verified.as_str()))
            .expression_attribute_values(":new_hash", s(new_hash))
            .build()?;
        Ok(action.update(update).build())
    }

    /// Returns the session with this key, if it exists and has not expired by `now`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn session(
        &self,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.sessions)
            .set_key(Some(key_attributes(key)))
            // A session that has just started on another instance must be valid here at once.
            .consistent_read(true)
            .send()
            .await?;
        let parse = |item: Attributes| {
            let seconds = item.get("ExpiresAt")?.as_n().ok()?.parse().ok()?;
            Some(Session {
                key: key.clone(),
                expires_at: Timestamp::from_second(seconds).ok()?,
            })
        };
        let session = answer.item.and_then(parse);
        Ok(session.filter(|session| session.expires_at > now))
    }

    /// Returns the keys of all sessions of a player, with a strongly consistent read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn sessions_of(&self, player: &PlayerName) -> Result<Vec<SessionKey>, StoreError> {
        let items: Result<Vec<Attributes>, _> = self
            .client
            .query()
            .table_name(&self.tables.sessions)
            .key_condition_expression("PlayerId = :player")
            .expression_attribute_values(":player", s(player))
            .projection_expression("PlayerId, SessionId")
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect()
            .await;
        Ok(items?.iter().filter_map(parse_key).collect())
    }

    /// Deletes a session. Returns false if it did not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.tables.sessions)
            .set_key(Some(key_attributes(key)))
            .return_values(ReturnValue::AllOld)
            .send()
            .await?;
        Ok(answer.attributes.is_some())
    }
}

/// Returns true if a transaction was cancelled because a condition expression failed.
fn is_condition_failure(error: &TransactWriteItemsError) -> bool {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        return false;
    };
    let mut reasons = cancelled.cancellation_reasons().iter();
    reasons.any(|reason| reason.code() == Some("ConditionalCheckFailed"))
}

/// Returns the key attributes of a session.
pub(super) fn key_attributes(key: &SessionKey) -> Attributes {
    HashMap::from([
        ("PlayerId".to_owned(), s(&key.player)),
        ("SessionId".to_owned(), s(&key.id)),
    ])
}

/// Parses the key attributes of a session.
pub(super) fn parse_key(item: &Attributes) -> Option<SessionKey> {
    let text = |attribute| item.get(attribute)?.as_s().ok().cloned();
    Some(SessionKey {
        player: PlayerName::from_stored(text("PlayerId")?),
        id: text("SessionId")?,
    })
}
