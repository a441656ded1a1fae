//! The description of the API: what the handlers say of themselves, and the errors, which follow from
//! what a request has and needs.

use super::problem::{MEDIA_TYPE, Problem};
use app::{
    error::{AppError, Rule},
    ids::GameId,
    view_model::LobbyEvent,
};
use axum::{Extension, response::IntoResponse};
use http::header::CONTENT_TYPE;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, Ref, ResponseBuilder,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

/// The frame of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tic-Tac-Toe",
        version = "1",
        description = "Play Tic-Tac-Toe. Log in by `POST /api/v1/session`, keep the cookie, invite somebody, and follow \
            the game by its events. Requests that change something may come from programs and from this site's own \
            pages, not from other sites' pages.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, LobbyEvent)),
    tags(
        (name = "accounts", description = "Players and their sessions."),
        (name = "lobby", description = "A player's lists."),
        (name = "games", description = "Invitations and moves."),
        (name = "events", description = "What changes, as it changes."),
        (name = "health", description = "For whoever runs the server."),
    ),
    modifiers(&SessionCookie),
)]
pub struct Api;

struct SessionCookie;

impl Modify for SessionCookie {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKeyValue::with_description("session", "Set by logging in.");
        let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("session", scheme);
    }
}

/// The finished description, as JSON.
#[derive(Clone, Debug)]
pub struct Description(Arc<str>);

impl Description {
    /// Adds the errors to what the handlers say.
    #[must_use]
    pub fn complete(mut api: utoipa::openapi::OpenApi) -> Self {
        for (path, item) in &mut api.paths.paths {
            if path.starts_with("/api/") {
                for (operation, is_change) in operations(item) {
                    add_errors(operation, path, is_change);
                }
            }
        }
        Self(api.to_json().unwrap_or_default().into())
    }
}

/// This description
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "health", responses(
    (status = 200, description = "The OpenAPI document.", content_type = "application/json", body = serde_json::Value),
))]
pub async fn description(Extension(description): Extension<Description>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "application/json")],
        description.0.to_string(),
    )
}

/// The operations of a path, and whether each changes something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    [
        (item.get.as_mut(), false),
        (item.post.as_mut(), true),
        (item.delete.as_mut(), true),
    ]
    .into_iter()
    .filter_map(|(operation, is_change)| Some((operation?, is_change)))
}

fn add_errors(operation: &mut Operation, path: &str, is_change: bool) {
    let mut codes: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for error in errors(operation, path, is_change) {
        codes.entry(error.status()).or_default().push(error.code());
    }
    for (status, codes) in codes {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(format!("`{}`", codes.join("`, `")))
            .content(MEDIA_TYPE, content.build())
            .build();
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), response.into());
    }
}

/// The errors that an operation may answer with.
fn errors(operation: &Operation, path: &str, is_change: bool) -> Vec<AppError> {
    use AppError as E;
    let invalid = || E::invalid("", Rule::Shape);
    let mut errors = match operation.operation_id.as_deref() {
        Some("register") => vec![E::NameTaken],
        Some("log_in") => vec![E::WrongCredentials],
        Some("list") => vec![E::MalformedRequest, E::NotFound, invalid()],
        Some("accept") => vec![E::NotYourGame],
        Some("decline" | "cancel") => vec![E::NotYourGame, E::NotPending],
        Some("play") => vec![
            E::NotYourGame,
            E::GameNotInProgress,
            E::StaleBoard,
            E::NotYourTurn,
            E::SquareTaken,
        ],
        Some("game_events" | "player_events") => vec![E::MalformedRequest, E::NoSuchGame],
        Some("description") => return Vec::new(),
        _ => Vec::new(),
    };
    if path.contains("{game_id}") {
        let game_id = GameId::random();
        errors.extend([E::NoSuchGame, E::CorruptGame { game_id }]);
    }
    if operation.security.is_some() {
        errors.push(E::NotLoggedIn);
    }
    if operation.request_body.is_some() {
        errors.extend([E::MalformedRequest, E::UnsupportedMediaType, invalid()]);
    }
    if is_change {
        errors.extend([
            E::CrossSite,
            E::TooLarge,
            E::TooManyRequests { retry_after: 1 },
        ]);
    }
    errors.push(E::DatabaseUnavailable);
    errors.dedup();
    errors
}
