//! Live updates as server-sent events. Each event contains all the data that a client displays.
//!
//! A stream ends with its session, with its game if it has no lists, and when the server is about to stop.
//! In the last case it sends `event: reconnect` first. The client reconnects, to another instance if there
//! are several, and receives the events that it missed.

#![allow(
    clippy::missing_errors_doc,
    reason = "the description of the API lists the problems of a handler"
)]

use super::{
    event_stream::{self, EventStreams},
    rest::{
        extract::{CurrentPlayer, GamePath, Parameters, Viewer},
        problem::Problem,
    },
};
use crate::{
    inspector::{
        capture::{Inspector, SessionLog},
        faults::Fault,
    },
    lifecycle::{Lifecycle, Phase},
    metrics::requests::{GaugeGuard, open_stream},
};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, sse::Event},
};
use backend::{
    Backend,
    accounts::Session,
    hub::{HubEvent, Subscription},
    request_context::RequestContext,
    use_cases,
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    views::GameView,
};
use futures::{FutureExt, Stream, future, stream};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, sync::Arc};
use tokio::time::Interval;
use utoipa::IntoParams;

/// The query of a game's events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GameEventsQuery {
    /// The resume token of the page. The stream starts with the events after it. Without a token, or with an
    /// expired one, the stream starts with the current game.
    since: Option<String>,
}

/// The query of a player's events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlayerEventsQuery {
    /// The id of a game whose events to include.
    game_id: Option<String>,
    /// The resume token, as for a game's events.
    since: Option<String>,
}

/// Watch a game
///
/// `event: game` has the whole game as its data. It comes at once and after every change. After
/// `event: gone` the game is deleted, and the stream ends. `event: ping` comes every 15 seconds.
/// `event: reconnect` means that this server is about to stop: connect again.
#[utoipa::path(get, path = "/api/v1/games/{game_id}/events", tag = "events", params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"), GameEventsQuery,
), responses(
    (status = 200, description = "The event stream.", content_type = "text/event-stream", body = String),
))]
pub async fn game_events(
    State(backend): State<Backend>,
    Extension(streams): Extension<EventStreams>,
    Viewer(viewer): Viewer,
    GamePath(game): GamePath,
    inspector: Option<Extension<Inspector>>,
    Parameters(query): Parameters<GameEventsQuery>,
) -> Result<impl IntoResponse, Problem> {
    let events = backend.hub.watch(Some(game), None, query.since.as_deref());
    respond(
        Watcher::new(backend, viewer, inspector, Some(game), true, events),
        streams,
    )
    .await
}

/// Watch the player's lists
///
/// `event: lobby` comes when a list changes, `event: ping` every 15 seconds. With `game_id`, the stream
/// includes the events of that game. `event: reconnect` means that this server is about to stop: connect
/// again. The stream ends when the player logs out.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", security(("session" = [])), params(PlayerEventsQuery), responses(
    (status = 200, description = "The event stream.", content_type = "text/event-stream", body = String),
))]
pub async fn player_events(
    State(backend): State<Backend>,
    Extension(streams): Extension<EventStreams>,
    CurrentPlayer(session): CurrentPlayer,
    inspector: Option<Extension<Inspector>>,
    Parameters(query): Parameters<PlayerEventsQuery>,
) -> Result<impl IntoResponse, Problem> {
    let game: Option<GameId> = query.game_id.map(|id| id.parse()).transpose()?;
    let events = backend
        .hub
        .watch(game, Some(&session), query.since.as_deref());
    // The subscription reports the end of the session from here on. It may have ended just before.
    if backend.sessions.has_ended(&session.key) {
        return Err(AppError::NotLoggedIn.into());
    }
    respond(
        Watcher::new(backend, Some(session), inspector, game, false, events),
        streams,
    )
    .await
}

async fn respond(
    mut watcher: Watcher,
    streams: EventStreams,
) -> Result<impl IntoResponse, Problem> {
    if !streams.are_accepted() || watcher.is_cut() {
        return Err(Problem::stopping());
    }
    // An error of the first read is the response. There is no stream then.
    let first = match watcher.events.next().now_or_never() {
        Some(HubEvent::Reread) => Step::Send(game_event(&watcher.reread().await?)),
        Some(event) => watcher.step(event).await,
        None => Step::Wait,
    };
    let first = match first {
        Step::Wait => Step::Send(event_stream::opening()),
        step => step,
    };
    Ok(event_stream::response(watcher.stream(first, streams)))
}

