use super::failure::{Failure, FailurePage};
use crate::{api::load_viewer, error::AppError};
use leptos::prelude::*;

/// The page for every address that there is nothing at.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let viewer = Resource::new(|| (), |()| async { load_viewer().await.ok().flatten() });
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let failure = Failure {
                    error: AppError::NotFound,
                    viewer: viewer.await,
                };
                view! { <FailurePage failure address="/" on_retry=Callback::new(|()| ()) /> }
            })}
        </Transition>
    }
}
