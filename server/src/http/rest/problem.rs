//! Errors as RFC 9457 problem documents.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use backend::audit;
use domain::{error::AppError, ids::GameId};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The seconds for `Retry-After` after too many event streams.
const STREAM_RETRY_AFTER: u64 = 30;

/// The error of a rejected request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`. The kind of problem is in `code`.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The name of the HTTP status.
    #[schema(example = "Conflict")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// A sentence for people that says what to do next.
    detail: String,
    /// A stable error code for programs.
    #[schema(example = "not_your_turn")]
    code: &'static str,
    /// The invalid field, with `invalid_request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The id of the game, with `corrupt_game`.
    #[serde(skip_serializing_if = "Option::is_none")]
    game_id: Option<GameId>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// The HTTP status of an error.
#[must_use]
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Problem {
    /// The problem after a fault of the server itself. The cause is in the log.
    #[must_use]
    pub fn internal() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(
            status,
            "internal_error",
            "Something went wrong on the server; try again.".to_owned(),
        )
    }

    /// The problem for a stream that would have to end at once.
    #[must_use]
    pub fn stopping() -> Self {
        let detail = "This server is about to stop; connect again.".to_owned();
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "server_stopping", detail)
        }
    }

    /// The problem for a client that has too many event streams open.
    #[must_use]
    pub fn too_many_streams() -> Self {
        let detail = "Too many pages are open; close some of them and try again.".to_owned();
        Self {
            retry_after: Some(STREAM_RETRY_AFTER),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    fn new(status: StatusCode, code: &'static str, detail: String) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail,
            code,
            field: None,
            game_id: None,
            retry_after: None,
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let problem = Self {
            retry_after: error.retry_after(),
            ..Self::new(status(&error), error.code(), error.to_string())
        };
        match error {
            AppError::InvalidRequest { field, .. } => Self {
                field: Some(field).filter(|field| !field.is_empty()),
                ..problem
            },
            AppError::CorruptGame { game_id } => Self {
                game_id: Some(game_id),
                ..problem
            },
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        audit::request_rejected(self.code, self.status);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
