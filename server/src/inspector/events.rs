//! The live updates of an open panel: server-sent events named `requests`, `meter`, `item`, `indexes` and
//! `race`, with HTML to insert as their data.

#![allow(
    clippy::missing_errors_doc,
    reason = "a handler answers errors with a problem document"
)]

use super::{
    Inspecting,
    capture::{Inspector, SessionLog},
    game_panel::GamePanel,
    panel::PanelQuery,
    view,
};
use crate::{
    http::{
        event_stream::{self, ClientStreams},
        rate_limits::StreamPermit,
        rest::{
            extract::{Parameters, Viewer},
            problem::Problem,
        },
    },
    lifecycle::{Lifecycle, Phase},
};
use axum::{
    extract::State,
    response::{IntoResponse, sse::Event},
};
use backend::{
    Backend,
    accounts::Session,
    hub::{HubEvent, Subscription},
};
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
    views::GameView,
};
use futures::{Stream, stream};
use leptos::prelude::IntoView;
use serde::Deserialize;
use std::{collections::VecDeque, convert::Infallible, ops::ControlFlow, sync::Arc};
use tokio::{sync::watch, time::Interval};

/// The position of the panel's last request in the log.
#[derive(Debug, Deserialize)]
pub struct AfterQuery {
    after: Option<String>,
}

/// `GET /inspector/events?page=/games/…&after=…`.
pub async fn events(
    State(backend): State<Backend>,
    client: ClientStreams,
    Inspecting(inspector): Inspecting,
    Viewer(viewer): Viewer,
    Parameters(query): Parameters<PanelQuery>,
    Parameters(AfterQuery { after }): Parameters<AfterQuery>,
) -> Result<impl IntoResponse, Problem> {
    let permit = client.open(viewer.as_ref())?;
    let streams = client.streams;
    let can_read = viewer.is_some() || inspector.allows_faults();
    let game = query.game().filter(|_| can_read);
    let subscription = backend.hub.watch(game, viewer.as_ref(), None);
    let log = match &viewer {
        Some(session) => inspector.session_log(&session.key),
        // An empty log, which stays empty.
        None => Arc::default(),
    };
    // The subscription reports the end of the session from here on. It may have ended just before.
    if let Some(session) = &viewer
        && backend.sessions.has_ended(&session.key)
    {
        return Err(AppError::NotLoggedIn.into());
    }
    let after = after.filter(|position| !position.is_empty());
    let sent = after.map_or(Some(0), |position| log.number_at(&position));
    // The panel shows another player's requests, or requests that have been forgotten.
    let is_outdated = sent.is_none() || query.has_other_viewer(viewer.as_ref());
    let first = if is_outdated {
        event_stream::signal("reload")
    } else {
        event_stream::opening()
    };
    let mut latest = log.latest();
    // Sends the requests that are already in the log.
    latest.mark_changed();
    let panel = PanelStream {
        backend,
        inspector,
        page: query.page().to_owned(),
        id: game,
        viewer,
        latest,
        log,
        game: None,
        sent: sent.unwrap_or_default(),
        is_outdated,
        subscription,
        pings: streams.pings(),
        lifecycle: streams.lifecycle,
        next: VecDeque::from([first]),
        _permit: permit,
    };
    Ok(event_stream::response(panel.stream()))
}

/// The event stream of an open panel.
struct PanelStream {
    backend: Backend,
    inspector: Inspector,
    page: String,
    id: Option<GameId>,
    viewer: Option<Session>,
    log: Arc<SessionLog>,
    latest: watch::Receiver<u64>,
    game: Option<GamePanel>,
    /// The number of the last request that was sent.
    sent: u64,
    /// True if the panel must be reloaded.
    is_outdated: bool,
    subscription: Subscription,
    lifecycle: Lifecycle,
    pings: Interval,
    next: VecDeque<Event>,
    _permit: StreamPermit,
}

