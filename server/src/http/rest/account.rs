//! The resource of the player's own account.

use super::{
    credentials::logged_out,
    extract::{CurrentPlayer, Fields, FromFields, JsonBody},
    problem::Problem,
};
use app::state::AppState;
use axum::{extract::State, response::IntoResponse};
use backend::{Backend, use_cases};
use domain::error::AppError;
use http::StatusCode;
use std::fmt;
use utoipa::ToSchema;

/// The current password and a new one.
#[derive(ToSchema)]
pub struct PasswordChange {
    /// The current password.
    #[schema(format = Password)]
    pub current: String,
    /// The new password: 8 to 128 characters, and not easy to guess.
    #[schema(min_length = 8, max_length = 128, format = Password)]
    pub new: String,
}

/// Never shows the passwords.
impl fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}

impl FromFields for PasswordChange {
    fn from_fields(mut fields: Fields) -> Result<Self, AppError> {
        Ok(Self {
            current: fields.text("current")?,
            new: fields.text("new")?,
        })
    }
}

/// The confirmation of a deletion.
#[derive(ToSchema)]
pub struct AccountDeletion {
    /// The current password.
    #[schema(format = Password)]
    pub current: String,
}

/// Never shows the password.
impl fmt::Debug for AccountDeletion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountDeletion").finish_non_exhaustive()
    }
}

impl FromFields for AccountDeletion {
    fn from_fields(mut fields: Fields) -> Result<Self, AppError> {
        Ok(Self {
            current: fields.text("current")?,
        })
    }
}

/// Change the password
///
/// Ends all other sessions of the player.
#[utoipa::path(put, path = "/api/v1/account/password", tag = "accounts", security(("session" = [])), request_body = PasswordChange, responses(
    (status = 204, description = "The password is changed."),
))]
pub async fn change_password(
    State(backend): State<Backend>,
    CurrentPlayer(session): CurrentPlayer,
    JsonBody(body): JsonBody<PasswordChange>,
) -> Result<StatusCode, Problem> {
    use_cases::change_password(&backend, &session, &body.current, &body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete the account
///
/// Ends all sessions of the player, and removes the invitations from and to the player. Games that have started
/// stay, and nobody can register the name again.
#[utoipa::path(delete, path = "/api/v1/account", tag = "accounts", security(("session" = [])), request_body = AccountDeletion, responses(
    (status = 204, description = "The account is deleted."),
))]
pub async fn delete_account(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
    JsonBody(body): JsonBody<AccountDeletion>,
) -> Result<impl IntoResponse, Problem> {
    use_cases::delete_account(&state.backend, &session, &body.current).await?;
    Ok(logged_out(&state))
}

/// Log out everywhere
///
/// Ends all sessions of the player, including this one, and their event streams.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "accounts", security(("session" = [])), responses(
    (status = 204, description = "All sessions are ended."),
))]
pub async fn log_out_everywhere(
    State(state): State<AppState>,
    CurrentPlayer(session): CurrentPlayer,
) -> Result<impl IntoResponse, Problem> {
    use_cases::log_out_everywhere(&state.backend, &session).await?;
    Ok(logged_out(&state))
}
