//! Logs. Each request has one line, and its id is on every line that is logged while it is served. The format
//! is text on a terminal and JSON otherwise. `RUST_LOG` sets the level. Passwords, tokens and query strings are
//! never logged.

use super::client_info::ClientInfo;
use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue};
use std::{
    io::{self, IsTerminal},
    time::Instant,
};
use tracing::{Instrument, Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};
use uuid::Uuid;

/// The header with the id of a request, in the request and in the response.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The maximum length of an id from a proxy, in bytes.
const MAX_ID_LENGTH: usize = 64;

/// Starts logging to standard error, including panics.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(|event| !contains_items(event)));
    // Fails if logging has already been started.
    let _ = if io::stderr().is_terminal() {
        registry
            .with(fmt::layer().with_writer(io::stderr))
            .try_init()
    } else {
        registry
            .with(
                fmt::layer()
                    .json()
                    .with_span_list(false)
                    .with_writer(io::stderr),
            )
            .try_init()
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, message, "panicked");
    }));
}

/// Returns true for the events in which the SDK prints whole responses of the database, which contain
/// password hashes. They are dropped even if `RUST_LOG` selects them.
fn contains_items(event: &Metadata<'_>) -> bool {
    *event.level() == Level::TRACE
        && event
            .target()
            .starts_with("aws_smithy_runtime::client::orchestrator")
}

/// Assigns the request its id and logs its line when the response head is ready.
pub async fn log(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(MatchedPath::as_str);
    let client = ClientInfo::of(request.extensions());
    let span = tracing::info_span!(
        "request",
        id = id.to_str().unwrap_or_default(),
        client = %client.address.0,
        method = %request.method(),
        path = path.unwrap_or("(none)"),
        // Known once the session has been looked up.
        player = tracing::field::Empty,
    );
    let is_probe = matches!(path, Some("/livez" | "/readyz"));
    async move {
        let start = Instant::now();
        let mut response = next.run(request).await;
        let status = response.status().as_u16();
        let latency_ms = start.elapsed().as_micros() as f64 / 1000.0;
        match status {
            500.. if !is_probe => tracing::error!(status, latency_ms, "answered"),
            _ if is_probe => tracing::debug!(status, latency_ms, "answered"),
            _ => tracing::info!(status, latency_ms, "answered"),
        }
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

/// The id from a trusted proxy if it is well-formed, otherwise a new one. A client that chose its own ids could
/// pass its requests off as those of others in the log.
fn request_id(request: &Request) -> HeaderValue {
    let client = ClientInfo::of(request.extensions());
    let is_well_formed = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=MAX_ID_LENGTH).contains(&bytes.len())
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'=' | b';'))
    };
    match request.headers().get(&REQUEST_ID).filter(is_well_formed) {
        Some(id) if client.is_forwarded => id.clone(),
        _ => HeaderValue::from_str(&Uuid::new_v4().to_string())
            .unwrap_or(HeaderValue::from_static("-")),
    }
}
