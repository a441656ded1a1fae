use super::{browser, effect};
use crate::part::IntoPart;
use leptos::prelude::*;

/// A button that copies the page's address, where the browser lets it.
#[component]
pub fn CopyLink() -> impl IntoView {
    let offered = RwSignal::new(false);
    let copied = RwSignal::new(false);
    effect(move |_| offered.set(browser::can_copy()));
    let copy = move |_| {
        browser::copy_address();
        copied.set(true);
    };
    view! {
        {move || {
            offered
                .get()
                .then(|| {
                    view! {
                        <button type="button" class="button quiet" on:click=copy>
                            {move || if copied.get() { "Link copied" } else { "Copy link" }}
                        </button>
                    }
                })
                .into_part()
        }}
    }
}
