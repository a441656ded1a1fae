use super::page::page;
use crate::api::ActionError;
use domain::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The data of a missing page. It has no values, because loading always fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum NoData {}

/// The page for unknown paths, with the status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    page(
        Memo::new(|_| ()),
        |()| async { Err::<NoData, _>(ActionError(AppError::NotFound)) },
        |()| "/".to_owned(),
        |data, _| match data {},
    )
}
