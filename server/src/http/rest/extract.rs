//! Extractors of the API, and their rejections as problem documents.

use super::problem::Problem;
use app::{session_cookie, state::AppState};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
};
use backend::{accounts::Session, use_cases::accounts};
use domain::{
    error::{AppError, ValidationRule},
    ids::GameId,
    lists::ListName,
};
use http::{HeaderMap, header, request::Parts};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The session of the request. Rejects a request without one as `not_logged_in`.
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

/// The session of the request, if there is one.
#[derive(Clone, Debug)]
pub struct Viewer(pub Option<Session>);

impl Viewer {
    /// Looks up the session of a request.
    ///
    /// # Errors
    ///
    /// [`AppError::DatabaseUnavailable`].
    pub async fn load(headers: &HeaderMap, state: &AppState) -> Result<Self, AppError> {
        let token = session_cookie::session_token(headers, state.secure_cookies);
        let session = accounts::session(&state.backend, token.as_ref()).await?;
        Ok(Self(session))
    }
}

impl FromRequestParts<AppState> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        Ok(Self::load(&parts.headers, state).await?)
    }
}

/// The `{game_id}` of the path. Rejects anything but an id as `no_such_game`.
#[derive(Clone, Copy, Debug)]
pub struct GamePath(pub GameId);

impl<S: Send + Sync> FromRequestParts<S> for GamePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id: Result<Path<String>, _> = Path::from_request_parts(parts, state).await;
        let Path(id) = id.map_err(|_| AppError::NoSuchGame)?;
        Ok(Self(id.parse()?))
    }
}

/// The `{list}` of the path. Rejects an unknown list as `not_found`.
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

/// The query. Rejects an unreadable one as `malformed_request`.
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

/// A JSON body.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(AppError::UnsupportedMediaType.into());
        }
        let Ok(body) = Bytes::from_request(request, state).await else {
            return Err(AppError::MalformedRequest.into());
        };
        let json = serde_json::from_slice(&body);
        let Value::Object(fields) = json.map_err(|_| AppError::MalformedRequest)? else {
            return Err(AppError::invalid("", ValidationRule::FieldType).into());
        };
        Ok(Self(T::from_fields(Fields(fields))?))
    }
}

/// Returns true if the content type is JSON or a dialect of it, with any parameters.
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

/// The fields of a JSON object. Unknown fields are ignored.
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Takes a string.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for this field.
    pub fn text(&mut self, field: &str) -> Result<String, AppError> {
        let text = self.optional_text(field)?;
        text.ok_or_else(|| AppError::invalid(field, ValidationRule::FieldType))
    }

    /// Takes a string that may be missing or null.
    ///
    /// # Errors
    ///
    /// The same as for [`Fields::text`].
    pub fn optional_text(&mut self, field: &str) -> Result<Option<String>, AppError> {
        match self.0.remove(field) {
            Some(Value::String(text)) => Ok(Some(text)),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(AppError::invalid(field, ValidationRule::FieldType)),
        }
    }

    /// Takes a non-negative whole number. JSON has only one type of numbers, so `1.0` is `1`.
    ///
    /// # Errors
    ///
    /// The same as for [`Fields::text`].
    pub fn number(&mut self, field: &str) -> Result<u32, AppError> {
        let number = self.0.remove(field).and_then(|value| value.as_f64());
        number
            .filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number))
            .map(|number| number as u32)
            .ok_or_else(|| AppError::invalid(field, ValidationRule::FieldType))
    }
}

/// A type that is built from the fields of a JSON object. Unlike serde, which reports a missing field for the
/// whole object, it names the invalid field.
pub trait FromFields: Sized {
    /// Builds the value from its fields.
    ///
    /// # Errors
    ///
    /// [`AppError::InvalidRequest`] for the first field that is missing or has the wrong type.
    fn from_fields(fields: Fields) -> Result<Self, AppError>;
}
