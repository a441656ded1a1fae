//! What can go wrong with the tables, and what people are told of it.

use super::item::ItemError;
use crate::{error::AppError, ids::GameId};
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use std::error::Error;

/// What went wrong between us and the tables. Its text is for the log; people get an [`AppError`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine could not be reached, did not answer in time, or refused for a reason of its own
    /// (throttled, a fault inside).
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A table is not there.
    #[error("the table {0} does not exist")]
    MissingTable(String),
    /// An item that makes no sense.
    #[error("the item of game {game_id} makes no sense: {reason}")]
    Corrupt {
        /// Which one.
        game_id: GameId,
        /// What is wrong with it.
        reason: ItemError,
    },
}

impl StoreError {
    pub(super) const fn corrupt(game_id: GameId, reason: ItemError) -> Self {
        Self::Corrupt { game_id, reason }
    }
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: Error + 'static,
    R: std::fmt::Debug + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        Self::Unavailable(DisplayErrorContext(&error).to_string())
    }
}

/// A request that this code built wrongly: reported like an outage, so that it is logged and retried
/// rather than panicking.
impl From<aws_sdk_dynamodb::error::BuildError> for StoreError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// What people are told. The cause is logged here, once.
impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request to the database failed");
        match error {
            StoreError::Unavailable(_) | StoreError::MissingTable(_) => Self::DatabaseUnavailable,
            StoreError::Corrupt { game_id, .. } => Self::CorruptGame { game_id },
        }
    }
}
