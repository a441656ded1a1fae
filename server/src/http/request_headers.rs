//! The request headers that several handlers read.

use super::local_path::local_path;
use http::{HeaderMap, Uri, header};

/// The address of the page that caused the request, if the browser sends it.
#[must_use]
pub fn referer(headers: &HeaderMap) -> Option<Uri> {
    headers.get(header::REFERER)?.to_str().ok()?.parse().ok()
}

/// The path of the page that caused the request, or `/` if the browser does not send it.
#[must_use]
pub fn referer_path(headers: &HeaderMap) -> String {
    referer(headers).map_or_else(|| "/".to_owned(), |uri| local_path(uri.path()))
}
