use crate::json::JsonText;
use domain::error::AppError;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The error of a server function: an [`AppError`] that Leptos can encode.
///
/// A newtype, because the trait belongs to Leptos and `domain` does not depend on Leptos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error(transparent)]
pub struct ActionError(#[from] pub AppError);

impl From<ActionError> for AppError {
    fn from(ActionError(error): ActionError) -> Self {
        error
    }
}

impl FromServerFnError for ActionError {
    type Encoder = JsonText;

    /// Converts the errors that Leptos reports itself, such as a failed request or invalid arguments.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => AppError::MalformedRequest,
            _ => AppError::ServerUnreachable,
        })
    }
}
