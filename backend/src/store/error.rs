//! Errors of the store, and the classification of DynamoDB's errors.

use super::item::ItemError;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::ids::GameId;
use serde::Deserialize;
use std::error::Error;

/// An error of a database request. Its text is for the log. Clients receive an
/// [`AppError`](domain::error::AppError) instead.
///
/// Every function that may return [`Self::Unavailable`] may also return [`Self::Refused`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine could not be reached, did not respond in time, throttled the request, or failed internally.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The engine rejected the request, because access is denied or because it does not support an operation
    /// or a setting.
    #[error("the database refused a request: {code}: {message}")]
    Rejected {
        /// The error code, such as `AccessDeniedException`.
        code: String,
        /// The error message.
        message: String,
    },
    /// A table does not exist. Contains its name.
    #[error("the table {0} does not exist")]
    MissingTable(String),
    /// An earlier version created a table with another primary key. Contains its name.
    #[error("the table {0} has the primary key of an earlier version")]
    OutdatedTable(String),
    /// An item violates the rules of the game or the data model.
    #[error("the item of game {game_id} is corrupt: {reason}")]
    Corrupt {
        /// The id of the game.
        game_id: GameId,
        /// The violation.
        reason: ItemError,
    },
}

/// The error codes, with status 400, of throttled requests.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const THROTTLING: [&str; 4] = [
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

/// Returns true if this error code means that the request was throttled.
#[must_use]
pub fn is_throttling(code: &str) -> bool {
    THROTTLING.contains(&code)
}

/// Returns true if the same request may succeed later, although its status code blames the client.
fn is_transient(code: &str) -> bool {
    const CONFLICTS: [&str; 3] = [
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    ];
    is_throttling(code) || CONFLICTS.contains(&code)
}

/// The error code of a failed condition expression.
pub const CONDITION_FAILED: &str = "ConditionalCheckFailedException";
/// The error code of a write that met a transaction on the same item.
pub const TRANSACTION_CONFLICT: &str = "TransactionConflictException";

/// Returns the error code in a response body. It works for every operation, while the SDK has an error type
/// for each. A cancelled transaction has the code of the action that cancelled it.
#[must_use]
pub fn error_code(response: &HttpResponse) -> Option<String> {
    #[derive(Deserialize)]
    struct Error {
        #[serde(rename = "__type")]
        name: String,
        #[serde(rename = "CancellationReasons", default)]
        reasons: Vec<Reason>,
    }
    #[derive(Deserialize)]
    struct Reason {
        #[serde(rename = "Code")]
        code: String,
    }
    let error: Error = serde_json::from_slice(response.body().bytes()?).ok()?;
    let has = |code: &str| error.reasons.iter().any(|reason| reason.code == code);
    if has("ConditionalCheckFailed") {
        return Some(CONDITION_FAILED.to_owned());
    }
    if has("TransactionConflict") {
        return Some(TRANSACTION_CONFLICT.to_owned());
    }
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
        let is_client_error = error
            .raw_response()
            .is_some_and(|response| response.status().is_client_error());
        match error.code() {
            Some(code) if is_client_error && !is_transient(code) => Self::Rejected {
                code: code.to_owned(),
                message: error.message().unwrap_or_default().to_owned(),
            },
            _ => Self::Unavailable(DisplayErrorContext(&error).to_string()),
        }
    }
}

/// Reports a request that this crate built incorrectly like an outage, so that it is logged instead of
/// causing a panic.
impl From<aws_sdk_dynamodb::error::BuildError> for StoreError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
