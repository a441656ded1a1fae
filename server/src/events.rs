//! Live events: server-sent, each with all that a client needs to show. A stream ends when the session
//! ends, when there is nothing left to tell, and, after an `event: reconnect`, when the server is about
//! to stop; the client then connects again, to another instance where there are several, and is told
//! what it missed.

use crate::{
    lifecycle::{Lifecycle, Phase},
    metrics::requests::{OneMore, stream as counted},
    rest::{
        extract::{CurrentPlayer, GamePath, Parameters, Viewer},
        problem::Problem,
    },
};
use app::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::{
        auth::Session,
        hub::{HubEvent, Subscription},
        inspector::{Attribution, Person, faults::Fault},
        state::AppState,
        use_cases,
    },
    view_model::GameView,
};
use axum::{
    Extension,
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, Sse},
    },
};
use futures::{FutureExt, Stream, future, stream};
use http::header::{CACHE_CONTROL, HeaderName};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::{self, Interval, MissedTickBehavior};
use utoipa::IntoParams;

/// What every stream goes by.
#[derive(Clone, Debug)]
pub struct Streams {
    /// Tells when to end.
    pub lifecycle: Lifecycle,
    /// How often a client hears that the connection is alive. By a real event, because scripts don't
    /// see comments.
    pub ping_every: Duration,
}

/// From where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Resume {
    /// The token that came with the page: what happened since comes first. Without it, or when that
    /// is no longer known, the game comes first as it is now.
    since: Option<String>,
}

/// What to tell besides the player's lists, and from where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Watched {
    /// A game whose events to add.
    game_id: Option<String>,
    /// As for a game's own events.
    since: Option<String>,
}

/// The events of a game
///
/// `event: game` with the whole game, at once and after every change; `event: gone` when it was
/// removed, after which the stream ends; `event: ping` every 15 seconds; `event: reconnect` when this
/// server is about to stop: connect again.
#[utoipa::path(get, path = "/api/v1/games/{game_id}/events", tag = "events", params(
    ("game_id" = String, Path, description = "Which game.", format = "uuid"), Resume,
), responses(
    (status = 200, description = "The events.", content_type = "text/event-stream", body = String),
))]
pub async fn game_events(
    State(state): State<AppState>,
    Extension(streams): Extension<Streams>,
    Viewer(viewer): Viewer,
    GamePath(id): GamePath,
    Parameters(resume): Parameters<Resume>,
) -> Result<impl IntoResponse, Problem> {
    let game: GameId = id.parse()?;
    let events = state.hub.watch(Some(game), None, resume.since.as_deref());
    answer(
        Watcher::new(state, viewer, Some(game), true, events),
        streams,
    )
    .await
}

/// The events of the player's lists
///
/// `event: lobby` when one of them changed; `event: ping` every 15 seconds; with `game_id`, that
/// game's events too; `event: reconnect` when this server is about to stop: connect again. The stream
/// ends when the player logs out.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", security(("session" = [])), params(Watched), responses(
    (status = 200, description = "The events.", content_type = "text/event-stream", body = String),
))]
pub async fn player_events(
    State(state): State<AppState>,
    Extension(streams): Extension<Streams>,
    CurrentPlayer(session): CurrentPlayer,
    Parameters(watched): Parameters<Watched>,
) -> Result<impl IntoResponse, Problem> {
    let game: Option<GameId> = watched.game_id.map(|id| id.parse()).transpose()?;
    let events = state
        .hub
        .watch(game, Some(&session), watched.since.as_deref());
    // From here on its end is told; it may have ended just before.
    if state.sessions.has_ended(&session.id) {
        return Err(AppError::NotLoggedIn.into());
    }
    answer(
        Watcher::new(state, Some(session), game, false, events),
        streams,
    )
    .await
}

async fn answer(mut watcher: Watcher, streams: Streams) -> Result<impl IntoResponse, Problem> {
    if streams.lifecycle.phase() >= Phase::Draining || watcher.is_cut() {
        return Err(Problem::stopping());
    }
    // What there is to tell at once decides whether there is a stream at all.
    let first = match watcher.events.next().now_or_never() {
        Some(HubEvent::Reread) => Step::Tell(game_event(&watcher.reread().await?)),
        Some(event) => watcher.step(event).await,
        None => Step::Wait,
    };
    let first = match first {
        // A proxy may keep an answer back until there is something in it: nginx does so towards browsers
        // that speak HTTP/2. A comment is nothing to any client.
        Step::Wait => Step::Tell(Event::default().comment("")),
        told => told,
    };
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Sse::new(watcher.stream(first, streams))))
}

