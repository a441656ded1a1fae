//! The panel: what it shows, and what can be done from it.

use super::{Inspecting, attribute::page_of};
use crate::{
    refusal::Audience,
    rest::{
        extract::{CurrentPlayer, Parameters, Viewer},
        problem::Problem,
    },
    security,
};
use app::{
    error::{AppError, Rule},
    ids::GameId,
    ssr::{
        auth::Session,
        inspector::{
            Inspector,
            faults::Fault,
            panel::GamePanel,
            race,
            view::{self, OfGame, Panel, document::Document},
        },
        state::AppState,
    },
};
use axum::{
    Form,
    extract::{FromRequestParts, State, rejection::FormRejection},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, header, request::Parts};
use serde::Deserialize;
use std::convert::Infallible;

/// The page that a panel is beside.
#[derive(Debug, Deserialize)]
pub struct Beside {
    /// Its path; the home page unless given.
    page: Option<String>,
    /// Whom the page greets; an empty name is nobody's.
    viewer: Option<String>,
}

impl Beside {
    /// The path of the page: of this site, whatever was asked for.
    pub fn page(&self) -> &str {
        let page = self.page.as_deref().unwrap_or("/");
        let is_ours = page.starts_with('/') && !page.starts_with("//");
        if is_ours { page } else { "/" }
    }

    /// Whether the page greets somebody else than who is logged in now.
    pub fn is_of_another(&self, viewer: Option<&Session>) -> bool {
        let now = viewer.map_or("", |session| session.player.as_str());
        self.viewer.as_ref().is_some_and(|viewer| viewer != now)
    }

    /// The game that the page is about, if it is about one.
    pub fn game(&self) -> Option<GameId> {
        self.page().strip_prefix("/games/")?.parse().ok()
    }
}

/// In place of a panel beside a page that greets somebody else.
const OUTDATED: &str =
    "<p class=\"notice\">Somebody else is logged in by now, in another tab; reload this page.</p>";

/// How an answer is wanted: as a part of a page by its script, or as a page by somebody without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Some HTML to insert.
    Part,
    /// A whole document.
    Document,
}

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accept = parts.headers.get(header::ACCEPT);
        let is_document = accept
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.starts_with("text/html"));
        Ok(if is_document {
            Self::Document
        } else {
            Self::Part
        })
    }
}

impl Wanted {
    /// What came of a request, or why nothing did.
    pub fn reply(self, result: Result<Response, AppError>) -> Response {
        match (result, self) {
            (Ok(response), _) => response,
            (Err(error), Self::Part) => Problem::from(error).into_response(),
            (Err(error), Self::Document) => Audience::Person.refuse(error),
        }
    }

    /// An answer with this content.
    pub fn answer(
        self,
        state: &AppState,
        title: &str,
        viewer: Option<&Session>,
        back: Option<String>,
        content: String,
    ) -> Response {
        match self {
            Self::Part => Html(content).into_response(),
            Self::Document => {
                let document = Document {
                    title: title.to_owned(),
                    options: state.leptos_options.clone(),
                    viewer: viewer.map(|session| session.player.to_string()),
                    back,
                };
                let policy = [(header::CONTENT_SECURITY_POLICY, security::DOCUMENT_POLICY)];
                (policy, Html(document.around(content))).into_response()
            }
        }
    }
}

/// `GET /inspector?page=/games/…`: the panel beside a page.
pub async fn show(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    Viewer(viewer): Viewer,
    wanted: Wanted,
    headers: HeaderMap,
    Parameters(mut beside): Parameters<Beside>,
) -> Result<Response, Problem> {
    // Without a script it is reached by a link that is the same on every page.
    beside.page.get_or_insert_with(|| page_of(&headers));
    let content = content(&state, &inspector, viewer.as_ref(), wanted, &beside).await?;
    let back = Some(beside.page().to_owned());
    Ok(wanted.answer(&state, "Under the hood", viewer.as_ref(), back, content))
}

async fn content(
    state: &AppState,
    inspector: &Inspector,
    viewer: Option<&Session>,
    wanted: Wanted,
    beside: &Beside,
) -> Result<String, AppError> {
    if beside.is_of_another(viewer) {
        return Ok(OUTDATED.to_owned());
    }
    let person = viewer.map(|session| inspector.person(&session.id));
    let known = viewer.map(|session| &session.player).zip(person.clone());
    let game = match beside.game() {
        // The script listens to the events, which begin with it.
        _ if wanted == Wanted::Part => None,
        // A read that somebody pays for is not for everybody.
        _ if viewer.is_none() && !inspector.can_break() => None,
        // A game that is gone has no item to show; what was asked for it is shown all the same.
        Some(id) => match GamePanel::read(state, inspector, known, id).await {
            Err(AppError::NoSuchGame | AppError::CorruptGame { .. }) => None,
            game => Some(game?),
        },
        None => None,
    };
    let viewer = viewer.map(|session| &session.player);
    Ok(view::html(view::panel(Panel {
        viewer: viewer.zip(person.as_deref()),
        page: beside.page(),
        game: beside
            .game()
            .map(|_| game.as_ref().map_or(OfGame::Later, OfGame::Now)),
        inspector,
    })))
}

/// The panel as a document from which a form was sent, on this site whatever the browser says.
fn came_from(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER);
    let uri = referer.and_then(|referer| referer.to_str().ok()?.parse::<http::Uri>().ok());
    let query = uri.as_ref().and_then(http::Uri::query).unwrap_or_default();
    format!("/inspector?{query}")
}

/// What to race for.
#[derive(Debug, Deserialize)]
pub struct RaceForm {
    game_id: String,
    square: Option<String>,
    times: usize,
}

/// `POST /inspector/race`: the same move, or the same acceptance, many times at once.
pub async fn race(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    CurrentPlayer(session): CurrentPlayer,
    wanted: Wanted,
    headers: HeaderMap,
    form: Result<Form<RaceForm>, FormRejection>,
) -> Response {
    let race = async {
        let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
        let (id, square) = (&form.game_id, form.square.as_deref());
        let race = race::race(&state, &inspector, &session, id, square, form.times).await?;
        let content = view::html(view::race_result(&race));
        Ok(wanted.answer(
            &state,
            "Race",
            Some(&session),
            Some(came_from(&headers)),
            content,
        ))
    };
    wanted.reply(race.await)
}

/// Which switch.
#[derive(Debug, Deserialize)]
pub struct SwitchForm {
    fault: String,
    on: bool,
}

/// `POST /inspector/faults`: switches a fault on or off for the person who asks.
pub async fn switch(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    CurrentPlayer(session): CurrentPlayer,
    wanted: Wanted,
    headers: HeaderMap,
    form: Result<Form<SwitchForm>, FormRejection>,
) -> Response {
    let switch = || {
        if !inspector.can_break() {
            return Err(AppError::NotFound);
        }
        let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
        let fault: Fault =
            (form.fault.parse()).map_err(|_| AppError::invalid("fault", Rule::Shape))?;
        let person = inspector.person(&session.id);
        person.faults.switch(fault, form.on);
        let content = view::html(view::faults(&person.faults));
        Ok(wanted.answer(
            &state,
            "Break it",
            Some(&session),
            Some(came_from(&headers)),
            content,
        ))
    };
    wanted.reply(switch())
}
