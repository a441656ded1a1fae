//! Server-sent events: the headers, pings and shutdown of every stream.

use crate::lifecycle::{Lifecycle, Phase};
use axum::response::{
    IntoResponse,
    sse::{Event, Sse},
};
use futures::Stream;
use http::header::{CACHE_CONTROL, HeaderName};
use std::{convert::Infallible, time::Duration};
use tokio::time::{self, Interval, MissedTickBehavior};
use utoipa::ToSchema;

/// An event of a stream, as the OpenAPI document describes it.
#[derive(Debug, ToSchema)]
pub struct StreamEvent {
    /// The kind of event.
    pub event: EventKind,
    /// JSON: a `GameView` with `game`, a `LobbyEvent` with `lobby`, an object with the `game_id` with `gone`, and an
    /// empty object with the others.
    #[schema(content_media_type = "application/json")]
    pub data: String,
    /// The resume token, with some of the events.
    pub id: Option<String>,
}

/// The kind of an event.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum EventKind {
    /// The game as it is now.
    Game,
    /// The game is deleted.
    Gone,
    /// A list has changed.
    Lobby,
    /// The connection is alive.
    Ping,
    /// The server is about to stop.
    Reconnect,
}

/// The settings that all streams share.
#[derive(Clone, Debug)]
pub struct EventStreams {
    /// The lifecycle that ends the streams.
    pub lifecycle: Lifecycle,
    /// The interval between pings, which tell a client that the connection is alive. They are real events,
    /// because scripts don't see comments.
    pub ping_interval: Duration,
}

impl EventStreams {
    /// Returns true while new streams may start. A stream that starts later would have to end at once.
    #[must_use]
    pub fn are_accepted(&self) -> bool {
        self.lifecycle.phase() < Phase::Draining
    }

    /// The ping timer of a stream that starts now.
    #[must_use]
    pub fn pings(&self) -> Interval {
        let first = time::Instant::now() + self.ping_interval;
        let mut pings = time::interval_at(first, self.ping_interval);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings
    }
}

/// The response that sends these events.
pub fn response(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> impl IntoResponse {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Sse::new(events))
}

/// The first event of a stream that has no data yet. A proxy may hold a response back until it has content,
/// as nginx does for browsers that speak HTTP/2. Clients ignore a comment.
pub fn opening() -> Event {
    Event::default().comment("")
}

/// An event with an empty object as its data. Browsers ignore an event without data.
pub fn signal(name: &str) -> Event {
    Event::default().event(name).data("{}")
}
