//! The resource of the client's session.

use super::{
    credentials::{Credentials, Player, logged_in, logged_out},
    extract::{CurrentPlayer, JsonBody},
    problem::Problem,
};
use crate::http::client_info::ClientInfo;
use app::{session_cookie, state::AppState};
use axum::{Json, extract::State, response::IntoResponse};
use backend::use_cases::accounts;
use http::HeaderMap;

/// Log in
///
/// Ends the session that the request brought.
#[utoipa::path(post, path = "/api/v1/session", tag = "accounts", request_body = Credentials, responses(
    (status = 200, description = "The player, logged in.", body = Player,
        headers(("Set-Cookie" = String, description = "The session cookie."))),
))]
pub async fn log_in(
    State(state): State<AppState>,
    client: ClientInfo,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<impl IntoResponse, Problem> {
    let brought = session_cookie::session_token(&headers, state.secure_cookies);
    let session = accounts::log_in(
        &state.backend,
        brought.as_ref(),
        &body.name,
        &body.password,
        client.address,
    )
    .await?;
    Ok(logged_in(&state, session))
}

/// Get the current player
#[utoipa::path(get, path = "/api/v1/session", operation_id = "who", tag = "accounts", security(("session" = [])), responses(
    (status = 200, description = "The player of the session.", body = Player),
))]
pub async fn current_player(CurrentPlayer(session): CurrentPlayer) -> Json<Player> {
    Json(Player {
        name: session.key.player,
    })
}

/// Log out
///
/// Ends the session and its event streams. Without a session, the request has no effect.
#[utoipa::path(delete, path = "/api/v1/session", tag = "accounts", responses(
    (status = 204, description = "Logged out."),
))]
pub async fn log_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let token = session_cookie::session_token(&headers, state.secure_cookies);
    accounts::log_out(&state.backend, token.as_ref()).await?;
    Ok(logged_out(&state))
}
