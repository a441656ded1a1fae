use super::{ActionButton, Brand};
use crate::{api::FormAction, ids::PlayerName};
use leptos::prelude::*;

/// The top of every page: the way home, and who is logged in.
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
