use super::ActionError;
#[cfg(doc)]
use domain::error::AppError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    backend::use_cases::accounts,
};

/// Creates an account, logs in and redirects to `next` or to the home page.
///
/// # Errors
///
/// [`AppError::InvalidRequest`] for an invalid name or password, [`AppError::NameTaken`].
#[server(prefix = "/actions", endpoint = "create_account")]
pub async fn create_account(
    name: String,
    password: String,
    next: Option<String>,
) -> Result<(), ActionError> {
    let backend = request::backend();
    let session = accounts::register(&backend, &name, &password)
        .await
        .reply()?;
    request::set_session_cookie(&session);
    request::redirect_to_page(next.as_deref());
    Ok(())
}

/// Logs in and redirects to `next` or to the home page.
///
/// # Errors
///
/// [`AppError::WrongCredentials`].
#[server(prefix = "/actions", endpoint = "log_in")]
pub async fn log_in(
    name: String,
    password: String,
    next: Option<String>,
) -> Result<(), ActionError> {
    let backend = request::backend();
    let session = accounts::log_in(&backend, &name, &password).await.reply()?;
    request::set_session_cookie(&session);
    request::redirect_to_page(next.as_deref());
    Ok(())
}

/// Ends the session and redirects to the home page. Without a session, only redirects.
///
/// This instance drops the session immediately, the other instances when they learn of the deletion.
///
/// # Errors
///
/// [`AppError::DatabaseUnavailable`].
#[server(prefix = "/actions", endpoint = "log_out")]
pub async fn log_out() -> Result<(), ActionError> {
    let backend = request::backend();
    let token = request::session_token();
    accounts::log_out(&backend, token.as_ref()).await.reply()?;
    request::clear_session_cookie();
    request::redirect_to_page(None);
    Ok(())
}
