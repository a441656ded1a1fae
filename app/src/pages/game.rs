use super::{game_screen::GameScreen, page::page};
use crate::{api::load_game, lean::IntoErased};
use leptos::prelude::*;
use leptos_router::{hooks::use_location, hooks::use_params_map};

/// The page `/games/{game_id}`: a game, for its players and for watchers with the link.
#[component]
pub fn GamePage() -> impl IntoView {
    let params = use_params_map();
    page(
        Memo::new(move |_| {
            let game_id = params.with(|params| params.get("game_id"));
            game_id.unwrap_or_default()
        }),
        load_game,
        |_| use_location().pathname.get_untracked(),
        |page, _| view! { <GameScreen page /> }.into_erased(),
    )
}
