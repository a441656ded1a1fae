use super::Unreadable;
use serde::de::DeserializeOwned;

/// Reads JSON.
///
/// # Errors
///
/// [`Unreadable`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable)
}
