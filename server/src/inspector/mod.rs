//! The inspector, "Under the hood": the DynamoDB requests that each player's clicks cause, the responses and the
//! cost.
//!
//! | module | subject |
//! |---|---|
//! | [`record`](mod@record) | a layer that records the database requests of each HTTP request |
//! | [`capture`] | the recorded data, and the interceptor of the SDK that collects it |
//! | [`view`] | the panel and its parts as HTML |
//! | [`panel`], [`events`] | the panel over HTTP, and its live updates |
//! | [`game_panel`] | a game's item and index entries, read for the panel alone |
//! | [`race`] | one move, sent many times at once |
//! | [`faults`], [`fault_transport`] | faults on demand |
//! | [`examples`] | each access pattern, run on a temporary game |
//!
//! With `--inspector off`, requests pass none of this: no layer, no interceptor, no script.

pub mod capture;
pub mod events;
pub mod examples;
pub mod fault_transport;
pub mod faults;
pub mod game_panel;
pub mod panel;
pub mod race;
pub mod record;
pub mod view;

pub(crate) use panel::ResponseFormat;
pub use record::record;

use crate::http::rest::problem::Problem;
use app::state::AppState;
use axum::{
    Router,
    extract::FromRequestParts,
    routing::{get, post},
};
use capture::Inspector;
use domain::error::AppError;
use http::request::Parts;

/// The routes of the inspector. They respond with `not_found` if it is off.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/inspector", get(panel::show))
        .route("/inspector/events", get(events::events))
        .route("/inspector/race", post(panel::race))
        .route("/inspector/faults", post(panel::switch))
}

/// The inspector. Rejects the request as `not_found` if it is off.
#[derive(Clone, Debug)]
pub struct Inspecting(pub Inspector);

impl<S: Sync> FromRequestParts<S> for Inspecting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let inspector = parts.extensions.get().cloned();
        inspector.map(Self).ok_or_else(|| AppError::NotFound.into())
    }
}
