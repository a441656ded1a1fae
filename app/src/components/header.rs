use super::{ActionButton, Brand};
use crate::{lean::FormAction, return_page::ACCOUNT_PATH};
use domain::ids::PlayerName;
use leptos::prelude::*;

/// The header of every page: the link home, the logged-in player, the link "Account" and the button "Log out".
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
                            <a href=ACCOUNT_PATH rel="external">
                                "Account"
                            </a>
                            <ActionButton action=log_out label="Log out" class="button quiet" />
                        </div>
                    }
                })}
        </header>
    }
}
