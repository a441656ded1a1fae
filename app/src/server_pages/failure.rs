use super::{PageRequest, document};
use crate::components::FailureMessage;
use domain::error::AppError;
use leptos::prelude::*;

/// The page in place of one whose data failed to load. `address` is the path of that page.
#[must_use]
pub fn failure(request: PageRequest, error: AppError, address: &str) -> String {
    let title = if error.status() == 404 {
        "Not found"
    } else {
        "Something went wrong"
    };
    document(request, title, || {
        view! {
            <main class="page failure">
                // Without hydration, the button "Try again" is a plain form.
                <FailureMessage error address on_retry=Callback::new(|()| ()) />
            </main>
        }
    })
}
