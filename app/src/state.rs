//! The server's state, shared by pages and server functions.

use axum::extract::FromRef;
use backend::Backend;
use leptos::config::LeptosOptions;

/// The server's state. It is created once at start-up and is cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// Leptos' options: the location and the names of the site's files.
    pub leptos_options: LeptosOptions,
    /// The use cases and their state.
    pub backend: Backend,
    /// True if the public URL uses HTTPS. The session cookie is then `Secure` and has the prefix `__Host-`.
    pub secure_cookies: bool,
    /// True if pages offer the panel "Under the hood".
    pub has_panel: bool,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos_options.clone()
    }
}

impl FromRef<AppState> for Backend {
    fn from_ref(state: &AppState) -> Self {
        state.backend.clone()
    }
}
