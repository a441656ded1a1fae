//! The table `Sessions`, with the partition key `SessionId`, which is the hash of a token. `PlayerId` is the
//! player, and `ExpiresAt` the expiry in seconds since 1970. It is the time to live attribute of the table.
//! DynamoDB deletes expired items with a delay, so `ExpiresAt` is also checked on every use.

use super::{Store, StoreError, attributes::s};
use crate::accounts::{Session, SessionId, StartedSession};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::PlayerName;
use jiff::Timestamp;

impl Store {
    /// Creates a session.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn create_session(&self, session: &StartedSession) -> Result<(), StoreError> {
        let expires_at = session.expires_at.as_second().to_string();
        self.client
            .put_item()
            .table_name(&self.tables.sessions)
            .item("SessionId", s(session.token.id().as_str()))
            .item("PlayerId", s(&session.player))
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
        id: &SessionId,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.sessions)
            .key("SessionId", s(id.as_str()))
            // A session that has just started on another instance must be valid here at once.
            .consistent_read(true)
            .send()
            .await?;
        let parse = |item: super::Attributes| {
            let player = item.get("PlayerId")?.as_s().ok()?.clone();
            let seconds = item.get("ExpiresAt")?.as_n().ok()?.parse().ok()?;
            Some(Session {
                id: id.clone(),
                player: PlayerName::from_stored(player),
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
    pub async fn delete_session(&self, id: &SessionId) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.sessions)
            .key("SessionId", s(id.as_str()))
            .send()
            .await?;
        Ok(())
    }
}
