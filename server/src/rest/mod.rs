//! The JSON API, version 1: one file a resource. A handler says who asks, calls one use case and
//! replies; what is decided there is the same for the pages.

pub mod extract;
pub mod games;
pub mod lobby;
pub mod openapi;
pub mod players;
pub mod problem;
pub mod session;

use crate::{events, health};
use app::ssr::state::AppState;
use axum::{Extension, Router};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The API's routes and those of its description.
pub fn router() -> Router<AppState> {
    let (router, description) = OpenApiRouter::with_openapi(openapi::Api::openapi())
        .routes(routes!(players::register))
        .routes(routes!(session::log_in, session::who, session::log_out))
        .routes(routes!(lobby::lobby))
        .routes(routes!(lobby::list))
        .routes(routes!(games::invite))
        .routes(routes!(games::show))
        .routes(routes!(games::accept))
        .routes(routes!(games::decline))
        .routes(routes!(games::cancel))
        .routes(routes!(games::play))
        .routes(routes!(events::game_events))
        .routes(routes!(events::player_events))
        .routes(routes!(openapi::description))
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .split_for_parts();
    router.layer(Extension(openapi::Description::complete(description)))
}
