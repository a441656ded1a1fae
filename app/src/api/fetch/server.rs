use crate::error::AppError;
use leptos::server_fn::error::ServerFnUrlError;

/// On the server nobody posts: there, server functions are called.
pub(in crate::api) async fn post(_path: &str, _form: String) -> Result<String, AppError> {
    Err(AppError::ServerUnreachable)
}

/// The error that an address carries.
pub(in crate::api) fn decode(error: &str) -> AppError {
    ServerFnUrlError::decode_err(error)
}
