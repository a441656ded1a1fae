//! The guide in the application: the project's own documents as pages, with what can be tried beside the
//! text, and the store's source that they speak of.

mod documents;
mod markdown;
mod source;

use crate::{
    inspector::{Inspecting, Wanted},
    rest::{
        extract::{CurrentPlayer, Viewer},
        problem::Problem,
    },
};
use app::{
    error::{AppError, Rule},
    ssr::{
        inspector::{
            examples::{self, Example},
            view,
        },
        state::AppState,
    },
};
use axum::{
    Form, Router,
    extract::{Path, State, rejection::FormRejection},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/guide", get(guide))
        .route("/guide/run", post(run))
        .route("/guide/source/{*file}", get(show_source))
        .route("/guide/{*document}", get(document))
}

/// `GET /guide`: the data model.
async fn guide(state: State<AppState>, viewer: Viewer) -> Result<Response, Problem> {
    document(state, viewer, Path(documents::FIRST.to_owned())).await
}

/// `GET /guide/cost.md`: another of the project's documents.
async fn document(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    Path(path): Path<String>,
) -> Result<Response, Problem> {
    let text = documents::find(&path).ok_or(AppError::NotFound)?;
    let trying = match (&state.inspector, &viewer) {
        (None, _) => markdown::Trying::Off,
        (Some(_), None) => markdown::Trying::LogIn,
        (Some(_), Some(_)) => markdown::Trying::On,
    };
    let page = markdown::page(&path, text, trying);
    Ok(Wanted::Document.answer(&state, &page.title, viewer.as_ref(), page.html))
}

/// `GET /guide/source/games.rs`: a file of the store.
async fn show_source(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let text = source::find(&file).ok_or(AppError::NotFound)?;
    let html = source::html(&file, text);
    Ok(Wanted::Document.answer(&state, &file, viewer.as_ref(), html))
}

/// What to run.
#[derive(Debug, Deserialize)]
struct RunForm {
    example: String,
}

/// `POST /guide/run`: runs an access pattern and shows its requests and their answers.
async fn run(
    State(state): State<AppState>,
    Inspecting(inspector): Inspecting,
    CurrentPlayer(session): CurrentPlayer,
    wanted: Wanted,
    form: Result<Form<RunForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
    let example: Example =
        (form.example.parse()).map_err(|_| AppError::invalid("example", Rule::Shape))?;
    let entries = examples::run(&state, &inspector, &session, example).await?;
    let html = view::html(view::example(&entries));
    Ok(wanted.answer(&state, "Run it", Some(&session), html))
}
