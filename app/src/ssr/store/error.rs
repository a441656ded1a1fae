//! What can go wrong with the tables, and what people are told of it.

use super::item::ItemError;
use crate::{error::AppError, ids::GameId};
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde::Deserialize;
use std::error::Error;

/// What went wrong between us and the tables. Its text is for the log; people get an [`AppError`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine could not be reached, did not answer in time, was busy (throttled) or at fault itself.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The engine refused the request itself: no right to it, or an operation or a setting that it does
    /// not know.
    #[error("the database refused a request: {code}: {message}")]
    Refused {
        /// The engine's name for the reason, such as `AccessDeniedException`.
        code: String,
        /// What it said.
        message: String,
    },
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

/// What DynamoDB answers, with status 400, when there were too many requests.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const THROTTLING: [&str; 4] = [
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

/// Whether an error of this name says that there were too many requests.
#[must_use]
pub fn is_throttling(code: &str) -> bool {
    THROTTLING.contains(&code)
}

/// Whether the very same request may succeed later, although the service says that it is at fault.
fn is_passing(code: &str) -> bool {
    is_throttling(code) || code == "TransactionConflictException"
}

/// The engine's name for an error, from its answer: the same for every operation, where the types of the
/// SDK have it once for each.
#[must_use]
pub fn error_code(response: &HttpResponse) -> Option<String> {
    #[derive(Deserialize)]
    struct Error {
        #[serde(rename = "__type")]
        name: String,
    }
    let error: Error = serde_json::from_slice(response.body().bytes()?).ok()?;
    error.name.rsplit('#').next().map(str::to_owned)
}

impl StoreError {
    pub(super) const fn corrupt(game_id: GameId, reason: ItemError) -> Self {
        Self::Corrupt { game_id, reason }
    }
}

impl<E> From<SdkError<E>> for StoreError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        let is_the_requests_fault = error
            .raw_response()
            .is_some_and(|response| response.status().is_client_error());
        match error.code() {
            Some(code) if is_the_requests_fault && !is_passing(code) => Self::Refused {
                code: code.to_owned(),
                message: error.message().unwrap_or_default().to_owned(),
            },
            _ => Self::Unavailable(DisplayErrorContext(&error).to_string()),
        }
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
            StoreError::Unavailable(_)
            | StoreError::Refused { .. }
            | StoreError::MissingTable(_) => Self::DatabaseUnavailable,
            StoreError::Corrupt { game_id, .. } => Self::CorruptGame { game_id },
        }
    }
}
