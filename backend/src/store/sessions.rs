//! The table `Sessions`, with the partition key `PlayerId` and the sort key `SessionId`, which is the hash of a
//! token. The sessions of one player form an item collection. `ExpiresAt` is the expiry in seconds since 1970,
//! and the time to live attribute of the table. DynamoDB deletes expired items with a delay, so `ExpiresAt` is
//! also checked on every use.

use super::{
    Store, StoreError,
    attributes::{Attributes, s},
};
use crate::accounts::{Session, SessionKey};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::PlayerName;
use jiff::Timestamp;
use std::collections::HashMap;

impl Store {
    /// Creates a session.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_session(&self, session: &Session) -> Result<(), StoreError> {
        let expires_at = session.expires_at.as_second().to_string();
        self.client
            .put_item()
            .table_name(&self.tables.sessions)
            .set_item(Some(key_attributes(&session.key)))
            .item("ExpiresAt", AttributeValue::N(expires_at))
            .send()
            .await?;
        Ok(())
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

    /// Deletes a session, if it exists.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_session(&self, key: &SessionKey) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.sessions)
            .set_key(Some(key_attributes(key)))
            .send()
            .await?;
        Ok(())
    }
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
