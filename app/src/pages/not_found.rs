use super::page::{Subject, page};
use leptos::prelude::*;

/// The page for every address that there is nothing at.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    page(Memo::new(|_| Subject::Nothing))
}
