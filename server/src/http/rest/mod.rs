//! The JSON API, version 1, with a file for each resource. A handler identifies the player, calls one use case
//! and replies. The pages call the same use cases.

#![allow(
    clippy::missing_errors_doc,
    reason = "the description of the API lists the problems of a handler"
)]

pub mod account;
pub mod credentials;
pub mod extract;
pub mod games;
pub mod lobby;
pub mod openapi;
pub mod players;
pub mod problem;
pub mod session;

use crate::http::{events, health};
use app::{session_cookie, state::AppState};
use axum::{Extension, Router};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the API and of its OpenAPI document.
pub fn router(state: &AppState) -> Router<AppState> {
    let (router, description) = OpenApiRouter::with_openapi(openapi::Api::openapi())
        .routes(routes!(players::register))
        .routes(routes!(
            session::log_in,
            session::current_player,
            session::log_out
        ))
        .routes(routes!(account::log_out_everywhere))
        .routes(routes!(account::change_password))
        .routes(routes!(account::delete_account))
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
    let cookie = session_cookie::name(state.secure_cookies);
    let description = openapi::Description::complete(description, cookie);
    router.layer(Extension(description))
}
