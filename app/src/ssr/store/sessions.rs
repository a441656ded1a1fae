//! `Sessions`: key `SessionId`, the hash of a token; `PlayerId`; `ExpiresAt` in seconds since 1970,
//! by which DynamoDB deletes it some time later (so it is checked on every use as well).

use super::{Store, StoreError, games::s};
use crate::{
    ids::PlayerName,
    ssr::auth::{Session, SessionId, StartedSession},
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

impl Store {
    /// Adds a session.
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

    /// The session with this key, if it is there and has not expired by `now`.
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
            // A session that has just begun on another instance is valid here at once.
            .consistent_read(true)
            .send()
            .await?;
        let read = |item: super::games::Attributes| {
            let player = item.get("PlayerId")?.as_s().ok()?.clone();
            let seconds = item.get("ExpiresAt")?.as_n().ok()?.parse().ok()?;
            Some(Session {
                id: id.clone(),
                player: PlayerName::recorded(player),
                expires_at: Timestamp::from_second(seconds).ok()?,
            })
        };
        let session = answer.item.and_then(read);
        Ok(session.filter(|session| session.expires_at > now))
    }

    /// Ends a session.
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
