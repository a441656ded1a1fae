//! The conversion of store errors into the errors that clients receive.

use crate::store::StoreError;
use domain::error::AppError;

/// Logs the cause, once, and returns the error for the client, which does not contain it.
impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request to the database failed");
        match error {
            StoreError::Unavailable(_)
            | StoreError::Rejected { .. }
            | StoreError::MissingTable(_)
            | StoreError::OutdatedTable(_) => Self::DatabaseUnavailable,
            StoreError::Corrupt { game_id, .. } => Self::CorruptGame { game_id },
        }
    }
}
