//! Whose requests to the tables are whose: each HTTP request is served as its sender's.

use app::ssr::inspector::{Attribution, Cause, Inspector};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, Uri, header};

/// In characters.
const LONGEST: usize = 128;

/// Serves a request so that what it asks of the tables is known to be asked for it.
pub async fn attribute(
    State(inspector): State<Inspector>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let attribution = if request.method() == Method::GET && path.starts_with("/inspector") {
        Attribution::own(&inspector)
    } else {
        Attribution::new(&inspector, cause(&request))
    };
    attribution.during(next.run(request)).await
}

fn cause(request: &Request) -> Cause {
    let (method, path) = (request.method(), request.uri().path());
    let is_page = method == Method::GET && is_navigation(request.headers());
    let page = if is_page {
        path.to_owned()
    } else {
        page_of(request.headers())
    };
    Cause {
        request: shortened(&format!("{method} {path}")),
        page: shortened(&page),
        is_page,
    }
}

/// What is kept of an address: no address of ours is longer.
fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Whether a browser asks for a page to show, rather than a page's script for something.
fn is_navigation(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => (headers.get(header::ACCEPT))
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.starts_with("text/html")),
    }
}

/// The path of the page that a request comes from; `/` where that is not told.
pub(super) fn page_of(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER);
    let uri = referer.and_then(|referer| referer.to_str().ok()?.parse::<Uri>().ok());
    uri.map_or_else(|| "/".to_owned(), |uri| uri.path().to_owned())
}