/// The subscription of one stream, and the context to read its game again.
struct Watcher {
    backend: Backend,
    viewer: Option<PlayerName>,
    /// The session's log, whose faults can cut the stream.
    log: Option<Arc<SessionLog>>,
    /// The context of the request, in which the game is read again.
    context: Option<RequestContext>,
    game: Option<GameId>,
    /// True if the stream ends with the game.
    only_game: bool,
    events: Subscription,
}

/// The next step of a stream.
enum Step {
    Send(Event),
    SendLast(Event),
    Wait,
    End,
}

/// The state of an open stream.
struct StreamState {
    watcher: Watcher,
    lifecycle: Lifecycle,
    pings: Interval,
    next: Step,
    _open: GaugeGuard,
}

impl Watcher {
    fn new(
        backend: Backend,
        session: Option<Session>,
        inspector: Option<Extension<Inspector>>,
        game: Option<GameId>,
        only_game: bool,
        events: Subscription,
    ) -> Self {
        let log = inspector
            .zip(session.as_ref())
            .map(|(Extension(inspector), session)| inspector.session_log(&session.key));
        Self {
            backend,
            viewer: session.map(|session| session.key.player),
            log,
            context: RequestContext::current(),
            game,
            only_game,
            events,
        }
    }

    async fn reread(&self) -> Result<GameView, AppError> {
        let id = self.game.ok_or(AppError::NoSuchGame)?;
        let read = use_cases::game(&self.backend, self.viewer.as_ref(), id);
        RequestContext::scope_optional(self.context.clone(), read).await
    }

    /// Returns true if the session has the fault [`Fault::StreamCut`] switched on.
    fn is_cut(&self) -> bool {
        let log = self.log.as_ref();
        log.is_some_and(|log| log.faults.is_on(Fault::StreamCut))
    }

    async fn step(&self, event: HubEvent) -> Step {
        match event {
            HubEvent::Game(game) => Step::Send(game_event(&game)),
            HubEvent::Lobby(change) => Step::Send(json_event("lobby", &change)),
            HubEvent::Deleted(game_id) => self.deleted(game_id),
            HubEvent::SessionEnded => Step::End,
            HubEvent::Reread => match (self.reread().await, self.game) {
                (Ok(game), _) => Step::Send(game_event(&game)),
                (Err(AppError::NoSuchGame), Some(game_id)) => self.deleted(game_id),
                // The client reconnects. It then gets the error as the response, or a working stream.
                (Err(_), _) => Step::End,
            },
        }
    }

    fn deleted(&self, game_id: GameId) -> Step {
        #[derive(Serialize)]
        struct Gone {
            game_id: GameId,
        }
        let event = json_event("gone", &Gone { game_id });
        if self.only_game {
            Step::SendLast(event)
        } else {
            Step::Send(event)
        }
    }

    fn stream(
        self,
        first: Step,
        streams: EventStreams,
    ) -> impl Stream<Item = Result<Event, Infallible>> {
        let start = StreamState {
            _open: open_stream(self.only_game),
            watcher: self,
            pings: streams.pings(),
            lifecycle: streams.lifecycle,
            next: first,
        };
        stream::unfold(start, async |mut state| {
            let event = state.next_event().await?;
            Some((Ok(event), state))
        })
    }
}

impl StreamState {
    async fn next_event(&mut self) -> Option<Event> {
        loop {
            match std::mem::replace(&mut self.next, Step::Wait) {
                Step::Send(event) => return Some(event),
                Step::SendLast(event) => {
                    self.next = Step::End;
                    return Some(event);
                }
                Step::End => return None,
                Step::Wait => self.next = self.wait().await,
            }
        }
    }

    async fn wait(&mut self) -> Step {
        tokio::select! {
            biased;
            () = self.lifecycle.reached(Phase::Draining) => Step::SendLast(event_stream::signal("reconnect")),
            () = stream_cut(self.watcher.log.as_deref()) => Step::End,
            event = self.watcher.events.next() => self.watcher.step(event).await,
            _ = self.pings.tick() => Step::Send(event_stream::signal("ping")),
        }
    }
}

/// Completes when the session switches the fault [`Fault::StreamCut`] on.
async fn stream_cut(log: Option<&SessionLog>) {
    match log {
        Some(log) => log.faults.switched_on(Fault::StreamCut).await,
        None => future::pending().await,
    }
}

fn game_event(game: &GameView) -> Event {
    json_event("game", game)
}

fn json_event(name: &str, data: &impl Serialize) -> Event {
    // Serialising plain structures never fails. Clients would ignore an event without data.
    let json = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).data(json)
}
