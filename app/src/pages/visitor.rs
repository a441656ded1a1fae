use super::form_actions::{form_action, on_success, report};
use crate::{
    api::{CreateAccount, LogIn, LogOut},
    components::{Header, LogInForm, Notice},
    return_page::ReturnPage,
};
use domain::error::AppError;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The home page of a visitor who is not logged in.
#[component]
pub(super) fn Visitor(reload: Callback<()>) -> impl IntoView {
    let log_in = form_action::<LogIn>();
    let create = form_action::<CreateAccount>();
    let log_out = form_action::<LogOut>();
    let notice = RwSignal::new(None);
    report(log_in, notice);
    report(create, notice);

    let query = use_query_map();
    let next = Memo::new(move |_| query.with(|query| query.get("next")));
    // The server redirects to the page in `next`. Otherwise it redirects to this page, which must be reloaded
    // to show the player's lists.
    let on_log_in = move || {
        if !next.with_untracked(|next| next.as_deref().and_then(ReturnPage::from_path).is_some()) {
            reload.run(());
        }
    };
    on_success(log_in, on_log_in);
    on_success(create, on_log_in);

    let (pending, creating) = (log_in.pending(), create.pending());
    let busy = Memo::new(move |_| pending.get() || creating.get());
    let invalid = Memo::new(move |_| {
        notice.with(|notice| match notice {
            Some(AppError::InvalidRequest { field, .. }) => Some(field.clone()),
            _ => None,
        })
    });
    view! {
        <Title text="Log in" />
        <Header viewer=None log_out />
        <main class="page visitor">
            <div class="welcome">
                <h1 class="title" tabindex="-1">
                    "Tic-Tac-Toe"
                </h1>
                <p>"Invite a friend by name and play live, wherever you both are."</p>
            </div>
            <div class="card">
                <Notice error=notice />
                <LogInForm log_in create next invalid busy />
            </div>
        </main>
    }
}
