use crate::error::AppError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    crate::ssr::use_cases::accounts,
};

/// Creates an account, logs in and goes to `next`, or home.
///
/// # Errors
///
/// [`AppError::InvalidRequest`] for a name or password that is not allowed, [`AppError::NameTaken`].
#[server(prefix = "/actions", endpoint = "create_account")]
pub async fn create_account(
    name: String,
    password: String,
    next: Option<String>,
) -> Result<(), AppError> {
    let state = request::state();
    let session = accounts::register(&state, &name, &password).await.reply()?;
    request::log_in_browser(&state, &session);
    request::redirect_to_page(next.as_deref());
    Ok(())
}

/// Logs in and goes to `next`, or home.
///
/// # Errors
///
/// [`AppError::WrongCredentials`].
#[server(prefix = "/actions", endpoint = "log_in")]
pub async fn log_in(name: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let state = request::state();
    let session = accounts::log_in(&state, &name, &password).await.reply()?;
    request::log_in_browser(&state, &session);
    request::redirect_to_page(next.as_deref());
    Ok(())
}

/// Ends the session on every instance, here at once, and goes home. Without a session: the same.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
#[server(prefix = "/actions", endpoint = "log_out")]
pub async fn log_out() -> Result<(), AppError> {
    let state = request::state();
    let token = request::session_token();
    accounts::log_out(&state, token.as_ref()).await.reply()?;
    request::log_out_browser(&state);
    request::redirect_to_page(None);
    Ok(())
}
