use leptos::prelude::*;

/// The name and the logo of the game, linked to the home page.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
                <path class="brand-x" d="M3 3 10 10M10 3 3 10" />
                <path class="brand-o" d="M17.5 13.5a4 4 0 1 1 0 8 4 4 0 1 1 0-8" />
                <path class="brand-grid" d="M3 17.5h7M17.5 3v7" />
            </svg>
            "Tic-Tac-Toe"
        </a>
    }
}
