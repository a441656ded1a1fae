use super::Moment;
use crate::{part::IntoPart, view_model::GameView};
use leptos::prelude::*;

/// The facts of a game, as the table has them.
#[component]
pub fn Details(game: RwSignal<GameView>) -> impl IntoView {
    let game_id = game.with_untracked(|game| game.game_id.to_string());
    let status = move || game.with(|game| game.status.as_str());
    let turn = move || {
        game.with(|game| {
            (game.turn.as_ref()).map_or_else(|| "nobody’s".to_owned(), ToString::to_string)
        })
    };
    let last_move = move || {
        game.with(|game| {
            let square = game.moves.as_ref()?.last()?;
            let mark = game.board.get(square)?;
            Some([mark.as_str(), " on ", square.words()].concat())
        })
        .unwrap_or_else(|| "none known".to_owned())
    };
    let since = Memo::new(move |_| game.with(|game| game.updated_at.clone()));
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
                    <dt>"Since"</dt>
                    <dd>{move || view! { <Moment at=since.get() /> }.into_part()}</dd>
                </div>
                <div>
                    <dt>"Game id"</dt>
                    <dd class="game-id">{game_id}</dd>
                </div>
            </dl>
        </section>
    }
    .into_part()
}
