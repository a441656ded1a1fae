use super::page::{Subject, page};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/games/{game_id}`: a game, for its players and for anybody who has the link.
#[component]
pub fn GamePage() -> impl IntoView {
    let params = use_params_map();
    page(Memo::new(move |_| {
        let game_id = params.with(|params| params.get("game_id"));
        Subject::Game(game_id.unwrap_or_default())
    }))
}