/// Somebody who is told of changes.
struct Watcher {
    state: AppState,
    viewer: Option<PlayerName>,
    /// For whom the stream can be cut on purpose.
    person: Option<Arc<Person>>,
    /// For whom the game is read again.
    attribution: Option<Attribution>,
    game: Option<GameId>,
    /// Whether there is nothing more to tell once the game is gone.
    only_game: bool,
    events: Subscription,
}

/// What to do about an event.
enum Step {
    Tell(Event),
    TellLast(Event),
    Wait,
    End,
}

/// Where a stream is.
struct Streaming {
    watcher: Watcher,
    lifecycle: Lifecycle,
    pings: Interval,
    next: Step,
    _counted: OneMore,
}

impl Watcher {
    fn new(
        state: AppState,
        session: Option<Session>,
        game: Option<GameId>,
        only_game: bool,
        events: Subscription,
    ) -> Self {
        let person = (state.inspector.as_ref())
            .zip(session.as_ref())
            .map(|(inspector, session)| inspector.person(&session.id));
        Self {
            state,
            viewer: session.map(|session| session.player),
            person,
            attribution: Attribution::current(),
            game,
            only_game,
            events,
        }
    }

    async fn reread(&self) -> Result<GameView, AppError> {
        let id = self.game.ok_or(AppError::NoSuchGame)?.to_string();
        let read = use_cases::game(&self.state, self.viewer.as_ref(), &id);
        match self.attribution.clone() {
            Some(attribution) => attribution.during(read).await,
            None => read.await,
        }
    }

    /// Whether the person wants to have no streams.
    fn is_cut(&self) -> bool {
        let person = self.person.as_ref();
        person.is_some_and(|person| person.faults.is_on(Fault::StreamCut))
    }

    async fn step(&self, event: HubEvent) -> Step {
        match event {
            HubEvent::Game(game) => Step::Tell(game_event(&game)),
            HubEvent::Lobby(change) => Step::Tell(event_of("lobby", &change)),
            HubEvent::Gone(game_id) => self.gone(game_id),
            HubEvent::LoggedOut => Step::End,
            HubEvent::Reread => match (self.reread().await, self.game) {
                (Ok(game), _) => Step::Tell(game_event(&game)),
                (Err(AppError::NoSuchGame), Some(game_id)) => self.gone(game_id),
                // The client connects again, and then hears why, or finds all well.
                (Err(_), _) => Step::End,
            },
        }
    }

    fn gone(&self, game_id: GameId) -> Step {
        #[derive(Serialize)]
        struct Gone {
            game_id: GameId,
        }
        let event = event_of("gone", &Gone { game_id });
        if self.only_game {
            Step::TellLast(event)
        } else {
            Step::Tell(event)
        }
    }

    fn stream(
        self,
        first: Step,
        Streams {
            lifecycle,
            ping_every,
        }: Streams,
    ) -> impl Stream<Item = Result<Event, Infallible>> {
        let mut pings = time::interval_at(time::Instant::now() + ping_every, ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let start = Streaming {
            _counted: counted(self.only_game),
            watcher: self,
            lifecycle,
            pings,
            next: first,
        };
        stream::unfold(start, async |mut streaming| {
            let event = streaming.next_event().await?;
            Some((Ok(event), streaming))
        })
    }
}

impl Streaming {
    async fn next_event(&mut self) -> Option<Event> {
        loop {
            match std::mem::replace(&mut self.next, Step::Wait) {
                Step::Tell(event) => return Some(event),
                Step::TellLast(event) => {
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
            () = self.lifecycle.reached(Phase::Draining) => Step::TellLast(simple_event("reconnect")),
            () = cut(self.watcher.person.as_deref()) => Step::End,
            event = self.watcher.events.next() => self.watcher.step(event).await,
            _ = self.pings.tick() => Step::Tell(simple_event("ping")),
        }
    }
}

/// Ready when the person cuts the stream on purpose.
async fn cut(person: Option<&Person>) {
    match person {
        Some(person) => person.faults.switched_on(Fault::StreamCut).await,
        None => future::pending().await,
    }
}

/// An event that says all by its name. Without any data it would be ignored.
fn simple_event(name: &str) -> Event {
    Event::default().event(name).data("{}")
}

fn game_event(game: &GameView) -> Event {
    event_of("game", game)
}

fn event_of(name: &str, data: &impl Serialize) -> Event {
    // Serialising plain structures can't fail; an event without data would be ignored.
    let json = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).data(json)
}
