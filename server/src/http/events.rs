//! Live updates as server-sent events. Each event contains all the data that a client displays.
//!
//! A stream ends with its session, with its game if it has no lists, and when the server is about to stop.
//! In the last case it sends `event: reconnect` first. The client reconnects, to another instance if there
//! are several, and receives the events that it missed.
//!
//! The id of an event is a resume token. It tells the client that it has received everything up to now, so
//! an event that others follow at once has none.

#![allow(
    clippy::missing_errors_doc,
    reason = "the description of the API lists the problems of a handler"
)]

use super::{
    event_stream::{self, ClientStreams, EventStreams, StreamEvent},
    rate_limits::StreamPermit,
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
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, sync::Arc};
use tokio::time::Interval;
use utoipa::IntoParams;

/// The query of a game's events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GameEventsQuery {
    /// A resume token: the id of the last event received, or the token of the page. The stream starts with the
    /// events after it. Without a token, or with an expired one, the stream starts with the current game.
    since: Option<String>,
}

/// The query of a player's events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlayerEventsQuery {
    /// The id of a game whose events to include.
    #[param(format = "uuid")]
    game_id: Option<String>,
    /// The resume token, as for a game's events. With an expired one, the stream starts with
    /// `{"kind": "stale"}`: load the lists again.
    since: Option<String>,
}

/// The header that browsers send when they reconnect on their own. It is newer than the token in the address.
const LAST_EVENT_ID: &str = "last-event-id";

/// Watch a game
///
/// `event: game` has the whole game as its data. It comes at once and after every change. After
/// `event: gone` the game is deleted, and the stream ends. `event: ping` comes every 15 seconds.
/// `event: reconnect` means that this server is about to stop: connect again.
///
/// To receive what you missed meanwhile, pass the last `id:` of the stream as `since`, or as the header
/// `Last-Event-ID`. Events that follow one another at once share the id of the last of them.
#[utoipa::path(get, path = "/api/v1/games/{game_id}/events", tag = "events", params(
    ("game_id" = String, Path, description = "The id of the game.", format = "uuid"), GameEventsQuery,
    ("Last-Event-ID" = Option<String>, Header, description = "A resume token. It takes precedence over `since`."),
), responses(
    (status = 200, description = "The event stream.", content_type = "text/event-stream", body = StreamEvent),
))]
pub async fn game_events(
    State(backend): State<Backend>,
    streams: ClientStreams,
    Viewer(viewer): Viewer,
    GamePath(game): GamePath,
    inspector: Option<Extension<Inspector>>,
    headers: HeaderMap,
    Parameters(query): Parameters<GameEventsQuery>,
) -> Result<impl IntoResponse, Problem> {
    let permit = streams.open(viewer.as_ref())?;
    let since = resume_token(&headers, query.since.as_deref());
    let events = backend.hub.watch(Some(game), None, since);
    let watcher = Watcher::new(backend, viewer, inspector, Some(game), true, events);
    respond(watcher, streams, permit).await
}

/// Watch the player's lists
///
/// `event: lobby` comes when a list changes, `event: ping` every 15 seconds. The stream begins with the changes
/// of the last seconds, which lists may lack that were just read. After the kind `stale`, read the lists
/// again. It comes twice, five seconds apart, because lists may lag. With `game_id`, the stream includes the
/// events of that game. `event: reconnect` means that this server is about to stop: connect again. The stream
/// ends when the player logs out. Resume it as described for a game's events.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", security(("session" = [])), params(
    PlayerEventsQuery,
    ("Last-Event-ID" = Option<String>, Header, description = "A resume token. It takes precedence over `since`."),
), responses(
    (status = 200, description = "The event stream.", content_type = "text/event-stream", body = StreamEvent),
))]
pub async fn player_events(
    State(backend): State<Backend>,
    streams: ClientStreams,
    CurrentPlayer(session): CurrentPlayer,
    inspector: Option<Extension<Inspector>>,
    headers: HeaderMap,
    Parameters(query): Parameters<PlayerEventsQuery>,
) -> Result<impl IntoResponse, Problem> {
    let game: Option<GameId> = query.game_id.map(|id| id.parse()).transpose()?;
    let permit = streams.open(Some(&session))?;
    let since = resume_token(&headers, query.since.as_deref());
    let events = backend.hub.watch(game, Some(&session), since);
    // The subscription reports the end of the session from here on. It may have ended just before.
    if backend.sessions.has_ended(&session.key) {
        return Err(AppError::NotLoggedIn.into());
    }
    let watcher = Watcher::new(backend, Some(session), inspector, game, false, events);
    respond(watcher, streams, permit).await
}

