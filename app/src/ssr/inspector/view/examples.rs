//! The guide's live examples.

use super::requests::all_open;
use crate::ssr::inspector::{Entry, examples::Example};
use leptos::prelude::*;

/// The box that runs an example.
pub fn try_it(example: Example) -> impl IntoView {
    let id = format!("answer-{}", example.as_str());
    view! {
        <div class="try">
            <form method="post" action="/guide/run" data-into=id.clone()>
                <input type="hidden" name="example" value=example.as_str() />
                <button type="submit" class="button">"Run it"</button>
                <p>{example.promise()}</p>
            </form>
            <div class="try-answer" id=id aria-live="polite"></div>
        </div>
    }
}

/// What an example asked, and what the database answered.
pub fn example(entries: &[Entry]) -> impl IntoView + use<> {
    view! { <ol class="requests">{all_open(entries)}</ol> }
}
