//! The pages that Leptos renders, the files that go with them, and the page for everything else.

use crate::{
    actions,
    refusal::{self, Audience},
    security, site,
};
use app::{
    error::AppError,
    shell::{App, shell},
    ssr::{inspector::Attribution, state::AppState},
};
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, Uri};
use leptos::context::provide_context;
use leptos_axum::{ErrorHandler, LeptosRoutes, generate_route_list_with_exclusions};
use tower::ServiceExt;

/// A route for each page of the application.
pub fn router(state: &AppState) -> Router<AppState> {
    // Server functions have routes of their own.
    let others = actions::paths().into_iter().map(str::to_owned).collect();
    let routes = generate_route_list_with_exclusions(App, Some(others));
    let options = state.leptos_options.clone();
    let policy = {
        let options = options.clone();
        move || {
            security::set_page_policy(&options);
            keep_attribution();
        }
    };
    Router::new().leptos_routes_with_context(state, routes, policy, move || shell(options.clone()))
}

/// The data of a page are loaded in tasks of their own, which know of the request by Leptos' context alone.
fn keep_attribution() {
    if let Some(attribution) = Attribution::current() {
        provide_context(attribution);
    }
}

/// Everything that has no route: a file of the site, or nothing.
pub async fn fallback(State(state): State<AppState>, mut request: Request) -> Response {
    let path = request.uri().path();
    let is_page = path.starts_with('/') && !refusal::is_api(path);
    if !is_page || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Audience::of(&request.into_parts().0).refuse(AppError::NotFound);
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
            keep_attribution();
        }
    };
    let not_found = ErrorHandler::new_with_context(context, shell, options.clone());
    let files = leptos_axum::site_pkg_dir_service(&options)
        .append_index_html_on_directories(false)
        .fallback(not_found);
    files.oneshot(request).await.into_response()
}
