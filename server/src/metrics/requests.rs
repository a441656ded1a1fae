//! Metrics of requests and event streams.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{Method, StatusCode};
use metrics::{Gauge, describe_gauge, describe_histogram, gauge, histogram};
use std::time::Instant;

const DURATION: &str = "ttt_http_request_duration_seconds";
const IN_FLIGHT: &str = "ttt_http_requests_in_flight";
const STREAMS: &str = "ttt_event_streams_open";

pub(super) fn describe() {
    describe_histogram!(
        DURATION,
        "Seconds until the response head, by route, method and status class; includes event streams"
    );
    describe_gauge!(
        IN_FLIGHT,
        "Requests without a response head yet; open event streams are not included"
    );
    describe_gauge!(STREAMS, "Open event streams, by kind: game, lists");
}

/// Counts and times requests.
pub async fn measure(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let route = path.map_or("(none)", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let in_flight = GaugeGuard::new(gauge!(IN_FLIGHT));
    let began = Instant::now();
    let response = next.run(request).await;
    let class = status_class(response.status());
    histogram!(DURATION, "route" => route, "method" => method, "status" => class)
        .record(began.elapsed());
    drop(in_flight);
    response
}

/// Counts an open event stream until the guard is dropped. `is_game` tells a game's stream from that of a
/// player's lists.
#[must_use]
pub fn open_stream(is_game: bool) -> GaugeGuard {
    let kind = if is_game { "game" } else { "lists" };
    GaugeGuard::new(gauge!(STREAMS, "kind" => kind))
}

/// An increment of a gauge, undone on drop.
#[derive(Debug)]
pub struct GaugeGuard(Gauge);

impl GaugeGuard {
    fn new(gauge: Gauge) -> Self {
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// The label of a method. Unknown methods share one, because clients can make up any number of them.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
