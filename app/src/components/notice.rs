use crate::error::AppError;
use leptos::prelude::*;

/// What went wrong last, as an alert. Its place is kept free, so that nothing jumps when it appears.
#[component]
pub fn Notice(#[prop(into)] error: Signal<Option<AppError>>) -> impl IntoView {
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
            }}
        </div>
    }
}
