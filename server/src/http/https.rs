//! The rejection of plain HTTP where the public address is https. A proxy that terminates TLS reports the scheme
//! of the browser's request in a header.

use crate::{
    config::Config,
    http::{
        client_info::ClientInfo,
        local_path::local_path,
        rejection::{self, ClientKind},
    },
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::error::AppError;
use http::{HeaderValue, StatusCode, Uri, header};
use std::sync::Arc;

/// The public origin, which is https. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpsOrigin(Arc<str>);

impl HttpsOrigin {
    /// The public origin of a configuration, or `None` if it is not https.
    #[must_use]
    pub fn new(config: &Config) -> Option<Self> {
        let url = config.public_url.as_ref().filter(|url| url.is_https())?;
        Some(Self(url.origin().into()))
    }

    /// The same path and query on the public address. The host never comes from the request.
    fn location(&self, uri: &Uri) -> HeaderValue {
        let path = local_path(uri.path().trim_start_matches('*'));
        let query = uri.query().map(|query| format!("?{query}"));
        let location = format!("{}{path}{}", self.0, query.unwrap_or_default());
        HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static("/"))
    }
}

/// Redirects pages that a browser requested over plain HTTP, and rejects everything else. A redirect would hide
/// from a client of the API, or from the author of a form, that a password has already been sent in the clear.
pub async fn require(State(origin): State<HttpsOrigin>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // A probe checks this very instance, and seldom speaks TLS.
    let is_probe = matches!(path, "/livez" | "/readyz");
    if is_probe || !ClientInfo::of(request.extensions()).used_plain_http {
        return next.run(request).await;
    }
    if rejection::is_api(path) || !request.method().is_safe() {
        return ClientKind::of(&request.into_parts().0).reject(AppError::HttpsRequired);
    }
    let headers = [(header::LOCATION, origin.location(request.uri()))];
    (StatusCode::PERMANENT_REDIRECT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_always_leads_to_the_public_host() {
        let origin = HttpsOrigin("https://play.example.org".into());
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
            assert_eq!(origin.location(&uri), expected, "{requested}");
        }
    }
}
