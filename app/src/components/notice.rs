use crate::{error::AppError, part::IntoPart};
use leptos::prelude::*;

/// What went wrong last, as an alert. Its place is kept free, so that nothing jumps when it appears.
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
                    .into_part()
            }}
        </div>
    }
}
