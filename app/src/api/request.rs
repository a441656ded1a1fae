//! What a server function needs of the request that called it, and how it replies beyond its value.

use crate::{
    error::AppError,
    ids::PlayerName,
    ssr::{
        auth::{SessionToken, StartedSession},
        cookie, metrics,
        state::AppState,
        use_cases::accounts,
    },
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// The server's state, which the router puts into every request's context.
pub(super) fn state() -> AppState {
    expect_context()
}

fn headers() -> HeaderMap {
    use_context::<Parts>()
        .map(|parts| parts.headers)
        .unwrap_or_default()
}

/// The token in the session cookie, if there is one.
pub(super) fn session_token() -> Option<SessionToken> {
    cookie::session_token(&headers())
}

/// Who is logged in, if anybody.
pub(super) async fn viewer() -> Result<Option<PlayerName>, AppError> {
    let token = session_token();
    let session = accounts::session(&state(), token.as_ref()).await?;
    Ok(session.map(|session| session.player))
}

/// The state and the player who asks.
pub(super) async fn player() -> Result<(AppState, PlayerName), AppError> {
    let player = viewer().await?.ok_or(AppError::NotLoggedIn)?;
    Ok((state(), player))
}

/// Gives the browser its session.
pub(super) fn log_in_browser(state: &AppState, session: &StartedSession) {
    set_cookie(&cookie::log_in(session, state.secure_cookies));
}

/// Takes the session from the browser.
pub(super) fn log_out_browser(state: &AppState) {
    set_cookie(&cookie::log_out(state.secure_cookies));
}

fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(cookie),
    ) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Sends the browser to another page of this site.
pub(super) fn redirect(path: &str) {
    leptos_axum::redirect(path);
}

/// Sends the browser to the page that asked it to log in, or home. Anything but a page of this site
/// counts as home: an address from outside must not decide where people land.
pub(super) fn redirect_to_page(next: Option<&str>) {
    let is_game = |path: &&str| {
        path.strip_prefix("/games/")
            .is_some_and(|id| id.parse::<crate::ids::GameId>().is_ok())
    };
    redirect(next.filter(is_game).unwrap_or("/"));
}

/// Sends a form posted without WebAssembly back to a page; a call that reads the answer stays.
pub(super) fn redirect_form(path: &str) {
    if accepts_html() {
        redirect(path);
    }
}

fn accepts_html() -> bool {
    headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Gives the response the status of an error.
pub(super) trait Reply {
    /// The same result. Where the client is a program, or a page is being rendered, the response
    /// gets the error's status; a form posted without WebAssembly must keep its redirect.
    fn reply(self) -> Self;
}

impl<T> Reply for Result<T, AppError> {
    fn reply(self) -> Self {
        if let Err(error) = &self {
            metrics::refused(error.code());
        }
        if let (Err(error), Some(response), Some(parts)) = (
            &self,
            use_context::<ResponseOptions>(),
            use_context::<Parts>(),
        ) {
            let is_form = parts.method == http::Method::POST && accepts_html();
            if !is_form && let Ok(status) = StatusCode::from_u16(error.status()) {
                response.set_status(status);
            }
            if let Some(seconds) = error.retry_after() {
                response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
        }
        self
    }
}
