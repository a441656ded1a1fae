//! The race: the form that begins one, and what came of it.

use super::closed_requests;
use crate::{
    game::Square,
    ids::PlayerName,
    ssr::inspector::race::{Race, TIMES},
    view_model::{GameView, Status},
};
use leptos::prelude::*;

/// So often unless told otherwise.
const USUAL: usize = 10;

/// The form, or when there is nothing to race for.
pub fn race_form(game: &GameView, viewer: Option<&PlayerName>) -> impl IntoView + use<> {
    let is_mine = game.turn.as_ref().is_some_and(|turn| Some(turn) == viewer);
    let is_invited = viewer == Some(&game.opponent);
    let squares: Option<Vec<Square>> = match game.status {
        Status::InProgress if is_mine => {
            let is_free = |square: &Square| !game.board.contains_key(square);
            Some(Square::ALL.into_iter().filter(is_free).collect())
        }
        Status::Pending if is_invited => Some(Vec::new()),
        _ => None,
    };
    let game_id = game.game_id.to_string();
    match squares {
        None => view! { <p>"When it is your turn, you can send one move many times at once from here."</p> }.into_any(),
        Some(squares) => {
            let choice = (!squares.is_empty()).then(|| {
                view! {
                    <label>
                        "Square "
                        <select name="square">
                            {squares
                                .into_iter()
                                .map(|square| {
                                    view! { <option value=square.attribute_name()>{square.words()}</option> }
                                })
                                .collect_view()}
                        </select>
                    </label>
                    " "
                }
            });
            let label = if choice.is_some() { "Race this move" } else { "Race the acceptance" };
            view! {
                <form class="race-form" method="post" action="/inspector/race" data-into="race-result">
                    <input type="hidden" name="game_id" value=game_id />
                    {choice}
                    <label>
                        "Times "
                        <input
                            type="number"
                            name="times"
                            value=USUAL.to_string()
                            min=TIMES.start().to_string()
                            max=TIMES.end().to_string()
                        />
                    </label>
                    " "
                    <button type="submit" class="button" id="race-button">{label}</button>
                </form>
            }
                .into_any()
        }
    }
}

/// What came of a race.
pub fn race_result(race: &Race) -> impl IntoView + use<> {
    let (made, refused) = (race.successes(), race.refusals());
    let unanswered = race.entries.len() - made - refused;
    let made = match made {
        1 => "1 was made".to_owned(),
        others => format!("{others} were told to be made"),
    };
    let unanswered = match unanswered {
        0 => String::new(),
        some => format!(", {some} got no answer"),
    };
    let sentence = format!("{}: {made}, {refused} refused{unanswered}.", race.what);
    view! {
        <p role="status">{sentence}</p>
        <ol class="requests">{closed_requests(&race.entries)}</ol>
    }
}
