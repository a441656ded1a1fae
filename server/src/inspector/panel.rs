//! The handlers of the panel: its content, the race and the faults.

#![allow(
    clippy::missing_errors_doc,
    reason = "a handler answers errors with a problem document"
)]

use super::{
    Inspecting,
    capture::Inspector,
    faults::Fault,
    game_panel::GamePanel,
    race,
    view::{self, GameSection, Panel, document::Document},
};
use crate::http::{
    local_path::local_path,
    rate_limits::ClientLimits,
    rejection::ClientKind,
    request_headers::{referer, referer_path},
    rest::{
        extract::{CurrentPlayer, Parameters, Viewer},
        problem::Problem,
    },
    security,
};
use app::{api::accepts_html, state::AppState};
use axum::{
    Form,
    extract::{FromRequestParts, State, rejection::FormRejection},
    response::{Html, IntoResponse, Response},
};
use backend::accounts::Session;
use domain::{
    error::{AppError, ValidationRule},
    ids::GameId,
};
use http::{HeaderMap, header, request::Parts};
use serde::{Deserialize, Deserializer};
use std::convert::Infallible;

/// The page that a panel belongs to.
#[derive(Debug, Deserialize)]
pub struct PanelQuery {
    /// The path of the page. The default is the home page.
    #[serde(default, deserialize_with = "on_this_site")]
    page: Option<String>,
    /// The player that the page was rendered for. Empty for a visitor.
    viewer: Option<String>,
}

impl PanelQuery {
    /// The path of the page. It is always on this site.
    #[must_use]
    pub fn page(&self) -> &str {
        self.page.as_deref().unwrap_or("/")
    }

    /// Returns true if the page was rendered for another player than the current one.
    #[must_use]
    pub fn has_other_viewer(&self, viewer: Option<&Session>) -> bool {
        let current = viewer.map_or("", |session| session.key.player.as_str());
        self.viewer.as_ref().is_some_and(|viewer| viewer != current)
    }

    /// The game of the page, if it is a game's page.
    #[must_use]
    pub fn game(&self) -> Option<GameId> {
        GameId::from_path(self.page())
    }
}

fn on_this_site<'de, D: Deserializer<'de>>(page: D) -> Result<Option<String>, D::Error> {
    let page: Option<String> = Option::deserialize(page)?;
    Ok(page.map(|page| local_path(&page)))
}

/// The content of a panel on a page that was rendered for another player.
const OUTDATED: &str =
    "<p class=\"notice\">Another player has logged in from another tab. Reload this page.</p>";

/// The format of a response: a fragment for the panel's script, a document for a browser without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseFormat {
    /// HTML to insert into a page.
    Fragment,
    /// A whole document.
    Document,
}

impl<S: Sync> FromRequestParts<S> for ResponseFormat {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(if accepts_html(&parts.headers) {
            Self::Document
        } else {
            Self::Fragment
        })
    }
}

impl ResponseFormat {
    /// The response, or the error in this format.
    #[must_use]
    pub fn reply(self, result: Result<Response, AppError>) -> Response {
        match (result, self) {
            (Ok(response), _) => response,
            (Err(error), Self::Fragment) => Problem::from(error).into_response(),
            (Err(error), Self::Document) => ClientKind::Browser.reject(error),
        }
    }

    /// A response with this content. A document has a title and a link back.
    #[must_use]
    pub fn respond(
        self,
        state: &AppState,
        title: &str,
        viewer: Option<&Session>,
        back: Option<String>,
        content: String,
    ) -> Response {
        match self {
            Self::Fragment => Html(content).into_response(),
            Self::Document => {
                let document = Document {
                    title: title.to_owned(),
                    options: state.leptos_options.clone(),
                    viewer: viewer.map(|session| session.key.player.to_string()),
                    back,
                };
                let policy = [(header::CONTENT_SECURITY_POLICY, security::DOCUMENT_POLICY)];
                (policy, Html(document.around(content))).into_response()
            }
        }
    }
}

