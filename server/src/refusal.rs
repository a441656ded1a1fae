//! How a request is refused before, or instead of, reaching what it asked for. Programs get a problem
//! document from the API and a serialised error from a server function, which is what its caller
//! decodes; people get their page back with the error on it, or a page that says it.

use crate::rest::problem::Problem;
use app::{error::AppError, ssr::metrics};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use leptos::server_fn::error::{FromServerFnError, ServerFnUrlError};
use std::borrow::Cow;

/// Where server functions are.
pub const ACTIONS: &str = "/actions/";

/// A base for addresses of this site. It never leaves the server.
const BASE: &str = "http://localhost";

/// Who waits for the answer to a request, kept while the request itself is consumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A client of the API, or of anything but a page.
    Program,
    /// The browser's part of this application, calling a server function.
    ServerFunction,
    /// Somebody who sent a form to a server function.
    Form {
        /// The path of the server function.
        action: String,
        /// The address that the form was on, on this site, after [`BASE`].
        page: String,
    },
    /// Somebody who opened an address.
    Person,
}

impl Audience {
    /// The audience of a request.
    #[must_use]
    pub fn of(request: &Parts) -> Self {
        Self::new(&request.method, &request.uri, &request.headers)
    }

    /// The audience of a request with this method, address and headers.
    #[must_use]
    pub fn new(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path();
        let reads_html = headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
        match (is_api(path), path.starts_with(ACTIONS), reads_html) {
            (false, true, true) if method == Method::POST => Self::Form {
                action: path.to_owned(),
                page: page_of(headers),
            },
            (false, true, false) => Self::ServerFunction,
            (false, _, true) => Self::Person,
            _ => Self::Program,
        }
    }

    /// The refusal.
    #[must_use]
    pub fn refuse(&self, error: AppError) -> Response {
        if *self == Self::Program {
            return Problem::from(error).into_response();
        }
        metrics::refused(error.code());
        let mut response = match self {
            Self::ServerFunction => {
                let json = [(header::CONTENT_TYPE, "application/json")];
                (status(&error), json, error.ser()).into_response()
            }
            // Whose page sent it is just what is in doubt.
            Self::Form { .. } if error == AppError::CrossSite => page(&error),
            Self::Form { action, page: base } => {
                match ServerFnUrlError::new(action, error.clone()).to_url(base) {
                    Ok(url) => Redirect::to(&local(url.as_str())).into_response(),
                    Err(_) => page(&error),
                }
            }
            Self::Person | Self::Program => page(&error),
        };
        if let Some(seconds) = error.retry_after() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Whether an address is one of the API's.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The HTTP status of an error.
#[must_use]
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The page on which a form was, as an address after [`BASE`], without the errors of an earlier
/// attempt; the root where the browser does not say. Only the path is taken: wherever the form was, its
/// answer stays on this site.
fn page_of(headers: &HeaderMap) -> String {
    let referer = headers
        .get(header::REFERER)
        .and_then(|referer| referer.to_str().ok())
        .and_then(|referer| referer.parse::<Uri>().ok());
    let page = referer.as_ref().and_then(Uri::path_and_query);
    let mut address = format!("{BASE}{}", page.map_or("/", |page| page.as_str()));
    ServerFnUrlError::<AppError>::strip_error_info(&mut address);
    address
}

/// An address after [`BASE`] as one of this site. Two slashes at its beginning would make it another
/// site's.
#[must_use]
pub fn local(address: &str) -> Cow<'_, str> {
    match address.strip_prefix(BASE) {
        Some(path) => format!("/{}", path.trim_start_matches(['/', '\\'])).into(),
        None => address.into(),
    }
}

/// The refusal as a page of its own, for where the application's pages can't be drawn.
fn page(error: &AppError) -> Response {
    // The sentences are constants of this program and names of its fields: nothing to escape.
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Tic-Tac-Toe</title></head>\
         <body><main><h1>Tic-Tac-Toe</h1><p role=\"alert\">{error}</p>\
         <p><a href=\"/\">Home</a></p></main></body></html>"
    );
    (status(error), Html(html)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(referer: Option<&'static str>) -> Audience {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html,*/*"));
        if let Some(referer) = referer {
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
        }
        Audience::new(
            &Method::POST,
            &Uri::from_static("/actions/log_in"),
            &headers,
        )
    }

    fn location(audience: &Audience) -> String {
        let response = audience.refuse(AppError::TooManyRequests { retry_after: 3 });
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::RETRY_AFTER], "3");
        response.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_form_comes_back_to_its_page() {
        let page = location(&form(Some("http://localhost:3000/games/1?a=b")));
        assert!(
            page.starts_with("/games/1?a=b&__path=%2Factions%2Flog_in&__err="),
            "{page}"
        );
    }

    #[test]
    fn it_never_leaves_the_site() {
        for referer in [
            None,
            Some("http://elsewhere.example"),
            Some("nonsense"),
            Some("//a/b"),
            Some("http://localhost:3000//a/b"),
            Some("http://localhost:3000/.//a/b"),
            Some("http://localhost:3000/\\a/b"),
            Some("*"),
        ] {
            let page = location(&form(referer));
            assert!(page.starts_with('/') && !page.starts_with("//"), "{page}");
        }
    }

    #[test]
    fn errors_do_not_pile_up() {
        let first = location(&form(Some("http://localhost:3000/?__path=x&__err=y")));
        assert_eq!(first.matches("__err").count(), 1);
    }
}
