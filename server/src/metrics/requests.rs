//! Requests and event streams.

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
        "Seconds until the head of an answer, by route, method and class of status; an event stream's too"
    );
    describe_gauge!(IN_FLIGHT, "Requests being answered, event streams aside");
    describe_gauge!(STREAMS, "Event streams open, by kind: game, lists");
}

/// Counts and times requests.
pub async fn measure(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let route = path.map_or("(none)", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    let in_flight = OneMore::of(gauge!(IN_FLIGHT));
    let began = Instant::now();
    let response = next.run(request).await;
    let class = class(response.status());
    histogram!(DURATION, "route" => route, "method" => method, "status" => class)
        .record(began.elapsed());
    drop(in_flight);
    response
}

/// An event stream, counted until this is dropped.
#[must_use]
pub fn stream(is_of_game: bool) -> OneMore {
    let kind = if is_of_game { "game" } else { "lists" };
    OneMore::of(gauge!(STREAMS, "kind" => kind))
}

/// One more of something, until this is dropped.
pub struct OneMore(Gauge);

impl OneMore {
    fn of(gauge: Gauge) -> Self {
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for OneMore {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// Clients may make up methods without end.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
