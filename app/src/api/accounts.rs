use super::ActionError;
#[cfg(doc)]
use domain::error::AppError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::request::{self, Reply},
    crate::server_pages::PASSWORD_CHANGED,
    backend::use_cases::{self, accounts},
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
    let brought = request::session_token();
    let session = accounts::register(&backend, brought.as_ref(), &name, &password)
        .await
        .reply()?;
    request::set_session_cookie(&session);
    request::redirect_to_page(next.as_deref());
    Ok(())
}

/// Logs in, in place of the session of the request, and redirects to `next` or to the home page.
///
/// # Errors
///
/// [`AppError::WrongCredentials`], [`AppError::TooManyRequests`], [`AppError::TooBusy`].
#[server(prefix = "/actions", endpoint = "log_in")]
pub async fn log_in(
    name: String,
    password: String,
    next: Option<String>,
) -> Result<(), ActionError> {
    let backend = request::backend();
    let (brought, from) = (request::session_token(), request::client_address());
    let session = accounts::log_in(&backend, brought.as_ref(), &name, &password, from)
        .await
        .reply()?;
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

/// Changes the password, logs out everywhere else and redirects to the account page.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::WrongCredentials`], [`AppError::InvalidRequest`] for the field `new`.
#[server(prefix = "/actions", endpoint = "change_password")]
pub async fn change_password(current: String, new: String) -> Result<(), ActionError> {
    let (backend, session) = request::session().await.reply()?;
    use_cases::change_password(&backend, &session, &current, &new)
        .await
        .reply()?;
    request::redirect(PASSWORD_CHANGED);
    Ok(())
}

/// Ends all sessions of the player and redirects to the home page.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::DatabaseUnavailable`].
#[server(prefix = "/actions", endpoint = "log_out_everywhere")]
pub async fn log_out_everywhere() -> Result<(), ActionError> {
    let (backend, session) = request::session().await.reply()?;
    use_cases::log_out_everywhere(&backend, &session)
        .await
        .reply()?;
    request::clear_session_cookie();
    request::redirect_to_page(None);
    Ok(())
}

/// Deletes the account and redirects to the home page.
///
/// # Errors
///
/// [`AppError::NotLoggedIn`], [`AppError::WrongCredentials`].
#[server(prefix = "/actions", endpoint = "delete_account")]
pub async fn delete_account(current: String) -> Result<(), ActionError> {
    let (backend, session) = request::session().await.reply()?;
    use_cases::delete_account(&backend, &session, &current)
        .await
        .reply()?;
    request::clear_session_cookie();
    request::redirect_to_page(None);
    Ok(())
}
