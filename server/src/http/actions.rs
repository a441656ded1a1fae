//! Server functions over HTTP: routes, body limit, status codes and redirects, which Leptos leaves to the
//! application.

use super::{
    limits::BODY_LIMIT,
    rejection::{self, ClientKind},
    rest::problem::status,
};
use app::api::ActionError;
use app::state::AppState;
use axum::{
    Router,
    body::{self, Body},
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use backend::audit;
use domain::error::AppError;
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
        .route(&format!("{}{{*name}}", rejection::ACTIONS), any(unknown))
}

/// The paths of all server functions.
#[must_use]
pub fn paths() -> Vec<&'static str> {
    server_fn_paths().map(|(path, _)| path).collect()
}

async fn unknown(request: Request) -> Response {
    ClientKind::of(&request.into_parts().0).reject(AppError::NotFound)
}

async fn call(State(state): State<AppState>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let client = ClientKind::of(&parts);
    if let ClientKind::Form { page, .. } = &client
        && let Ok(page) = HeaderValue::from_str(page)
    {
        // Leptos redirects the browser to this page, with the error if there is one.
        parts.headers.insert(header::REFERER, page);
    }
    let request = Request::from_parts(parts, body);
    let context = move || provide_context(state.clone());
    let response = leptos_axum::handle_server_fns_with_context(context, request).await;
    let mut response = with_status(response.into_response()).await;
    keep_on_site(&mut response);
    response
}

/// Gives an error response the status of its error. Leptos responds with 500 to arguments that it can't decode,
/// before any code of the application runs.
async fn with_status(response: Response) -> Response {
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_error {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let error = AppError::from(ActionError::de(bytes.clone()));
    let status = status(&error);
    // An error of the application with this status was counted when it occurred.
    if parts.status != status {
        audit::request_rejected(error.code(), error.status());
    }
    parts.status = status;
    Response::from_parts(parts, Body::from(bytes))
}

/// Removes from a redirect the placeholder for scheme and host that [`ClientKind`] added.
fn keep_on_site(response: &mut Response) {
    let location = response.headers().get(header::LOCATION);
    let local = location
        .and_then(|location| location.to_str().ok())
        .and_then(|location| HeaderValue::from_str(&rejection::local(location)).ok());
    if let Some(local) = local {
        response.headers_mut().insert(header::LOCATION, local);
    }
}
