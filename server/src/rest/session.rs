//! The session of the client that asks.

use super::{
    extract::{CurrentPlayer, JsonBody},
    players::{Credentials, Player},
    problem::Problem,
};
use app::ssr::{auth::StartedSession, cookie, state::AppState, use_cases::accounts};
use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use http::{HeaderMap, StatusCode, header::SET_COOKIE};

/// The answer that gives a client its session.
pub(super) fn started(state: &AppState, session: StartedSession) -> impl IntoResponse + use<> {
    let cookie = cookie::log_in(&session, state.secure_cookies);
    let player = Player {
        name: session.player,
    };
    (AppendHeaders([(SET_COOKIE, cookie)]), Json(player))
}

/// Log in
#[utoipa::path(post, path = "/api/v1/session", tag = "accounts", request_body = Credentials, responses(
    (status = 200, description = "Logged in.", body = Player,
        headers(("Set-Cookie" = String, description = "The session."))),
))]
pub async fn log_in(
    State(state): State<AppState>,
    JsonBody(known): JsonBody<Credentials>,
) -> Result<impl IntoResponse, Problem> {
    let session = accounts::log_in(&state, &known.name, &known.password).await?;
    Ok(started(&state, session))
}

/// Who is logged in
#[utoipa::path(get, path = "/api/v1/session", tag = "accounts", security(("session" = [])), responses(
    (status = 200, description = "The player of the session.", body = Player),
))]
pub async fn who(CurrentPlayer(session): CurrentPlayer) -> Json<Player> {
    Json(Player {
        name: session.player,
    })
}

/// Log out
///
/// Ends the session everywhere, its event streams too. Without a session there is nothing to do.
#[utoipa::path(delete, path = "/api/v1/session", tag = "accounts", responses(
    (status = 204, description = "There is no session any more."),
))]
pub async fn log_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let token = cookie::session_token(&headers);
    accounts::log_out(&state, token.as_ref()).await?;
    let cookie = cookie::log_out(state.secure_cookies);
    Ok((
        StatusCode::NO_CONTENT,
        AppendHeaders([(SET_COOKIE, cookie)]),
    ))
}
