//! What happens, as HTML for the open panel to insert: `requests`, `meter`, `item`, `indexes`, `race`.

use super::{Inspecting, panel::Beside};
use crate::{
    lifecycle::{Lifecycle, Phase},
    rest::{
        extract::{Parameters, Viewer},
        problem::Problem,
    },
};
use app::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::{
        auth::Session,
        hub::{HubEvent, Subscription},
        inspector::{Inspector, Person, panel::GamePanel, view},
        state::AppState,
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
use futures::{Stream, stream};
use http::header::{CACHE_CONTROL, HeaderName};
use leptos::prelude::IntoView;
use serde::Deserialize;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{self, Interval},
};

/// How often the line shows that it is alive.
const PING_EVERY: Duration = Duration::from_secs(15);

/// The place after the last request that the panel has.
#[derive(Debug, Deserialize)]
pub struct After {
    after: Option<String>,
}

/// `GET /inspector/events?page=/games/…&after=…`.
pub async fn events(
    State(state): State<AppState>,
    Extension(crate::events::Streams { lifecycle, .. }): Extension<crate::events::Streams>,
    Inspecting(inspector): Inspecting,
    Viewer(viewer): Viewer,
    Parameters(beside): Parameters<Beside>,
    Parameters(After { after }): Parameters<After>,
) -> Result<impl IntoResponse, Problem> {
    if lifecycle.phase() >= Phase::Draining {
        return Err(Problem::stopping());
    }
    let can_read = viewer.is_some() || inspector.can_break();
    let game = beside.game().filter(|_| can_read);
    let subscription = state.hub.watch(game, viewer.as_ref(), None);
    let person = match &viewer {
        Some(session) => inspector.person(&session.id),
        // Nobody's: stays empty.
        None => Arc::default(),
    };
    // From here on its end is told; it may have ended just before.
    if let Some(session) = &viewer
        && state.sessions.has_ended(&session.id)
    {
        return Err(AppError::NotLoggedIn.into());
    }
    let place = after.filter(|place| !place.is_empty());
    let sent = place.map_or(Some(0), |place| person.number(&place));
    let mut next = VecDeque::new();
    // What the panel shows is another's, or nobody knows it any more.
    let is_outdated = sent.is_none() || beside.is_of_another(viewer.as_ref());
    if is_outdated {
        next.push_back(Event::default().event("reload").data("{}"));
    }
    let mut latest = person.latest();
    // What there is already comes first.
    latest.mark_changed();
    let follower = Follower {
        state,
        inspector,
        page: beside.page().to_owned(),
        id: game,
        viewer,
        latest,
        person,
        game: None,
        sent: sent.unwrap_or_default(),
        is_outdated,
        subscription,
        lifecycle,
        pings: time::interval(PING_EVERY),
        next,
    };
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Sse::new(follower.stream())))
}

/// An open panel.
struct Follower {
    state: AppState,
    inspector: Inspector,
    page: String,
    id: Option<GameId>,
    viewer: Option<Session>,
    person: Arc<Person>,
    latest: watch::Receiver<u64>,
    game: Option<GamePanel>,
    /// The number of the last request that was told.
    sent: u64,
    /// Whether the panel has to be loaded anew.
    is_outdated: bool,
    subscription: Subscription,
    lifecycle: Lifecycle,
    pings: Interval,
    next: VecDeque<Event>,
}

/// Whether there is more to come.
enum Then {
    GoOn,
    End,
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, async |mut follower| {
            loop {
                if let Some(event) = follower.next.pop_front() {
                    return Some((Ok(event), follower));
                }
                match follower.wait().await {
                    Then::GoOn => {}
                    Then::End => return None,
                }
            }
        })
    }

    async fn wait(&mut self) -> Then {
        if self.is_outdated {
            return Then::End;
        }
        tokio::select! {
            biased;
            () = self.lifecycle.reached(Phase::Draining) => return Then::End,
            event = self.subscription.next() => match event {
                HubEvent::LoggedOut => return Then::End,
                HubEvent::Game(game) => self.changed(Some((*game).clone())).await,
                HubEvent::Reread => self.changed(None).await,
                HubEvent::Gone(id) => self.gone(id),
                HubEvent::Lobby(_) => {}
            },
            changed = self.latest.changed() => {
                if changed.is_err() {
                    return Then::End;
                }
                self.requests();
            }
            _ = self.pings.tick() => {
                let is_current = |session: &Session| self.inspector.is_current(&session.id, &self.person);
                // Forgotten meanwhile: the panel finds what is kept instead.
                if self.viewer.as_ref().is_some_and(|session| !is_current(session)) {
                    return Then::End;
                }
                self.tell("ping", "");
            }
        }
        Then::GoOn
    }

    /// Tells of the requests that were not told yet.
    fn requests(&mut self) {
        let entries = self.person.after(self.sent);
        let Some(last) = entries.last() else {
            self.meter();
            return;
        };
        self.sent = last.number;
        self.tell(
            "requests",
            view::requests(entries.iter().map(AsRef::as_ref)),
        );
        self.meter();
    }

    fn meter(&mut self) {
        if self.viewer.is_some() {
            let game = self.id.map(|id| self.inspector.game(&id.to_string()));
            self.tell(
                "meter",
                view::meter(self.person.page(&self.page), game, self.person.own()),
            );
        }
    }

    /// The game changed: to this one, where that is known.
    async fn changed(&mut self, game: Option<GameView>) {
        let Some(id) = self.id else {
            return;
        };
        let (state, inspector) = (self.state.clone(), self.inspector.clone());
        let viewer = self.viewer.as_ref().map(|session| &session.player);
        let viewer = viewer.map(|player| (player, Arc::clone(&self.person)));
        let panel = match (self.game.take(), game) {
            (Some(panel), Some(game)) => panel.follow(&state, &inspector, viewer, game).await,
            _ => GamePanel::read(&state, &inspector, viewer, id).await,
        };
        match panel {
            Ok(panel) => {
                self.show(&panel);
                self.game = Some(panel);
            }
            Err(AppError::NoSuchGame) => self.gone(id),
            // What makes no sense is just what somebody wants to see.
            Err(AppError::CorruptGame { .. }) => {
                let versions = self.inspector.versions(&id.to_string());
                self.tell("item", view::item(&versions));
            }
            // It is read anew with the next change.
            Err(_) => {}
        }
    }

    fn gone(&mut self, id: GameId) {
        self.inspector.removed(&id.to_string());
        self.game = None;
        self.tell("item", "There is no such item any more.");
        for part in ["indexes", "race"] {
            self.tell(part, "");
        }
        self.meter();
    }

    fn show(&mut self, panel: &GamePanel) {
        let player: Option<PlayerName> = self.viewer.as_ref().map(|session| session.player.clone());
        self.tell("item", view::item(&panel.versions));
        self.tell("indexes", view::indexes(&panel.indexes, &panel.versions));
        if player.is_some() {
            self.tell("race", view::race_form(&panel.game, player.as_ref()));
        }
        self.meter();
    }

    fn tell(&mut self, name: &str, content: impl IntoView) {
        // A line break of another kind would end the event.
        let html = view::html(content).replace('\r', "");
        let event = Event::default()
            .event(name)
            .id(self.person.place(self.sent));
        self.next.push_back(event.data(html));
    }
}
