//! Puts everything together.

use crate::{
    actions,
    config::Config,
    events::Streams,
    guide, https, inspector,
    lifecycle::Lifecycle,
    limits::{self, Limits},
    metrics, pages,
    rate_limit::RateLimits,
    refusal::Audience,
    rest::{self, problem::Problem},
    security, telemetry,
};
use app::{error::AppError, ssr::state::AppState};
use axum::{
    Extension, Router,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
};
use http::{Extensions, HeaderMap, StatusCode, Version, header};
use std::{any::Any, sync::Arc};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, Predicate, predicate::SizeAbove},
};

/// Answers shorter than this, in bytes, are not worth compressing.
const WORTH_COMPRESSING: u16 = 512;

/// The whole service.
pub fn router(
    config: &Config,
    state: AppState,
    lifecycle: Lifecycle,
    rate: Option<Arc<RateLimits>>,
) -> Router {
    let limits = Limits {
        public_url: config.public_url.clone(),
        rate,
    };
    let streams = Streams {
        lifecycle: lifecycle.clone(),
        ping_every: config.ping_every,
    };
    let headers = security::Headers {
        https: config.is_https(),
    };
    let compression =
        CompressionLayer::new().compress_when(SizeAbove::new(WORTH_COMPRESSING).and(is_rendered));
    // The last layer is the outermost.
    let inspector = state.inspector.clone();
    let router = Router::new()
        .merge(rest::router())
        .merge(actions::router())
        .merge(inspector::router())
        .merge(guide::router())
        .merge(pages::router(&state))
        .fallback(pages::fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(Extension(streams))
        .layer(Extension(lifecycle));
    let router = match inspector {
        Some(inspector) => router.layer(middleware::from_fn_with_state(
            inspector,
            inspector::attribute,
        )),
        None => router,
    };
    let router = router
        .layer(middleware::from_fn_with_state(limits, limits::enforce))
        .layer(compression)
        .layer(CatchPanicLayer::custom(panicked));
    let router = match https::Upgrade::new(config) {
        Some(rules) => router.layer(middleware::from_fn_with_state(rules, https::upgrade)),
        None => router,
    };
    let router = router.layer(middleware::from_fn_with_state(headers, security::headers));
    let router = match config.metrics_listen {
        Some(_) => router.layer(middleware::from_fn(metrics::requests::measure)),
        None => router,
    };
    router
        .layer(middleware::from_fn(telemetry::log))
        .with_state(state)
}

/// Pages and JSON. Files are compressed when they are built, and event streams must not wait for more.
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
    Audience::of(&request.into_parts().0).refuse(AppError::MethodNotAllowed)
}

/// The panic itself is in the log, by the process's panic hook.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::internal().into_response()
}
