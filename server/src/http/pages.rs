//! The pages that Leptos renders, the files of the site, and the 404 page.

use crate::http::{
    actions,
    rejection::{self, ClientKind},
    security, site,
};
use app::{
    shell::{App, shell},
    state::AppState,
};
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use backend::request_context::RequestContext;
use domain::error::AppError;
use http::{Method, Uri};
use leptos::context::provide_context;
use leptos_axum::{ErrorHandler, LeptosRoutes, generate_route_list_with_exclusions};
use tower::ServiceExt;

/// A route for each page of the application.
pub fn router(state: &AppState) -> Router<AppState> {
    // Server functions have routes of their own.
    let actions = actions::paths().into_iter().map(str::to_owned).collect();
    let routes = generate_route_list_with_exclusions(App, Some(actions));
    let options = state.leptos_options.clone();
    let context = {
        let options = options.clone();
        move || {
            security::set_page_policy(&options);
            provide_request_context();
        }
    };
    Router::new().leptos_routes_with_context(state, routes, context, move || shell(options.clone()))
}

/// Passes the request context on to the tasks that load the data of a page. They have Leptos's context, but not
/// the task-local variable.
fn provide_request_context() {
    if let Some(context) = RequestContext::current() {
        provide_context(context);
    }
}

/// Serves a path without a route: a file of the site or a 404 response.
pub async fn fallback(State(state): State<AppState>, mut request: Request) -> Response {
    let path = request.uri().path();
    let is_page = path.starts_with('/') && !rejection::is_api(path);
    if !is_page || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ClientKind::of(&request.into_parts().0).reject(AppError::NotFound);
    }
    let options = state.leptos_options.clone();
    if let Some(uri) = site::plain_name(&options, path).and_then(|path| path.parse::<Uri>().ok()) {
        *request.uri_mut() = uri;
    }
    let context = {
        let options = options.clone();
        move || {
            provide_context(state.clone());
            security::set_page_policy(&options);
            provide_request_context();
        }
    };
    let not_found = ErrorHandler::new_with_context(context, shell, options.clone());
    let files = leptos_axum::site_pkg_dir_service(&options)
        .append_index_html_on_directories(false)
        .fallback(not_found);
    files.oneshot(request).await.into_response()
}
