//! The redirect from plain HTTP to HTTPS. A proxy that terminates TLS reports the scheme of the browser's
//! request in a header, and requests without TLS are redirected to the public address.

use crate::{config::Config, http::rate_limits::is_trusted};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use ipnet::IpNet;
use std::{net::SocketAddr, sync::Arc};

const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The configuration of the redirect.
#[derive(Clone, Debug)]
pub struct HttpsRedirect(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    origin: String,
    trusted_proxies: Vec<IpNet>,
}

impl HttpsRedirect {
    /// Creates the redirect. Returns `None` if the public address is not https or no proxy is trusted.
    #[must_use]
    pub fn new(config: &Config) -> Option<Self> {
        let url = config.public_url.as_ref().filter(|url| url.is_https())?;
        let trusted_proxies = config.trusted_proxies.clone();
        (!trusted_proxies.is_empty()).then(|| {
            Self(Arc::new(Rules {
                origin: url.origin(),
                trusted_proxies,
            }))
        })
    }
}

/// Redirects a request that used plain HTTP to the public address. This includes forms: their content was
/// already sent in the clear, and 308 makes the browser send it again to the right address.
pub async fn redirect(
    State(HttpsRedirect(rules)): State<HttpsRedirect>,
    request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_from_proxy =
        peer.is_some_and(|ConnectInfo(peer)| is_trusted(peer.ip(), &rules.trusted_proxies));
    // A probe checks this very instance, and seldom speaks TLS.
    let is_probe = matches!(request.uri().path(), "/livez" | "/readyz");
    if !is_from_proxy || is_probe || !used_plain_http(request.headers()) {
        return next.run(request).await;
    }
    let location = rules.location(request.uri());
    let headers = [(header::LOCATION, location)];
    (StatusCode::PERMANENT_REDIRECT, headers).into_response()
}

/// Returns true if the browser used plain HTTP. The header lists the proxies' values, and the first one is from
/// the proxy that received the browser's request.
fn used_plain_http(headers: &HeaderMap) -> bool {
    let first = headers
        .get(FORWARDED_PROTO)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(',').next());
    first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
}

impl Rules {
    /// The same path and query on the public address. The host never comes from the request, and the path
    /// always begins with a single slash.
    fn location(&self, uri: &Uri) -> HeaderValue {
        let path = uri.path().trim_start_matches(['/', '\\', '*']);
        let query = uri.query().map(|query| format!("?{query}"));
        let location = format!("{}/{path}{}", self.origin, query.unwrap_or_default());
        HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_always_leads_to_the_public_host() {
        let rules = Rules {
            origin: "https://play.example.org".to_owned(),
            trusted_proxies: Vec::new(),
        };
        for (requested, path) in [
            ("/", "/"),
            ("/games/1?a=b&c", "/games/1?a=b&c"),
            ("//evil.example/x", "/evil.example/x"),
            ("/\\evil.example", "/evil.example"),
            ("http://evil.example//x?y", "/x?y"),
            ("@evil.example:80", "/"),
            ("*", "/"),
        ] {
            let uri = requested.parse::<Uri>().unwrap();
            let expected = format!("https://play.example.org{path}");
            assert_eq!(rules.location(&uri), expected, "{requested}");
        }
    }

    #[test]
    fn first_proxy_reports_the_browsers_scheme() {
        for (value, plain) in [
            ("http", true),
            ("HTTP", true),
            ("http, https", true),
            ("https", false),
            ("https,http", false),
            ("", false),
            ("httpx", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_PROTO, HeaderValue::from_static(value));
            assert_eq!(used_plain_http(&headers), plain, "{value}");
        }
        assert!(!used_plain_http(&HeaderMap::new()));
    }
}
