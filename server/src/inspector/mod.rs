//! "Under the hood" over HTTP: the panel as HTML, its events, and what can be done from it. Only there
//! where the server was told so; see [`app::ssr::inspector`].

mod attribute;
mod events;
mod panel;

pub use attribute::attribute;
pub(crate) use panel::Wanted;

use crate::rest::problem::Problem;
use app::{
    error::AppError,
    ssr::{inspector::Inspector, state::AppState},
};
use axum::{
    Router,
    extract::FromRequestParts,
    routing::{get, post},
};
use http::request::Parts;

/// The routes. Without an inspector each answers `not_found`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/inspector", get(panel::show))
        .route("/inspector/events", get(events::events))
        .route("/inspector/race", post(panel::race))
        .route("/inspector/faults", post(panel::switch))
}

/// The inspector; where there is none: `not_found`.
#[derive(Clone, Debug)]
pub struct Inspecting(pub Inspector);

impl FromRequestParts<AppState> for Inspecting {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let inspector = state.inspector.clone();
        inspector.map(Self).ok_or_else(|| AppError::NotFound.into())
    }
}
