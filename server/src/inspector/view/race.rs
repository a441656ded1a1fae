//! The form of a race and its result.

use super::closed_requests;
use crate::inspector::race::{ATTEMPTS, Race};
use domain::{ids::PlayerName, rules::Square, status::Status, views::GameView};
use leptos::prelude::*;

/// The default number of attempts.
const DEFAULT_ATTEMPTS: usize = 10;

/// The form of a race, or a hint if the viewer has no move or acceptance to make.
#[must_use]
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
                                    view! {
                                        <option value=square
                                            .attribute_name()>{square.label()}</option>
                                    }
                                })
                                .collect_view()}
                        </select>
                    </label>
                    " "
                }
            });
            let label = if choice.is_some() { "Race this move" } else { "Race the acceptance" };
            view! {
                <form
                    class="race-form"
                    method="post"
                    action="/inspector/race"
                    data-into="race-result"
                >
                    <input type="hidden" name="game_id" value=game_id />
                    {choice}
                    <label>
                        "Times "
                        <input
                            type="number"
                            name="times"
                            value=DEFAULT_ATTEMPTS.to_string()
                            min=ATTEMPTS.start().to_string()
                            max=ATTEMPTS.end().to_string()
                        />
                    </label>
                    " "
                    <button type="submit" class="button" id="race-button">
                        {label}
                    </button>
                </form>
            }
                .into_any()
        }
    }
}

/// The result of a race.
#[must_use]
pub fn race_result(race: &Race) -> impl IntoView + use<> {
    let (succeeded, rejected) = (race.successes(), race.rejections());
    let unanswered = match race.entries.len() - succeeded - rejected {
        0 => String::new(),
        some => format!(", {some} got no answer"),
    };
    let sentence = format!(
        "{}: {succeeded} succeeded, {rejected} rejected{unanswered}.",
        race.title
    );
    view! {
        <p role="status">{sentence}</p>
        <ol class="requests">{closed_requests(&race.entries)}</ol>
    }
}
