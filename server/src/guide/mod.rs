//! The guide: the project's documents as pages with examples to run, and the source code of the store.

mod documents;
mod escape;
mod markdown;
mod source;

use crate::inspector::{capture::pattern::Pattern, examples, view};
use crate::{
    http::rest::extract::{CurrentPlayer, Viewer},
    inspector::{Inspecting, ResponseFormat},
};
use app::state::AppState;
use axum::{
    Form, Router,
    extract::{Path, State, rejection::FormRejection},
    response::Response,
    routing::{get, post},
};
use domain::error::{AppError, ValidationRule};
use markdown::ExampleMode;
use serde::Deserialize;

/// The routes of the guide.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/guide", get(guide))
        .route("/guide/run", post(run))
        .route("/guide/source/{*file}", get(show_source))
        .route("/guide/{*document}", get(document))
}

/// `GET /guide`: the data model.
async fn guide(state: State<AppState>, viewer: Viewer, format: ResponseFormat) -> Response {
    let start_page = Path(documents::START_PAGE.to_owned());
    document(state, viewer, format, start_page).await
}

/// `GET /guide/cost.md`: any document.
async fn document(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    format: ResponseFormat,
    Path(path): Path<String>,
) -> Response {
    let Some(text) = documents::find(&path) else {
        return format.reply(Err(AppError::NotFound));
    };
    let examples = match (state.has_panel, &viewer) {
        (false, _) => ExampleMode::Omitted,
        (true, None) => ExampleMode::LogInRequired,
        (true, Some(_)) => ExampleMode::Runnable,
    };
    let page = markdown::page(&path, text, examples);
    ResponseFormat::Document.respond(&state, &page.title, viewer.as_ref(), None, page.html)
}

/// `GET /guide/source/games.rs`: a source file of the store.
async fn show_source(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    format: ResponseFormat,
    Path(file): Path<String>,
) -> Response {
    let Some(text) = source::find(&file) else {
        return format.reply(Err(AppError::NotFound));
    };
    let html = source::html(&file, text);
    ResponseFormat::Document.respond(&state, &file, viewer.as_ref(), None, html)
}

/// The example to run.
#[derive(Debug, Deserialize)]
struct RunForm {
    example: String,
}

/// `POST /guide/run`: runs an access pattern and shows its requests and the responses.
async fn run(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    CurrentPlayer(session): CurrentPlayer,
    format: ResponseFormat,
    form: Result<Form<RunForm>, FormRejection>,
) -> Response {
    let run = async {
        let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
        let pattern: Pattern = (form.example.parse())
            .map_err(|_| AppError::invalid("example", ValidationRule::FieldType))?;
        let entries = examples::run(&state.backend, &inspector, &session, pattern).await?;
        let html = view::html(view::example_result(&entries));
        Ok(format.respond(
            &state,
            "Run it",
            Some(&session),
            Some("/guide".to_owned()),
            html,
        ))
    };
    format.reply(run.await)
}
