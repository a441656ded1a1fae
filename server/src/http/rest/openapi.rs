//! The OpenAPI document. The handlers' annotations describe the requests and responses. This module adds the
//! errors, most of which follow from the properties of a request.

use super::problem::{MEDIA_TYPE, Problem};
use axum::{Extension, response::IntoResponse};
use domain::{
    error::{AppError, ValidationRule},
    ids::GameId,
    views::LobbyEvent,
};
use http::header::CONTENT_TYPE;
use std::{collections::BTreeMap, sync::Arc};
use utoipa::{
    OpenApi,
    openapi::{
        ContentBuilder, Header, HeaderBuilder, ObjectBuilder, Ref, ResponseBuilder, Type,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};
use uuid::Uuid;

/// The parts of the document that no handler describes.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Tic-Tac-Toe",
        version = "1",
        description = "Play Tic-Tac-Toe. Log in with `POST /api/v1/session`, keep the cookie, invite a player, and follow \
            the game by its events. Changes are accepted from programs and from this site's pages, but not from the \
            pages of other sites.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, LobbyEvent)),
    tags(
        (name = "accounts", description = "Players and their sessions."),
        (name = "lobby", description = "A player's lists."),
        (name = "games", description = "Invitations and moves."),
        (name = "events", description = "Live updates as server-sent events."),
        (name = "health", description = "Probes, and this document."),
    ),
)]
pub struct Api;

/// The complete document as JSON.
#[derive(Clone, Debug)]
pub struct Description(Arc<str>);

impl Description {
    /// Completes the document of the handlers with the session cookie of this name and with the errors.
    #[must_use]
    pub fn complete(mut api: utoipa::openapi::OpenApi, cookie: &str) -> Self {
        let cookie = ApiKeyValue::with_description(cookie, "The cookie that a log-in sets.");
        let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("session", scheme);
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

/// Get the OpenAPI document
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "health", responses(
    (status = 200, description = "The OpenAPI document.", content_type = "application/json", body = serde_json::Value),
))]
pub async fn description(Extension(description): Extension<Description>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "application/json")],
        description.0.to_string(),
    )
}

/// The operations of a path. The flag is true for those that change something.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&mut Operation, bool)> {
    [
        (item.get.as_mut(), false),
        (item.post.as_mut(), true),
        (item.put.as_mut(), true),
        (item.delete.as_mut(), true),
    ]
    .into_iter()
    .filter_map(|(operation, is_change)| Some((operation?, is_change)))
}

fn add_errors(operation: &mut Operation, path: &str, is_change: bool) {
    let mut by_status: BTreeMap<u16, Vec<AppError>> = BTreeMap::new();
    for error in errors(operation, path, is_change) {
        by_status.entry(error.status()).or_default().push(error);
    }
    for (status, errors) in by_status {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
        let codes: Vec<_> = errors.iter().map(AppError::code).collect();
        let mut response = ResponseBuilder::new()
            .description(format!("`{}`", codes.join("`, `")))
            .content(MEDIA_TYPE, content.build());
        if errors.iter().any(|error| error.retry_after().is_some()) {
            response = response.header("Retry-After", retry_after());
        }
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), response.build().into());
    }
}

fn retry_after() -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
        .description(Some("The seconds after which another attempt can succeed."))
        .build()
}

/// The errors that an operation may return.
fn errors(operation: &Operation, path: &str, is_change: bool) -> Vec<AppError> {
    use AppError as E;
    let invalid = || E::invalid("", ValidationRule::FieldType);
    let mut errors = match operation.operation_id.as_deref() {
        Some("register") => vec![E::NameTaken, E::TooBusy],
        Some("log_in" | "change_password" | "delete_account") => {
            vec![E::WrongCredentials, E::TooBusy]
        }
        Some("invite") => vec![E::NoSuchPlayer],
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
        let game_id = GameId::from_uuid(Uuid::new_v4());
        errors.extend([E::NoSuchGame, E::CorruptGame { game_id }]);
    }
    if operation.security.is_some() {
        errors.push(E::NotLoggedIn);
    }
    if operation.request_body.is_some() {
        errors.extend([E::MalformedRequest, E::UnsupportedMediaType, invalid()]);
    }
    if is_change {
        errors.extend([E::CrossSite, E::TooLarge]);
    }
    errors.extend([
        E::HttpsRequired,
        E::UnknownHost,
        E::TooManyRequests { retry_after: 1 },
        E::DatabaseUnavailable,
    ]);
    errors.dedup();
    errors
}
