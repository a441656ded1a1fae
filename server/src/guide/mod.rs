//! The guide in the application: the project's own documents as pages, with what can be tried beside the
//! text, and the store's source that they speak of.

mod documents;
mod markdown;
mod source;

use crate::{
    inspector::{Inspecting, Wanted},
    rest::extract::{CurrentPlayer, Viewer},
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
async fn guide(state: State<AppState>, viewer: Viewer, wanted: Wanted) -> Response {
    document(state, viewer, wanted, Path(documents::FIRST.to_owned())).await
}

/// `GET /guide/cost.md`: another of the project's documents.
async fn document(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    wanted: Wanted,
    Path(path): Path<String>,
) -> Response {
    let Some(text) = documents::find(&path) else {
        return wanted.reply(Err(AppError::NotFound));
    };
    let trying = match (&state.inspector, &viewer) {
        (None, _) => markdown::Trying::Off,
        (Some(_), None) => markdown::Trying::LogIn,
        (Some(_), Some(_)) => markdown::Trying::On,
    };
    let page = markdown::page(&path, text, trying);
    Wanted::Document.answer(&state, &page.title, viewer.as_ref(), None, page.html)
}

/// `GET /guide/source/games.rs`: a file of the store.
async fn show_source(
    State(state): State<AppState>,
    Viewer(viewer): Viewer,
    wanted: Wanted,
    Path(file): Path<String>,
) -> Response {
    let Some(text) = source::find(&file) else {
        return wanted.reply(Err(AppError::NotFound));
    };
    let html = source::html(&file, text);
    Wanted::Document.answer(&state, &file, viewer.as_ref(), None, html)
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
) -> Response {
    let run = async {
        let Form(form) = form.map_err(|_| AppError::MalformedRequest)?;
        let example: Example =
            (form.example.parse()).map_err(|_| AppError::invalid("example", Rule::Shape))?;
        let entries = examples::run(&state, &inspector, &session, example).await?;
        let html = view::html(view::example(&entries));
        Ok(wanted.answer(
            &state,
            "Run it",
            Some(&session),
            Some("/guide".to_owned()),
            html,
        ))
    };
    wanted.reply(run.await)
}
