use super::browser;
use crate::lean::IntoErased;
use leptos::prelude::*;

/// A button that copies the page's URL, in browsers that allow it.
#[component]
pub fn CopyLink() -> impl IntoView {
    let is_available = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move |_| is_available.set(browser::can_copy()));
    let copy = move |_| {
        browser::copy_address();
        copied.set(true);
    };
    view! {
        {move || {
            is_available
                .get()
                .then(|| {
                    view! {
                        <button type="button" class="button quiet" on:click=copy>
                            {move || if copied.get() { "Link copied" } else { "Copy link" }}
                        </button>
                    }
                })
                .into_erased()
        }}
    }
}
