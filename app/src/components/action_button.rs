use crate::lean::{FormAction, IntoErased};
use domain::ids::GameId;
use leptos::prelude::*;

/// A button in a form of its own, so that it works without JavaScript.
#[component]
pub fn ActionButton(
    action: FormAction,
    /// The game that the action applies to, if any.
    #[prop(optional)]
    game_id: Option<GameId>,
    label: &'static str,
    class: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=action.path() on:submit=action.on_submit()>
            {game_id
                .map(|id| view! { <input type="hidden" name="game_id" value=id.to_string() /> })
                .into_erased()}
            <button type="submit" class=class disabled=move || action.pending().get()>
                {label}
            </button>
        </form>
    }
}
