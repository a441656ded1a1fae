//! The router of the whole service with its layers.

use super::{
    actions,
    client_info::{self, TrustedProxies},
    event_stream::EventStreams,
    https::{self, HttpsOrigin},
    limits::{self, Limits},
    logs, pages,
    rate_limits::RateLimits,
    rejection::ClientKind,
    rest::{self, problem::Problem},
    security, server_pages,
};
use crate::{
    config::Config,
    guide,
    inspector::{self, capture::Inspector},
    lifecycle::Lifecycle,
    metrics,
};
use app::state::AppState;
use axum::{
    Extension, Router,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
};
use domain::error::AppError;
use http::{Extensions, HeaderMap, StatusCode, Version, header};
use std::any::Any;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, Predicate, predicate::SizeAbove},
};

/// The minimum size of a compressed response, in bytes. Smaller ones gain too little.
const MIN_COMPRESSED_SIZE: u16 = 512;

/// Builds the router of the whole service.
pub fn router(
    config: &Config,
    state: AppState,
    inspector: Option<Inspector>,
    lifecycle: Lifecycle,
    rate: RateLimits,
) -> Router {
    let limits = Limits::new(config, rate.clone(), state.clone());
    let streams = EventStreams {
        lifecycle: lifecycle.clone(),
        ping_interval: config.ping_interval,
    };
    let proxies = TrustedProxies::new(&config.trusted_proxies);
    let headers = security::Headers {
        https: config.is_https(),
    };
    let compression =
        CompressionLayer::new().compress_when(SizeAbove::new(MIN_COMPRESSED_SIZE).and(is_rendered));
    // The last layer is the outermost.
    let router = Router::new()
        .merge(rest::router(&state))
        .merge(actions::router())
        .merge(inspector::router())
        .merge(guide::router())
        .merge(pages::router(&state))
        .merge(server_pages::router())
        .fallback(pages::fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(Extension(streams))
        .layer(Extension(rate))
        .layer(Extension(lifecycle));
    let router = match inspector {
        Some(inspector) => router
            .layer(Extension(inspector.clone()))
            .layer(middleware::from_fn_with_state(inspector, inspector::record)),
        None => router,
    };
    let router = router
        .layer(middleware::from_fn_with_state(limits, limits::enforce))
        .layer(compression)
        .layer(CatchPanicLayer::custom(panicked));
    let router = match HttpsOrigin::new(config) {
        Some(origin) => router.layer(middleware::from_fn_with_state(origin, https::require)),
        None => router,
    };
    let router = router.layer(middleware::from_fn_with_state(headers, security::headers));
    let router = match config.metrics_listen {
        Some(_) => router.layer(middleware::from_fn(metrics::requests::measure)),
        None => router,
    };
    router
        .layer(middleware::from_fn(logs::log))
        .layer(middleware::from_fn_with_state(
            proxies,
            client_info::identify,
        ))
        .with_state(state)
}

/// Returns true for pages and JSON. Files are compressed at build time, and compression would delay the
/// events of a stream.
fn is_rendered(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    let is_file = headers.contains_key(header::LAST_MODIFIED);
    let is_text = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            ["text/html", "application/json", "application/problem+json"]
                .iter()
                .any(|compressed| value.starts_with(compressed))
        });
    is_text && !is_file
}

async fn method_not_allowed(request: Request) -> Response {
    ClientKind::of(&request.into_parts().0).reject(AppError::MethodNotAllowed)
}

/// The response after a panic, which the panic hook has logged.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::internal().into_response()
}
