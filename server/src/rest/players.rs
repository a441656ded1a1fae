//! Accounts.

use super::{
    extract::{Fields, FromFields, JsonBody},
    problem::Problem,
    session,
};
use app::{
    error::AppError,
    ids::PlayerName,
    ssr::{state::AppState, use_cases::accounts},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A name and a password.
#[derive(ToSchema)]
pub struct Credentials {
    /// 2 to 20 of a–z, 0–9, "-" and "_"; upper case is lowered.
    #[schema(min_length = 2, max_length = 20, example = "ada")]
    pub name: String,
    /// 8 to 128 characters.
    #[schema(min_length = 8, max_length = 128, format = Password)]
    pub password: String,
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
    /// The name.
    pub name: PlayerName,
}

/// Create an account
///
/// The new player is logged in.
#[utoipa::path(post, path = "/api/v1/players", tag = "accounts", request_body = Credentials, responses(
    (status = 201, description = "The account is there; the player is logged in.", body = Player,
        headers(("Set-Cookie" = String, description = "The session."))),
))]
pub async fn register(
    State(state): State<AppState>,
    JsonBody(new): JsonBody<Credentials>,
) -> Result<Response, Problem> {
    let session = accounts::register(&state, &new.name, &new.password).await?;
    Ok((StatusCode::CREATED, session::started(&state, session)).into_response())
}
