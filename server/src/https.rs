//! From plain HTTP to HTTPS: a proxy that takes the TLS off says how the browser came, and whoever came
//! without TLS is sent to the public address.

use crate::{config::Config, rate_limit::is_trusted};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use ipnet::IpNet;
use std::{net::SocketAddr, sync::Arc};

const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// When to send a request elsewhere, and where to.
#[derive(Clone, Debug)]
pub struct Upgrade(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    origin: String,
    trusted_proxies: Vec<IpNet>,
}

impl Upgrade {
    /// `None` where people do not come by HTTPS, or nobody could be believed about it.
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

/// Answers a request that came by plain HTTP with its place on the public address. A form's too: what was
/// in it has been sent in the clear already, and 308 has the browser send it again, to the right place.
pub async fn upgrade(
    State(Upgrade(rules)): State<Upgrade>,
    request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_believed =
        peer.is_some_and(|ConnectInfo(peer)| is_trusted(peer.ip(), &rules.trusted_proxies));
    // Who asks for a probe's answer wants this instance's, and seldom speaks TLS.
    let is_probe = matches!(request.uri().path(), "/livez" | "/readyz");
    if !is_believed || is_probe || !came_by_http(request.headers()) {
        return next.run(request).await;
    }
    let place = rules.place(request.uri());
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, place)]).into_response()
}

/// Of several proxies the first in the list is the one that the browser spoke to.
fn came_by_http(headers: &HeaderMap) -> bool {
    let first = headers
        .get(FORWARDED_PROTO)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(',').next());
    first.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
}

impl Rules {
    /// The same path and query on the public address. The host is never the request's, and the path
    /// begins with a single slash whatever was sent.
    fn place(&self, uri: &Uri) -> HeaderValue {
        let path = uri.path().trim_start_matches(['/', '\\', '*']);
        let query = uri.query().map(|query| format!("?{query}"));
        let place = format!("{}/{path}{}", self.origin, query.unwrap_or_default());
        HeaderValue::from_str(&place).unwrap_or(HeaderValue::from_static("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_public_one_whatever_was_asked() {
        let rules = Rules {
            origin: "https://play.example.org".to_owned(),
            trusted_proxies: Vec::new(),
        };
        for (asked, place) in [
            ("/", "/"),
            ("/games/1?a=b&c", "/games/1?a=b&c"),
            ("//evil.example/x", "/evil.example/x"),
            ("/\\evil.example", "/evil.example"),
            ("http://evil.example//x?y", "/x?y"),
            ("@evil.example:80", "/"),
            ("*", "/"),
        ] {
            let uri = asked.parse::<Uri>().unwrap();
            let expected = format!("https://play.example.org{place}");
            assert_eq!(rules.place(&uri), expected, "{asked}");
        }
    }

    #[test]
    fn the_first_proxy_says_how_the_browser_came() {
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
            assert_eq!(came_by_http(&headers), plain, "{value}");
        }
        assert!(!came_by_http(&HeaderMap::new()));
    }
}
