use super::outcome::{form_action, on_success, report};
use crate::{
    api::{CreateAccount, LogIn, LogOut},
    components::{Header, LogInForm, Notice},
    error::AppError,
    ids::GameId,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The home page of somebody who is not logged in.
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
    // The server sends the browser to the game that asked for the log-in, and otherwise to this very
    // page, which then has other things to show.
    let arrive = move || {
        if !next.with_untracked(|next| next.as_deref().is_some_and(is_game)) {
            reload.run(());
        }
    };
    on_success(log_in, arrive);
    on_success(create, arrive);

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
                <p>"Invite a friend by name and play, wherever the two of you are."</p>
            </div>
            <div class="card">
                <Notice error=notice />
                <LogInForm log_in create next invalid busy />
            </div>
        </main>
    }
}

/// Whether the server takes a path for the page of a game.
fn is_game(path: &str) -> bool {
    path.strip_prefix("/games/")
        .is_some_and(|id| id.parse::<GameId>().is_ok())
}
