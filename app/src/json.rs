//! JSON encoding and decoding for server and browser.
//!
//! The browser uses its own parser: `JSON.parse` and serde-wasm-bindgen together add less code than
//! `serde_json` does.

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::{Serialize, de::DeserializeOwned};

/// The error for a text that is not JSON or does not match the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid JSON")]
pub struct InvalidJson;

/// Deserializes JSON.
///
/// # Errors
///
/// [`InvalidJson`] if `text` is not JSON or does not match `T`.
#[cfg(target_arch = "wasm32")]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, InvalidJson> {
    let value = js_sys::JSON::parse(text).map_err(|_| InvalidJson)?;
    serde_wasm_bindgen::from_value(value).map_err(|_| InvalidJson)
}

/// Deserializes JSON.
///
/// # Errors
///
/// [`InvalidJson`] if `text` is not JSON or does not match `T`.
#[cfg(not(target_arch = "wasm32"))]
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, InvalidJson> {
    serde_json::from_str(text).map_err(|_| InvalidJson)
}

/// Serializes a value to JSON. Only the server calls it.
#[must_use]
pub fn write<T: Serialize>(value: &T) -> String {
    // Serialization only fails for maps whose keys are not strings, and the views have none.
    serde_json::to_string(value).unwrap_or_default()
}

/// The encoding for errors of server functions: JSON.
#[derive(Debug)]
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = InvalidJson;

    fn decode(bytes: Bytes) -> Result<T, InvalidJson> {
        read(std::str::from_utf8(&bytes).map_err(|_| InvalidJson)?)
    }
}
