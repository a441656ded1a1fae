use super::MarkDrawing;
use crate::lean::IntoErased;
use domain::{ids::PlayerName, rules::Mark, status::GameResult, views::GameView};
use leptos::prelude::*;

/// The two players with their marks. Highlights the player in turn and the winner.
#[component]
pub fn Players(game: RwSignal<GameView>, viewer: Option<PlayerName>) -> impl IntoView {
    let player = move |name: PlayerName, mark: Mark| {
        let is_viewer = viewer.as_ref() == Some(&name);
        let note = match (mark, is_viewer) {
            (Mark::X, true) => "plays X · you",
            (Mark::X, false) => "plays X",
            (Mark::O, true) => "plays O · you",
            (Mark::O, false) => "plays O",
        };
        let in_turn = {
            let name = name.clone();
            move || game.with(|game| game.turn.as_ref() == Some(&name))
        };
        let has_won = {
            let name = name.clone();
            move || {
                game.with(
                    |game| matches!(&game.result, Some(GameResult::Won(winner)) if *winner == name),
                )
            }
        };
        view! {
            <li class="player" class:in-turn=in_turn class:winner=has_won>
                <MarkDrawing mark />
                <span class="player-name">{name.to_string()}</span>
                " "
                <span class="player-note">{note}</span>
            </li>
        }
    };
    let (host, opponent) = game.with_untracked(|game| (game.host.clone(), game.opponent.clone()));
    view! {
        <ul class="players" role="list">
            {player(host, Mark::O)}
            {player(opponent, Mark::X)}
        </ul>
    }
    .into_erased()
}
