//! Credentials in, and the player and the session cookie out.

use super::extract::{Fields, FromFields};
use app::{session_cookie, state::AppState};
use axum::{
    Json,
    response::{AppendHeaders, IntoResponse},
};
use backend::accounts::StartedSession;
use domain::{error::AppError, ids::PlayerName};
use http::{StatusCode, header::SET_COOKIE};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// A name and a password.
#[derive(ToSchema)]
pub struct Credentials {
    /// The player's name: 2 to 20 of a–z, 0–9, "-" and "_". Upper case is converted to lower case.
    #[schema(pattern = "^[A-Za-z0-9_-]{2,20}$", example = "ada")]
    pub name: String,
    /// The password: 8 to 128 characters, and not easy to guess.
    #[schema(min_length = 8, max_length = 128, format = Password)]
    pub password: String,
}

/// Never shows the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl FromFields for Credentials {
    fn from_fields(mut fields: Fields) -> Result<Self, AppError> {
        Ok(Self {
            name: fields.text("name")?,
            password: fields.text("password")?,
        })
    }
}

/// A player.
#[derive(Debug, Serialize, ToSchema)]
pub struct Player {
    /// The player's name.
    pub name: PlayerName,
}

/// The response that sets the cookie of a new session.
pub(super) fn logged_in(state: &AppState, session: StartedSession) -> impl IntoResponse + use<> {
    let cookie = session_cookie::new_cookie(&session, state.secure_cookies);
    let player = Player {
        name: session.session.key.player,
    };
    (AppendHeaders([(SET_COOKIE, cookie)]), Json(player))
}

/// The response that deletes the session cookie.
pub(super) fn logged_out(state: &AppState) -> impl IntoResponse + use<> {
    let cookie = session_cookie::removal_cookie(state.secure_cookies);
    (
        StatusCode::NO_CONTENT,
        AppendHeaders([(SET_COOKIE, cookie)]),
    )
}
