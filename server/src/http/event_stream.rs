//! Server-sent events: the headers, pings and shutdown of every stream.

use super::{
    rate_limits::{ClientLimits, StreamPermit},
    rest::problem::Problem,
};
use crate::lifecycle::{Lifecycle, Phase};
use axum::{
    Extension,
    extract::{FromRequestParts, rejection::ExtensionRejection},
    response::{
        IntoResponse,
        sse::{Event, Sse},
    },
};
use backend::accounts::Session;
use futures::Stream;
use http::{
    header::{CACHE_CONTROL, HeaderName},
    request::Parts,
};
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
    /// The ping timer of a stream that starts now.
    #[must_use]
    pub fn pings(&self) -> Interval {
        let first = time::Instant::now() + self.ping_interval;
        let mut pings = time::interval_at(first, self.ping_interval);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings
    }
}

/// The settings of all streams, and the limits of the client that asks for one.
#[derive(Clone, Debug)]
pub struct ClientStreams {
    /// The settings.
    pub streams: EventStreams,
    limits: ClientLimits,
}

impl<S: Send + Sync> FromRequestParts<S> for ClientStreams {
    type Rejection = ExtensionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Extension(streams) = Extension::from_request_parts(parts, state).await?;
        let Ok(limits) = ClientLimits::from_request_parts(parts, state).await;
        Ok(Self { streams, limits })
    }
}

impl ClientStreams {
    /// The right to open a stream.
    ///
    /// # Errors
    ///
    /// [`StreamRejection`].
    pub fn open(&self, session: Option<&Session>) -> Result<StreamPermit, StreamRejection> {
        // A stream that starts later would have to end at once.
        if self.streams.lifecycle.phase() >= Phase::Draining {
            return Err(StreamRejection::Stopping);
        }
        let permit = self.limits.open_stream(session.map(|session| &session.key));
        permit.ok_or(StreamRejection::TooMany)
    }
}

/// The reason why a stream can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamRejection {
    /// The server is about to stop.
    Stopping,
    /// The client or the session has too many streams.
    TooMany,
}

impl From<StreamRejection> for Problem {
    fn from(rejection: StreamRejection) -> Self {
        match rejection {
            StreamRejection::Stopping => Self::stopping(),
            StreamRejection::TooMany => Self::too_many_streams(),
        }
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
