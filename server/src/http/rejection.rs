//! The rejection of requests that do not reach a handler. A client of the API gets a problem document. A caller
//! of a server function gets the serialised error that it decodes. A form's sender gets the page back with the
//! error on it, and any other browser an error page.

use super::{
    local_path::local_path,
    request_headers,
    rest::problem::{Problem, status},
};
use app::api::{ActionError, accepts_html};
use axum::response::{Html, IntoResponse, Redirect, Response};
use backend::audit;
use domain::error::AppError;
use http::{HeaderMap, HeaderValue, Method, Uri, header, request::Parts};
use leptos::server_fn::error::{FromServerFnError, ServerFnUrlError};
use std::borrow::Cow;

/// The path prefix of server functions.
pub const ACTIONS: &str = "/actions/";

/// A placeholder for scheme and host in addresses of this site. It never leaves the server.
const BASE: &str = "http://localhost";

/// The kind of client that sent a request, which decides the format of a rejection. It outlives the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A client of the API, or of anything but a page.
    Program,
    /// The WebAssembly of this application, which calls a server function.
    ServerFunction,
    /// A browser that sent a form to a server function.
    Form {
        /// The path of the server function.
        action: String,
        /// The address of the form's page, with a placeholder for scheme and host.
        page: String,
    },
    /// A browser that opened an address.
    Browser,
}

impl ClientKind {
    /// The kind of client that sent this request.
    #[must_use]
    pub fn of(request: &Parts) -> Self {
        Self::new(&request.method, &request.uri, &request.headers)
    }

    /// The kind of client that sent a request with this method, address and headers.
    #[must_use]
    pub fn new(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path();
        match (
            is_api(path),
            path.starts_with(ACTIONS),
            accepts_html(headers),
        ) {
            (false, true, true) if method == Method::POST => Self::Form {
                action: path.to_owned(),
                page: form_page(headers),
            },
            (false, true, false) => Self::ServerFunction,
            (false, _, true) => Self::Browser,
            _ => Self::Program,
        }
    }

    /// The response that rejects the request with an error.
    #[must_use]
    pub fn reject(&self, error: AppError) -> Response {
        if *self == Self::Program {
            return Problem::from(error).into_response();
        }
        audit::request_rejected(error.code(), error.status());
        let mut response = match self {
            Self::ServerFunction => {
                let json = [(header::CONTENT_TYPE, "application/json")];
                (status(&error), json, ActionError(error.clone()).ser()).into_response()
            }
            // The form may be on another site's page.
            Self::Form { .. } if error == AppError::CrossSite => page(&error),
            Self::Form { action, page: base } => {
                match ServerFnUrlError::new(action, ActionError(error.clone())).to_url(base) {
                    Ok(url) => Redirect::to(&local(url.as_str())).into_response(),
                    Err(_) => page(&error),
                }
            }
            Self::Browser | Self::Program => page(&error),
        };
        if let Some(seconds) = error.retry_after() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Returns true if a path belongs to the API.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The address of a form's page after [`BASE`], without the error of an earlier attempt. It is the root if the
/// browser sends no referrer. Scheme and host of the referrer are dropped, so that a response never leads to
/// another site.
fn form_page(headers: &HeaderMap) -> String {
    let referer = request_headers::referer(headers);
    let page = referer.as_ref().and_then(Uri::path_and_query);
    let mut address = format!("{BASE}{}", page.map_or("/", |page| page.as_str()));
    ServerFnUrlError::<ActionError>::strip_error_info(&mut address);
    address
}

/// Removes the placeholder for scheme and host from an address. Leading slashes are merged, because two of
/// them would lead to another site.
#[must_use]
pub fn local(address: &str) -> Cow<'_, str> {
    match address.strip_prefix(BASE) {
        Some(path) => local_path(path).into(),
        None => address.into(),
    }
}

/// A page with the error, for rejections outside the pages that Leptos renders.
fn page(error: &AppError) -> Response {
    // The text consists of constants of this program, so there is nothing to escape.
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
    use http::StatusCode;

    fn form(referer: Option<&'static str>) -> ClientKind {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html,*/*"));
        if let Some(referer) = referer {
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
        }
        ClientKind::new(
            &Method::POST,
            &Uri::from_static("/actions/log_in"),
            &headers,
        )
    }

    fn location(client: &ClientKind) -> String {
        let response = client.reject(AppError::TooManyRequests { retry_after: 3 });
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::RETRY_AFTER], "3");
        response.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn form_returns_to_its_page() {
        let page = location(&form(Some("http://localhost:3000/games/1?a=b")));
        assert!(
            page.starts_with("/games/1?a=b&__path=%2Factions%2Flog_in&__err="),
            "{page}"
        );
    }

    #[test]
    fn redirect_stays_on_the_site() {
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
    fn earlier_error_is_removed() {
        let first = location(&form(Some("http://localhost:3000/?__path=x&__err=y")));
        assert_eq!(first.matches("__err").count(), 1);
    }
}
