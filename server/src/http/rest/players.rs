//! The resource of players.

use super::{
    credentials::{Credentials, Player, logged_in},
    extract::JsonBody,
    problem::Problem,
};
use app::{session_cookie, state::AppState};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use backend::use_cases::accounts;
use http::{HeaderMap, StatusCode};

/// Create an account
///
/// The response logs the new player in, in place of the session that the request brought.
#[utoipa::path(post, path = "/api/v1/players", tag = "accounts", request_body = Credentials, responses(
    (status = 201, description = "The new player, logged in.", body = Player,
        headers(("Set-Cookie" = String, description = "The session cookie."))),
))]
pub async fn register(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<Response, Problem> {
    let brought = session_cookie::session_token(&headers, state.secure_cookies);
    let session =
        accounts::register(&state.backend, brought.as_ref(), &body.name, &body.password).await?;
    Ok((StatusCode::CREATED, logged_in(&state, session)).into_response())
}
