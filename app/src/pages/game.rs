use super::{
    failure::{Failure, FailurePage},
    game_screen::GameScreen,
};
use crate::{api::load_game, view_model::GamePageView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/games/{game_id}`: a game, for its players and for anybody who has the link.
#[component]
pub fn GamePage() -> impl IntoView {
    let params = use_params_map();
    let game_id = Memo::new(move |_| {
        let id = params.with(|params| params.get("game_id"));
        id.unwrap_or_default()
    });
    let page = Resource::new(move || game_id.get(), load);
    let retry = Callback::new(move |()| page.refetch());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <GameScreen page /> }.into_any(),
                    Err(failure) => {
                        let address = format!("/games/{}", game_id.get_untracked());
                        view! { <FailurePage failure address on_retry=retry /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

async fn load(game_id: String) -> Result<GamePageView, Failure> {
    match load_game(game_id).await {
        Ok(page) => Ok(page),
        Err(error) => Err(Failure::new(error).await),
    }
}