impl PanelStream {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, async |mut panel| {
            loop {
                if let Some(event) = panel.next.pop_front() {
                    return Some((Ok(event), panel));
                }
                if panel.wait().await.is_break() {
                    return None;
                }
            }
        })
    }

    /// Waits for something to happen and queues its events. Breaks when the stream ends.
    async fn wait(&mut self) -> ControlFlow<()> {
        if self.is_outdated {
            return ControlFlow::Break(());
        }
        tokio::select! {
            biased;
            () = self.lifecycle.reached(Phase::Draining) => return ControlFlow::Break(()),
            event = self.subscription.next() => match event {
                HubEvent::SessionEnded => return ControlFlow::Break(()),
                HubEvent::Game(game) => self.game_changed(Some((*game).clone())).await,
                HubEvent::Reread => self.game_changed(None).await,
                HubEvent::Deleted(id) => self.game_deleted(id),
                HubEvent::Lobby(_) => {}
            },
            changed = self.latest.changed() => {
                if changed.is_err() {
                    return ControlFlow::Break(());
                }
                self.send_requests();
            }
            _ = self.pings.tick() => {
                let is_current = |session: &Session| self.inspector.is_current(&session.key, &self.log);
                // The log has been forgotten, and a new connection gets the new one.
                if self.viewer.as_ref().is_some_and(|session| !is_current(session)) {
                    return ControlFlow::Break(());
                }
                self.send("ping", "");
            }
        }
        ControlFlow::Continue(())
    }

    /// Sends the requests that have not been sent yet.
    fn send_requests(&mut self) {
        let entries = self.log.after(self.sent);
        let Some(last) = entries.last() else {
            self.send_meter();
            return;
        };
        self.sent = last.number;
        self.send(
            "requests",
            view::requests(entries.iter().map(AsRef::as_ref)),
        );
        self.send_meter();
    }

    fn send_meter(&mut self) {
        if self.viewer.is_some() {
            let game = self.id.map(|id| self.inspector.game(&id.to_string()));
            self.send(
                "meter",
                view::meter(self.log.page(&self.page), game, self.log.panel_totals()),
            );
        }
    }

    /// Sends a game that has changed. It is read again unless the new state is known.
    async fn game_changed(&mut self, game: Option<GameView>) {
        let Some(id) = self.id else {
            return;
        };
        let (backend, inspector) = (self.backend.clone(), self.inspector.clone());
        let viewer = self.viewer.as_ref().map(|session| &session.key.player);
        let viewer = viewer.map(|player| (player, Arc::clone(&self.log)));
        let panel = match (self.game.take(), game) {
            (Some(panel), Some(game)) => panel.updated(&backend, &inspector, viewer, game).await,
            _ => GamePanel::read(&backend, &inspector, viewer, id).await,
        };
        match panel {
            Ok(panel) => {
                self.send_game(&panel);
                self.game = Some(panel);
            }
            Err(AppError::NoSuchGame) => self.game_deleted(id),
            // A corrupt item is shown as it is, because the panel helps to find the cause.
            Err(AppError::CorruptGame { .. }) => {
                let versions = self.inspector.versions(&id.to_string());
                self.send("item", view::item(&versions));
            }
            // The next change reads the game again.
            Err(_) => {}
        }
    }

    fn game_deleted(&mut self, id: GameId) {
        self.inspector.removed(&id.to_string());
        self.game = None;
        self.send("item", "The item was deleted.");
        for part in ["indexes", "race"] {
            self.send(part, "");
        }
        self.send_meter();
    }

    fn send_game(&mut self, panel: &GamePanel) {
        let player: Option<PlayerName> = self
            .viewer
            .as_ref()
            .map(|session| session.key.player.clone());
        self.send("item", view::item(&panel.versions));
        self.send("indexes", view::indexes(&panel.indexes, &panel.versions));
        if player.is_some() {
            self.send("race", view::race_form(&panel.game, player.as_ref()));
        }
        self.send_meter();
    }

    fn send(&mut self, name: &str, content: impl IntoView) {
        // A carriage return would end the event.
        let html = view::html(content).replace('\r', "");
        let position = self.log.position(self.sent);
        let event = Event::default().event(name).id(position);
        self.next.push_back(event.data(html));
    }
}
