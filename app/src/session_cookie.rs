//! The session cookie: `HttpOnly`, `SameSite=Lax`, and `Secure` over HTTPS.
//!
//! Over HTTPS, the prefix `__Host-` makes browsers reject the cookie from plain HTTP and from subdomains. Without
//! HTTPS, the name is the project's own, because browsers share cookies between all ports of a host.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use backend::accounts::{SESSION_DAYS, SessionToken, StartedSession};
use http::HeaderMap;

/// The name of the cookie. `secure` is true over HTTPS, as for all functions here.
#[must_use]
pub const fn name(secure: bool) -> &'static str {
    if secure {
        "__Host-session"
    } else {
        "ttt-session"
    }
}

/// The token from the session cookie of a request, or `None` if it is missing or malformed.
#[must_use]
pub fn session_token(headers: &HeaderMap, secure: bool) -> Option<SessionToken> {
    let cookies = CookieJar::from_headers(headers);
    SessionToken::parse(cookies.get(name(secure))?.value())
}

/// The `Set-Cookie` value that stores the session in the browser.
#[must_use]
pub fn new_cookie(session: &StartedSession, secure: bool) -> String {
    cookie(session.token.reveal(), SESSION_DAYS * 24 * 60 * 60, secure)
}

/// The `Set-Cookie` value that deletes the session cookie.
#[must_use]
pub fn removal_cookie(secure: bool) -> String {
    cookie(String::new(), 0, secure)
}

fn cookie(value: String, max_age_seconds: i64, secure: bool) -> String {
    let cookie = Cookie::build((name(secure), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .build();
    // The cookie crate takes Max-Age as a type of the `time` crate. Formatting it here saves that dependency.
    format!("{cookie}; Max-Age={max_age_seconds}")
}
