use super::{ActionButton, Brand};
use crate::lean::FormAction;
use domain::ids::PlayerName;
use leptos::prelude::*;

/// The header of every page: the link home, the logged-in player and the button "Log out".
#[component]
pub fn Header(viewer: Option<PlayerName>, log_out: FormAction) -> impl IntoView {
    view! {
        <header class="header">
            <Brand />
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