/// The resume token of a request: from the header of a browser, or else from the query.
fn resume_token<'a>(headers: &'a HeaderMap, since: Option<&'a str>) -> Option<&'a str> {
    let last = headers.get(LAST_EVENT_ID);
    last.and_then(|id| id.to_str().ok()).or(since)
}

async fn respond(
    mut watcher: Watcher,
    ClientStreams { streams, .. }: ClientStreams,
    permit: StreamPermit,
) -> Result<impl IntoResponse, Problem> {
    if watcher.is_cut() {
        return Err(Problem::stopping());
    }
    // An error of the first read is the response. There is no stream then.
    let event = watcher.events.next().now_or_never();
    if !watcher.knows_game(event.as_ref()) {
        watcher.reread().await?;
    }
    let first = match event {
        Some(HubEvent::Reread) => {
            let token = watcher.events.resume_token();
            let game = watcher.reread().await?;
            watcher.game(&game, token)
        }
        Some(event) => watcher.step(event).await,
        // The client has missed nothing. It learns so at once, rather than with the first ping.
        None => watcher.ping(),
    };
    Ok(event_stream::response(
        watcher.stream(first, streams, permit),
    ))
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
    /// The version and the time of the latest game that was sent.
    latest: Option<(u32, String)>,
    events: Subscription,
}

/// The next step of a stream. Its first variant also has the resume token of the position after the event.
enum Step {
    Send(Event, Option<String>),
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
    _open: (GaugeGuard, StreamPermit),
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
            latest: None,
            events,
        }
    }

    async fn reread(&self) -> Result<GameView, AppError> {
        let id = self.game.ok_or(AppError::NoSuchGame)?;
        let read = use_cases::game(&self.backend, self.viewer.as_ref(), id);
        RequestContext::scope_optional(self.context.clone(), read).await
    }

    /// Returns false if nothing shows yet that the game exists. A resume token does not.
    fn knows_game(&self, first_event: Option<&HubEvent>) -> bool {
        let is_about_game = matches!(
            first_event,
            Some(HubEvent::Reread | HubEvent::Game(_) | HubEvent::Deleted(_))
        );
        let is_recent = |game| self.backend.recent_games.get(game).is_some();
        is_about_game || self.game.is_none_or(is_recent)
    }

    /// Returns true if the session has the fault [`Fault::StreamCut`] switched on.
    fn is_cut(&self) -> bool {
        let log = self.log.as_ref();
        log.is_some_and(|log| log.faults.is_on(Fault::StreamCut))
    }

    async fn step(&mut self, event: HubEvent) -> Step {
        // Taken before the game is read again, so that it does not skip a change made during the read.
        let token = self.events.resume_token();
        match event {
            HubEvent::Game(game) => self.game(&game, token),
            HubEvent::Lobby(change) => Step::Send(json_event("lobby", &change), token),
            HubEvent::Deleted(game_id) => self.deleted(game_id, token),
            HubEvent::SessionEnded => Step::End,
            HubEvent::Reread => match (self.reread().await, self.game) {
                (Ok(game), _) => self.game(&game, token),
                (Err(AppError::NoSuchGame), Some(game_id)) => self.deleted(game_id, token),
                // The client reconnects. It then gets the error as the response, or a working stream.
                (Err(_), _) => Step::End,
            },
        }
    }

    /// Sends a game, unless it is older than the one that was sent last. The change feed of an instance that has just
    /// started tells changes that the first read has shown already. A removed invitation can be made again, with a later
    /// time.
    fn game(&mut self, game: &GameView, token: Option<String>) -> Step {
        let current = Some((game.version, game.updated_at.clone()));
        if current < self.latest {
            return Step::Wait;
        }
        self.latest = current;
        Step::Send(json_event("game", game), token)
    }

    fn ping(&self) -> Step {
        Step::Send(event_stream::signal("ping"), self.events.resume_token())
    }

    fn deleted(&self, game_id: GameId, token: Option<String>) -> Step {
        #[derive(Serialize)]
        struct Gone {
            game_id: GameId,
        }
        let event = json_event("gone", &Gone { game_id });
        if self.only_game {
            Step::SendLast(event)
        } else {
            Step::Send(event, token)
        }
    }

    fn stream(
        self,
        first: Step,
        streams: EventStreams,
        permit: StreamPermit,
    ) -> impl Stream<Item = Result<Event, Infallible>> {
        let start = StreamState {
            _open: (open_stream(self.only_game), permit),
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
                Step::Send(event, None) => return Some(event),
                Step::Send(event, Some(token)) => return Some(event.id(token)),
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
            _ = self.pings.tick() => self.watcher.ping(),
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

fn json_event(name: &str, data: &impl Serialize) -> Event {
    // Serialising plain structures never fails. Clients would ignore an event without data.
    let json = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).data(json)
}