/// `GET /inspector?page=/games/…`: the panel of a page.
pub async fn show(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    Viewer(viewer): Viewer,
    format: ResponseFormat,
    headers: HeaderMap,
    Parameters(mut query): Parameters<PanelQuery>,
) -> Result<Response, Problem> {
    // Without a script, the same link on every page leads here.
    query.page.get_or_insert_with(|| referer_path(&headers));
    let content = content(&state, &inspector, viewer.as_ref(), format, &query).await?;
    let back = Some(query.page().to_owned());
    Ok(format.respond(&state, "Under the hood", viewer.as_ref(), back, content))
}

async fn content(
    state: &AppState,
    inspector: &Inspector,
    viewer: Option<&Session>,
    format: ResponseFormat,
    query: &PanelQuery,
) -> Result<String, AppError> {
    if query.has_other_viewer(viewer) {
        return Ok(OUTDATED.to_owned());
    }
    let log = viewer.map(|session| inspector.session_log(&session.key));
    let reader = viewer.map(|session| &session.key.player).zip(log.clone());
    let game = match query.game() {
        // The script gets the game as the first of the live events.
        _ if format == ResponseFormat::Fragment => None,
        // On AWS reads cost money, so visitors can't cause them.
        _ if viewer.is_none() && !inspector.allows_faults() => None,
        // Without an item, the panel still shows the requests.
        Some(id) => match GamePanel::read(&state.backend, inspector, reader, id).await {
            Err(AppError::NoSuchGame | AppError::CorruptGame { .. }) => None,
            game => Some(game?),
        },
        None => None,
    };
    let viewer = viewer.map(|session| &session.key.player);
    Ok(view::html(view::panel(Panel {
        viewer: viewer.zip(log.as_deref()),
        page: query.page(),
        game: query.game().map(|_| {
            game.as_ref()
                .map_or(GameSection::Empty, GameSection::Filled)
        }),
        inspector,
    })))
}

/// The address of the panel, as a document, from which a form was sent. It is always on this site.
fn panel_address(headers: &HeaderMap) -> String {
    let uri = referer(headers);
    let query = uri.as_ref().and_then(http::Uri::query).unwrap_or_default();
    format!("/inspector?{query}")
}

/// The move or acceptance to race, and the number of attempts.
#[derive(Debug, Deserialize)]
pub struct RaceForm {
    game_id: String,
    square: Option<String>,
    times: u32,
}

/// `POST /inspector/race`: sends the same move or the same acceptance many times at once.
pub async fn race(
    State(state): State<AppState>,
    client: ClientLimits,
    Inspecting(inspector): Inspecting,
    CurrentPlayer(session): CurrentPlayer,
    format: ResponseFormat,
    headers: HeaderMap,
    form: Result<Form<RaceForm>, FormRejection>,
) -> Response {
    let race = async {
        let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
        let id = form.game_id.parse()?;
        // An acceptance has no square. Some clients send an empty field then.
        let square = form.square.filter(|square| !square.is_empty());
        let square = square.map(|square| square.parse()).transpose();
        let square = square.map_err(AppError::from)?;
        if race::ATTEMPTS.contains(&form.times) {
            client.count_further_writes(form.times - 1)?;
        }
        let race = race::race(&state.backend, &inspector, &session, id, square, form.times).await?;
        let content = view::html(view::race_result(&race));
        Ok(format.respond(
            &state,
            "Race",
            Some(&session),
            Some(panel_address(&headers)),
            content,
        ))
    };
    format.reply(race.await)
}

/// The fault to switch.
#[derive(Debug, Deserialize)]
pub struct SwitchForm {
    fault: String,
    on: bool,
}

/// `POST /inspector/faults`: switches a fault on or off for the current session.
pub async fn switch(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    CurrentPlayer(session): CurrentPlayer,
    format: ResponseFormat,
    headers: HeaderMap,
    form: Result<Form<SwitchForm>, FormRejection>,
) -> Response {
    let switch = || {
        if !inspector.allows_faults() {
            return Err(AppError::NotFound);
        }
        let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
        let fault: Fault = (form.fault.parse())
            .map_err(|_| AppError::invalid("fault", ValidationRule::FieldType))?;
        let log = inspector.session_log(&session.key);
        log.faults.switch(fault, form.on);
        let content = view::html(view::faults(&log.faults));
        Ok(format.respond(
            &state,
            "Break it",
            Some(&session),
            Some(panel_address(&headers)),
            content,
        ))
    };
    format.reply(switch())
}
