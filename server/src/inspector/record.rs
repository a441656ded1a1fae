//! The layer that records the database requests of each HTTP request.

use crate::{
    http::request_headers::referer_path,
    inspector::capture::{Cause, Inspector, Recording},
};
use app::api::accepts_html;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method};

/// The maximum length of a recorded address, in characters. No address of the application is longer.
const MAX_LENGTH: usize = 128;

/// Serves a request and records the database requests that it causes.
pub async fn record(State(inspector): State<Inspector>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let recording = if request.method() == Method::GET && path.starts_with("/inspector") {
        Recording::own(&inspector)
    } else {
        Recording::new(&inspector, cause(&request))
    };
    recording.scope(next.run(request)).await
}

fn cause(request: &Request) -> Cause {
    let (method, path) = (request.method(), request.uri().path());
    let is_page = method == Method::GET && is_navigation(request.headers());
    let page = if is_page {
        path.to_owned()
    } else {
        referer_path(request.headers())
    };
    Cause {
        request: truncated(&format!("{method} {path}")),
        page: truncated(&page),
        is_page,
    }
}

fn truncated(text: &str) -> String {
    text.chars().take(MAX_LENGTH).collect()
}

/// Returns true if a browser opens a page, false if a script requests data.
fn is_navigation(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => accepts_html(headers),
    }
}
