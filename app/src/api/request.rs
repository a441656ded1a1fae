//! Access to the HTTP request behind a server function, and to the status and headers of its response.

use super::ActionError;
use crate::{return_page::ReturnPage, session_cookie, state::AppState};
use backend::{
    Backend,
    accounts::{Session, SessionToken, StartedSession},
    audit,
    limits::ClientAddress,
    use_cases::accounts,
};
use domain::{error::AppError, ids::PlayerName};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// The server's state. The router provides it in the context of every request.
fn state() -> AppState {
    expect_context()
}

/// The backend from the server's state.
pub(super) fn backend() -> Backend {
    state().backend
}

fn headers() -> HeaderMap {
    use_context::<Parts>()
        .map(|parts| parts.headers)
        .unwrap_or_default()
}

/// The address of the client, which the router adds to every request.
pub(super) fn client_address() -> ClientAddress {
    let parts = use_context::<Parts>();
    let address = parts.and_then(|parts| parts.extensions.get().copied());
    address.unwrap_or_default()
}

/// The token from the session cookie, if any.
pub(super) fn session_token() -> Option<SessionToken> {
    session_cookie::session_token(&headers(), state().secure_cookies)
}

/// The logged-in player, or `None` for a visitor.
pub(super) async fn viewer() -> Result<Option<PlayerName>, AppError> {
    let token = session_token();
    let session = accounts::session(&backend(), token.as_ref()).await?;
    Ok(session.map(|session| session.key.player))
}

/// The backend and the session of the request, or [`AppError::NotLoggedIn`].
pub(super) async fn session() -> Result<(Backend, Session), AppError> {
    let (backend, token) = (backend(), session_token());
    let session = accounts::session(&backend, token.as_ref()).await?;
    Ok((backend, session.ok_or(AppError::NotLoggedIn)?))
}

/// The backend and the logged-in player, or [`AppError::NotLoggedIn`].
pub(super) async fn player() -> Result<(Backend, PlayerName), AppError> {
    let (backend, session) = session().await?;
    Ok((backend, session.key.player))
}

/// Sets the session cookie on the response.
pub(super) fn set_session_cookie(session: &StartedSession) {
    append_cookie(&session_cookie::new_cookie(session, state().secure_cookies));
}

/// Deletes the session cookie from the browser.
pub(super) fn clear_session_cookie() {
    append_cookie(&session_cookie::removal_cookie(state().secure_cookies));
}

fn append_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(cookie),
    ) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Redirects the browser to another path of this site.
pub(super) fn redirect(path: &str) {
    leptos_axum::redirect(path);
}

/// Redirects the browser to the page in `next`, or else to the home page.
pub(super) fn redirect_to_page(next: Option<&str>) {
    let page = next.and_then(ReturnPage::from_path);
    redirect(&page.map_or_else(|| "/".to_owned(), ReturnPage::path));
}

/// Redirects a form that was posted without WebAssembly, but not a script that reads the response.
pub(super) fn redirect_form(path: &str) {
    if accepts_html(&headers()) {
        redirect(path);
    }
}

/// Returns true if the request accepts HTML, as browser navigations and plain forms do and scripts don't.
#[must_use]
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Applies the error of a use case to the HTTP response.
pub(super) trait Reply {
    /// Returns the result and counts its error. Sets the error's status and `Retry-After` on the response.
    /// A form that was posted without WebAssembly keeps the status of its redirect.
    ///
    /// # Errors
    ///
    /// The error of the result as an [`ActionError`].
    fn reply(self) -> Result<Self::Value, ActionError>;

    /// The success value of the result.
    type Value;
}

impl<T, E: Into<AppError>> Reply for Result<T, E> {
    type Value = T;

    fn reply(self) -> Result<T, ActionError> {
        let result = self.map_err(Into::into);
        if let Err(error) = &result {
            audit::request_rejected(error.code(), error.status());
        }
        if let (Err(error), Some(response), Some(parts)) = (
            &result,
            use_context::<ResponseOptions>(),
            use_context::<Parts>(),
        ) {
            let is_form = parts.method == http::Method::POST && accepts_html(&parts.headers);
            if !is_form && let Ok(status) = StatusCode::from_u16(error.status()) {
                response.set_status(status);
            }
            if let Some(seconds) = error.retry_after() {
                response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
        }
        result.map_err(ActionError)
    }
}
