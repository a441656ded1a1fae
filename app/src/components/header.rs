use super::ActionButton;
use crate::{api::FormAction, ids::PlayerName};
use leptos::prelude::*;

/// The top of every page: the way home, and who is logged in.
#[component]
pub fn Header(viewer: Option<PlayerName>, log_out: FormAction) -> impl IntoView {
    view! {
        <header class="header">
            <a class="brand" href="/">
                <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
                    <path class="brand-x" d="M3 3 10 10M10 3 3 10" />
                    <path class="brand-o" d="M17.5 13.5a4 4 0 1 1 0 8 4 4 0 1 1 0-8" />
                    <path class="brand-grid" d="M3 17.5h7M17.5 3v7" />
                </svg>
                "Tic-Tac-Toe"
            </a>
            {viewer
                .map(|viewer| {
                    view! {
                        <div class="session">
                            <span class="session-name">{viewer.to_string()}</span>
                            <ActionButton action=log_out label="Log out" class="button quiet" />
                        </div>
                    }
                })}
        </header>
    }
}
