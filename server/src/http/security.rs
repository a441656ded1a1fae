//! Browser security: the cross-site check of changes and the security headers of responses.

use crate::{
    config::PublicUrl,
    http::{client_info::ClientInfo, site},
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::error::AppError;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// Rejects a request that another site made a browser send. Leptos does not check this, and a cookie's
/// `SameSite=Lax` does not cover other subdomains. A request with neither header is not from a browser.
///
/// # Errors
///
/// [`AppError::CrossSite`].
pub fn check_origin(request: &Request, public_url: Option<&PublicUrl>) -> Result<(), AppError> {
    let headers = request.headers();
    let is_ours = if let Some(site) = headers.get("sec-fetch-site") {
        site == "same-origin" || site == "none"
    } else if let Some(origin) = headers.get(header::ORIGIN) {
        match (origin.to_str(), public_url) {
            (Ok(origin), Some(url)) => origin.eq_ignore_ascii_case(&url.origin()),
            (Ok(origin), None) => is_own_host(origin, request.uri(), headers),
            (Err(_), _) => false,
        }
    } else {
        true
    };
    if is_ours {
        Ok(())
    } else {
        Err(AppError::CrossSite)
    }
}

/// Returns true if an origin is the host that the request was sent to. Its scheme can't be checked, because a
/// proxy may have terminated TLS.
fn is_own_host(origin: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    let own = uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| headers.get(header::HOST)?.to_str().ok());
    let Some((scheme, host)) = origin.split_once("://") else {
        return false;
    };
    matches!(scheme, "http" | "https") && own.is_some_and(|own| own.eq_ignore_ascii_case(host))
}

/// The security headers that every response has.
const SECURITY_HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: a form sent without WebAssembly returns to its page by the referrer.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    // For responses other than pages, which set their own policy.
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
];

/// Two years. Without `includeSubDomains`: the server knows its own host only, and other hosts below it may be
/// served by others, without HTTPS.
const HSTS: &str = "max-age=63072000";
/// The caching of files whose names contain a hash of their content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The configuration of the response headers.
#[derive(Clone, Copy, Debug)]
pub struct Headers {
    /// True if the public address is https. Browsers must then always use HTTPS for this host.
    pub https: bool,
}

/// Adds the headers that a response lacks.
pub async fn headers(State(policy): State<Headers>, request: Request, next: Next) -> Response {
    let is_hashed = site::has_hashed_name(request.uri().path());
    let is_https = policy.https && !ClientInfo::of(request.extensions()).used_plain_http;
    let mut response = next.run(request).await;
    let is_file = response.headers().contains_key(header::LAST_MODIFIED);
    let cache = match (is_file, is_hashed) {
        (true, true) => IMMUTABLE,
        (true, false) => "no-cache",
        (false, _) => "no-store",
    };
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    add(header::CACHE_CONTROL, cache);
    if is_https {
        add(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    for (name, value) in SECURITY_HEADERS {
        add(name, value);
    }
    if is_file && let Some(complete) = headers.get(header::CONTENT_TYPE).and_then(with_charset) {
        headers.insert(header::CONTENT_TYPE, complete);
    }
    response
}

/// The type of a static text file with its encoding, or `None` if it is no text or names its encoding already.
fn with_charset(content_type: &HeaderValue) -> Option<HeaderValue> {
    let content_type = content_type.to_str().ok()?;
    let is_text = content_type.starts_with("text/") || content_type == "image/svg+xml";
    let complete = format!("{content_type}; charset=utf-8");
    (is_text && !content_type.contains(';')).then(|| complete.parse().ok())?
}

/// The content security policy of documents without WebAssembly: pages that only the server renders, the guide,
/// and the panel as a page.
pub const DOCUMENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     manifest-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Sets the content security policy of the page that is being rendered. Only scripts with the page's nonce or
/// from this site run. Must be called within Leptos's context.
pub fn set_page_policy(options: &LeptosOptions) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let reload = if site::is_watching() {
        let port = options.reload_external_port.unwrap_or(options.reload_port);
        format!(" ws://*:{port} wss://*:{port}")
    } else {
        String::new()
    };
    // Not `strict-dynamic`, which would block the preloading of the module.
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; \
         connect-src 'self'{reload}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn check(headers: &[(&str, &str)], public_url: Option<&str>) -> bool {
        let mut request = Request::builder().header("host", "localhost:3000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let public_url = public_url.map(|url| url.parse().unwrap());
        check_origin(&request.body(Body::empty()).unwrap(), public_url.as_ref()).is_ok()
    }

    #[test]
    fn sec_fetch_site_decides() {
        for (site, allowed) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
        ] {
            assert_eq!(check(&[("sec-fetch-site", site)], None), allowed, "{site}");
            let both = [
                ("sec-fetch-site", site),
                ("origin", "https://elsewhere.example"),
            ];
            assert_eq!(check(&both, None), allowed, "{site}");
        }
    }

    #[test]
    fn origin_decides_without_sec_fetch_site() {
        assert!(check(&[("origin", "http://localhost:3000")], None));
        assert!(check(&[("origin", "https://localhost:3000")], None));
        for foreign in [
            "http://localhost",
            "http://localhost:3001",
            "null",
            "",
            "file://",
            "ws://localhost:3000",
        ] {
            assert!(!check(&[("origin", foreign)], None), "{foreign}");
        }
    }

    #[test]
    fn public_origin_counts_behind_a_proxy() {
        let url = Some("https://play.example.org");
        assert!(check(&[("origin", "https://play.example.org")], url));
        assert!(!check(&[("origin", "http://play.example.org")], url));
        assert!(!check(&[("origin", "http://localhost:3000")], url));
    }

    #[test]
    fn request_without_either_header_passes() {
        assert!(check(&[], None));
        assert!(check(&[], Some("https://play.example.org")));
    }
}
