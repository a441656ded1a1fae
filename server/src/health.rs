//! Whether the process works, and whether it can be sent requests.

use crate::lifecycle::{Lifecycle, Phase};
use axum::Extension;
use http::StatusCode;

/// The process works.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, description = "The process works.")))]
pub async fn livez() -> StatusCode {
    StatusCode::OK
}

/// The server can be sent requests: the tables have answered, and it is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "The server takes requests."),
    (status = 503, description = "It is still starting, or about to stop."),
))]
pub async fn readyz(Extension(lifecycle): Extension<Lifecycle>) -> StatusCode {
    match lifecycle.phase() {
        Phase::Ready => StatusCode::OK,
        Phase::Starting | Phase::Draining | Phase::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    }
}
