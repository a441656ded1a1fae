//! Server functions over HTTP: what Leptos leaves to be done around them.

use crate::{
    limits::BODY_LIMIT,
    refusal::{self, Audience},
};
use app::{
    error::AppError,
    ssr::{metrics, state::AppState},
};
use axum::{
    Router,
    body::{self, Body},
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use http::{HeaderValue, StatusCode, header};
use leptos::{
    context::provide_context,
    server_fn::{
        axum::server_fn_paths,
        error::{FromServerFnError, SERVER_FN_ERROR_HEADER},
    },
};

/// A route for each server function.
pub fn router() -> Router<AppState> {
    paths()
        .into_iter()
        .fold(Router::new(), |router, path| router.route(path, post(call)))
        .route(&format!("{}{{*name}}", refusal::ACTIONS), any(unknown))
}

/// The paths of all server functions.
#[must_use]
pub fn paths() -> Vec<&'static str> {
    server_fn_paths().map(|(path, _)| path).collect()
}

async fn unknown(request: Request) -> Response {
    Audience::of(&request.into_parts().0).refuse(AppError::NotFound)
}

async fn call(State(state): State<AppState>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let audience = Audience::of(&parts);
    let Ok(bytes) = body::to_bytes(body, BODY_LIMIT).await else {
        return audience.refuse(AppError::TooLarge);
    };
    if let Audience::Form { page, .. } = &audience
        && let Ok(page) = HeaderValue::from_str(page)
    {
        // Leptos sends the browser back there, with the error if there is one.
        parts.headers.insert(header::REFERER, page);
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    let context = move || provide_context(state.clone());
    let response = leptos_axum::handle_server_fns_with_context(context, request).await;
    let mut response = with_status(response.into_response()).await;
    keep_on_site(&mut response);
    response
}

/// Leptos answers arguments that it can't decode with 500, before any of our code runs: gives the
/// response the status of the error in it.
async fn with_status(response: Response) -> Response {
    let is_undecided = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_undecided {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let error = AppError::de(bytes.clone());
    let status = refusal::status(&error);
    // An error of our own with that status has been counted where it was decided.
    if parts.status != status {
        metrics::refused(error.code());
    }
    parts.status = status;
    Response::from_parts(parts, Body::from(bytes))
}

/// The address that a form is sent to, without the scheme and host that [`Audience`] made up for it.
fn keep_on_site(response: &mut Response) {
    let location = response.headers().get(header::LOCATION);
    let local = location
        .and_then(|location| location.to_str().ok())
        .and_then(|location| HeaderValue::from_str(&refusal::local(location)).ok());
    if let Some(local) = local {
        response.headers_mut().insert(header::LOCATION, local);
    }
}
