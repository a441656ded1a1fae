//! Liveness and readiness probes.

use crate::lifecycle::{Lifecycle, Phase};
use axum::Extension;
use http::StatusCode;

/// Check liveness
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, description = "The process works.")))]
pub async fn livez() -> StatusCode {
    StatusCode::OK
}

/// Check readiness
///
/// The server is ready once the tables have responded and until it is about to stop.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "The server is ready for requests."),
    (status = 503, description = "The server is still starting or about to stop."),
))]
pub async fn readyz(Extension(lifecycle): Extension<Lifecycle>) -> StatusCode {
    match lifecycle.phase() {
        Phase::Ready => StatusCode::OK,
        Phase::Starting | Phase::Draining | Phase::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    }
}
