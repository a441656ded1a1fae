//! The session cookie: unreadable to scripts, sent to this site only, `Secure` under HTTPS.

use super::auth::{SESSION_DAYS, SessionToken, StartedSession};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::HeaderMap;

const NAME: &str = "session";

/// The token that a request brings, if it brings one that can be one.
#[must_use]
pub fn session_token(headers: &HeaderMap) -> Option<SessionToken> {
    SessionToken::parse(CookieJar::from_headers(headers).get(NAME)?.value())
}

/// The `Set-Cookie` value that gives the browser its session.
#[must_use]
pub fn log_in(session: &StartedSession, secure: bool) -> String {
    cookie(session.token.reveal(), SESSION_DAYS * 24 * 60 * 60, secure)
}

/// The `Set-Cookie` value that takes it away.
#[must_use]
pub fn log_out(secure: bool) -> String {
    cookie(String::new(), 0, secure)
}

fn cookie(value: String, max_age_seconds: i64, secure: bool) -> String {
    let cookie = Cookie::build((NAME, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .build();
    // The cookie crate counts Max-Age in a type of the `time` crate, not worth another dependency.
    format!("{cookie}; Max-Age={max_age_seconds}")
}
