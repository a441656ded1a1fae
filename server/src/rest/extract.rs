//! What handlers are given of a request, and how each is refused when it is not there.

use super::problem::Problem;
use crate::limits::BODY_LIMIT;
use app::{
    error::{AppError, Rule},
    ssr::{auth::Session, cookie, state::AppState, use_cases::accounts},
    view_model::ListName,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
};
use http::{HeaderMap, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The session of the player who asks. Without one: `not_logged_in`.
#[derive(Clone, Debug)]
pub struct CurrentPlayer(pub Session);

impl FromRequestParts<AppState> for CurrentPlayer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Viewer(session) = Viewer::from_request_parts(parts, state).await?;
        session
            .map(Self)
            .ok_or_else(|| AppError::NotLoggedIn.into())
    }
}

/// The session of whoever asks, if there is one.
#[derive(Clone, Debug)]
pub struct Viewer(pub Option<Session>);

impl FromRequestParts<AppState> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token = cookie::session_token(&parts.headers);
        Ok(Self(accounts::session(state, token.as_ref()).await?))
    }
}

/// The `{game_id}` of the path, whatever it is. One that can't be text is no game's: `no_such_game`.
#[derive(Clone, Debug)]
pub struct GamePath(pub String);

impl<S: Send + Sync> FromRequestParts<S> for GamePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(AppError::NoSuchGame.into()),
        }
    }
}

/// The `{list}` of the path. Without such a list: `not_found`.
#[derive(Clone, Copy, Debug)]
pub struct ListPath(pub ListName);

impl<S: Send + Sync> FromRequestParts<S> for ListPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name: Result<Path<String>, _> = Path::from_request_parts(parts, state).await;
        let Path(name) = name.map_err(|_| AppError::NotFound)?;
        Ok(Self(name.parse()?))
    }
}

/// The query. What can't be read: `malformed_request`.
#[derive(Clone, Debug)]
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(_) => Err(AppError::MalformedRequest.into()),
        }
    }
}

/// A body of JSON.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(AppError::UnsupportedMediaType.into());
        }
        let json = serde_json::from_slice(&read(request).await?);
        let Value::Object(fields) = json.map_err(|_| AppError::MalformedRequest)? else {
            return Err(AppError::invalid("", Rule::Shape).into());
        };
        Ok(Self(T::from_fields(Fields(fields))?))
    }
}

/// Whether the body is said to be JSON, in whatever dialect and with whatever parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The whole body, whether or not it says how long it is.
async fn read(request: Request) -> Result<Bytes, AppError> {
    let body = Limited::new(request.into_body(), BODY_LIMIT);
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(AppError::TooLarge),
        Err(_) => Err(AppError::MalformedRequest),
    }
}

/// The fields of a JSON object. Those that nobody takes are ignored.
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Takes a text.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for this field.
    pub fn text(&mut self, field: &str) -> Result<String, AppError> {
        let text = self.optional_text(field)?;
        text.ok_or_else(|| AppError::invalid(field, Rule::Shape))
    }

    /// Takes a text that may be missing or null.
    ///
    /// # Errors
    ///
    /// As [`Fields::text`].
    pub fn optional_text(&mut self, field: &str) -> Result<Option<String>, AppError> {
        match self.0.remove(field) {
            Some(Value::String(text)) => Ok(Some(text)),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(AppError::invalid(field, Rule::Shape)),
        }
    }

    /// Takes a whole number that is not negative.
    ///
    /// # Errors
    ///
    /// As [`Fields::text`].
    pub fn number(&mut self, field: &str) -> Result<u32, AppError> {
        let number = self.0.remove(field).and_then(|value| value.as_u64());
        number
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| AppError::invalid(field, Rule::Shape))
    }
}

/// A value made from the fields of a JSON object, which says which field is at fault. Serde can't:
/// where a field is missing it only knows the object.
pub trait FromFields: Sized {
    /// Takes the fields that it needs.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for the first field that is missing or of the wrong type.
    fn from_fields(fields: Fields) -> Result<Self, AppError>;
}
