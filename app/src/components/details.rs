use super::Moment;
use crate::lean::IntoErased;
use domain::views::GameView;
use leptos::prelude::*;

/// The details of a game, from its item in the table.
#[component]
pub fn Details(game: RwSignal<GameView>) -> impl IntoView {
    let game_id = game.with_untracked(|game| game.game_id.to_string());
    let status = move || game.with(|game| game.status.as_str());
    let turn = move || {
        game.with(|game| (game.turn.as_ref()).map_or_else(|| "–".to_owned(), ToString::to_string))
    };
    let last_move = move || {
        game.with(|game| {
            let square = game.moves.as_ref()?.last()?;
            let mark = game.board.get(square)?;
            Some([mark.as_str(), " on ", square.label()].concat())
        })
        .unwrap_or_else(|| "–".to_owned())
    };
    let updated_at = Memo::new(move |_| game.with(|game| game.updated_at.clone()));
    view! {
        <section class="details" aria-labelledby="details-title">
            <h2 id="details-title">"Details"</h2>
            <dl>
                <div>
                    <dt>"Status"</dt>
                    <dd>{status}</dd>
                </div>
                <div>
                    <dt>"Turn"</dt>
                    <dd>{turn}</dd>
                </div>
                <div>
                    <dt>"Last move"</dt>
                    <dd>{last_move}</dd>
                </div>
                <div>
                    <dt>"Status since"</dt>
                    <dd>{move || view! { <Moment at=updated_at.get() /> }.into_erased()}</dd>
                </div>
                <div>
                    <dt>"Game id"</dt>
                    <dd class="game-id">{game_id}</dd>
                </div>
            </dl>
        </section>
    }
    .into_erased()
}
