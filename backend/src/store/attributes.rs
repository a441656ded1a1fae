//! Shared helpers of the store: attribute values, items, and conditional writes.

use super::{
    Store, StoreError,
    item::{GameItem, ItemError},
    status_date,
};
use crate::game::Game;
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    types::AttributeValue,
};
use domain::{ids::GameId, status::Status};
use jiff::Timestamp;
use std::{collections::HashMap, error::Error};

/// The attributes of an item, by name.
pub type Attributes = HashMap<String, AttributeValue>;

/// The result of a conditional write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write<T> {
    /// The write succeeded.
    Done(T),
    /// An earlier attempt of the same call made the write, but its response was lost. The condition
    /// expression of the attempt after it failed.
    DoneEarlier(T),
    /// The condition expression failed. Contains the current game, or `None` if it does not exist.
    ConditionFailed(Option<Game>),
}

impl<T> Write<T> {
    /// Returns the result if this call made the write, in whichever attempt.
    pub fn done(self) -> Option<T> {
        match self {
            Self::Done(result) | Self::DoneEarlier(result) => Some(result),
            Self::ConditionFailed(_) => None,
        }
    }
}

/// Creates a string attribute (`S`).
pub(super) fn s(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// Parses the item of a game.
///
/// # Errors
///
/// [`StoreError::Corrupt`].
pub(super) fn parse_game(id: GameId, item: Attributes) -> Result<Game, StoreError> {
    let item: GameItem = serde_dynamo::from_item(item)
        .map_err(|error| StoreError::corrupt(id, ItemError::Attributes(error.to_string())))?;
    Game::try_from(item).map_err(|reason| StoreError::corrupt(id, reason))
}

/// Returns the smallest `StatusDate` of an invitation that is still valid `now`.
pub(super) fn oldest_pending(now: Timestamp) -> String {
    status_date::encode(Status::Pending, Game::oldest_valid_invitation(now))
}

/// Separates a failed condition expression from every other error.
///
/// `old_item` returns `Some` for the operation's conditional check failure, with the old item if the engine
/// returned one.
///
/// # Errors
///
/// Every error except a failed condition expression. The inner `Err` is the failed condition.
pub(super) fn condition_failure<T, E>(
    result: Result<T, SdkError<E>>,
    old_item: impl Fn(&E) -> Option<Option<Attributes>>,
) -> Result<Result<T, Option<Attributes>>, StoreError>
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match result {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => match error.as_service_error().and_then(old_item) {
            Some(old) => Ok(Err(old)),
            None => Err(error.into()),
        },
    }
}

impl Store {
    /// Returns the current game after a failed condition expression. DynamoDB returns the old item with the
    /// failure. Without one, the item does not exist or the engine does not return it, and the game is read
    /// again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub(super) async fn current_game(
        &self,
        id: GameId,
        old: Option<Attributes>,
    ) -> Result<Option<Game>, StoreError> {
        match old {
            Some(item) => Ok(Some(parse_game(id, item)?)),
            None => self.game(id, true).await,
        }
    }
}
