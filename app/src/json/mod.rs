//! JSON between the server and the pages.

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub use browser::read;
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
mod server;
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub use server::read;

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::{Serialize, de::DeserializeOwned};

/// A text that is no JSON, or JSON of another type than the one expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unreadable JSON")]
pub struct Unreadable;

/// Writes JSON. Only the server does.
pub fn write<T: Serialize>(value: &T) -> String {
    // Fails for maps whose keys are no texts. There are none here.
    serde_json::to_string(value).unwrap_or_default()
}

/// How server functions encode their errors.
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
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Unreadable> {
        read(std::str::from_utf8(&bytes).map_err(|_| Unreadable)?)
    }
}
