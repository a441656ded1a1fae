//! The pages that only the server renders: see [`app::server_pages`].

use super::{
    rest::{extract::Viewer, problem::status},
    security::DOCUMENT_POLICY,
};
use app::{
    return_page::{ACCOUNT_PATH, ReturnPage},
    server_pages::{FormError, PageRequest, account, failure},
    state::AppState,
};
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use backend::metrics;
use domain::error::AppError;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

/// The routes of the pages.
pub fn router() -> Router<AppState> {
    Router::new().route(ACCOUNT_PATH, get(show_account))
}

/// The query of a page with forms. A rejected form returns with its error, as Leptos encodes it.
#[derive(Debug, Default, Deserialize)]
struct FormQuery {
    #[serde(rename = "__path")]
    action: Option<String>,
    #[serde(rename = "__err")]
    error: Option<String>,
    /// The change that a form has made, as in [`PASSWORD_CHANGED`](app::server_pages::PASSWORD_CHANGED).
    done: Option<String>,
}

impl FormQuery {
    fn form_error(&mut self) -> Option<FormError> {
        let (action, error) = self.action.take().zip(self.error.take())?;
        Some(FormError { action, error })
    }
}

/// `GET /account`: the account of the logged-in player. A visitor is sent to log in first.
async fn show_account(
    State(state): State<AppState>,
    headers: HeaderMap,
    query: Result<Query<FormQuery>, QueryRejection>,
) -> Response {
    let mut query = query.map_or_else(|_| FormQuery::default(), |Query(query)| query);
    let request = |viewer, form_error| PageRequest {
        state: state.clone(),
        viewer,
        form_error,
    };
    match Viewer::load(&headers, &state).await {
        Ok(Viewer(Some(session))) => {
            let player = session.key.player;
            let request = request(Some(player.clone()), query.form_error());
            let is_password_changed = query.done.as_deref() == Some("password");
            html(account(request, &player, is_password_changed))
        }
        Ok(Viewer(None)) => Redirect::to(&ReturnPage::Account.log_in_address()).into_response(),
        Err(error) => rejected(
            &error,
            failure(request(None, None), error.clone(), ACCOUNT_PATH),
        ),
    }
}

fn html(page: String) -> Response {
    let policy = [(header::CONTENT_SECURITY_POLICY, DOCUMENT_POLICY)];
    (policy, Html(page)).into_response()
}

fn rejected(error: &AppError, page: String) -> Response {
    metrics::request_rejected(error.code());
    let mut response = (status(error), html(page)).into_response();
    if let Some(seconds) = error.retry_after() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
