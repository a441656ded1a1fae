//! The guide's runnable examples.

use super::requests::open_requests;
use crate::inspector::{
    capture::{Entry, pattern::Pattern},
    examples::description,
};
use leptos::prelude::*;

/// The form that runs an example.
#[must_use]
pub fn example_form(pattern: Pattern) -> impl IntoView {
    let id = format!("answer-{}", pattern.as_str());
    view! {
        <div class="try">
            <form method="post" action="/guide/run" data-into=id.clone()>
                <input type="hidden" name="example" value=pattern.as_str() />
                <button type="submit" class="button">
                    "Run it"
                </button>
                <p>{description(pattern)}</p>
            </form>
            <div class="try-answer" id=id aria-live="polite"></div>
        </div>
    }
}

/// The requests of an example and the responses.
#[must_use]
pub fn example_result(entries: &[Entry]) -> impl IntoView + use<> {
    view! { <ol class="requests">{open_requests(entries)}</ol> }
}
