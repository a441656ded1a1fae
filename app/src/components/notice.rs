use crate::lean::IntoErased;
use domain::error::AppError;
use leptos::prelude::*;

/// The last error as an alert. The layout reserves its space, so that nothing moves when it appears.
#[component]
pub fn Notice(error: RwSignal<Option<AppError>>) -> impl IntoView {
    view! {
        <div class="notice-place">
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <p class="notice" role="alert">
                                {error.to_string()}
                            </p>
                        }
                    })
                    .into_erased()
            }}
        </div>
    }
}
