use super::game_state::GameState;
use crate::{
    api::FormAction,
    components::{Answers, CopyLink},
    ids::{GameId, PlayerName},
    part::{IntoPart, Part},
    view_model::{GameView, Perspective, Status},
};
use leptos::prelude::*;

/// What there is to do beside the board.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Go home: there is no game any more.
    Leave,
    /// The visitor may be one of the players.
    LogIn,
    /// Somebody else's game.
    Watch,
    /// The host waits for the opponent to accept.
    AwaitAnswer,
    /// The opponent accepts or declines.
    Answer,
    /// It is all on the board.
    Play,
    /// The game is over.
    PlayAgain,
}

fn step(game: &GameView, viewer: Option<&PlayerName>) -> Step {
    let perspective = Perspective::new(game, viewer);
    match (game.status, perspective.mark()) {
        (_, None) if viewer.is_none() => Step::LogIn,
        (_, None) => Step::Watch,
        (Status::Pending, _) if perspective.is_opponent() => Step::Answer,
        (Status::Pending, _) => Step::AwaitAnswer,
        (Status::InProgress, _) => Step::Play,
        (Status::Finished, _) => Step::PlayAgain,
    }
}

/// What the viewer can do about the game, other than to play on its board.
#[component]
pub(super) fn NextSteps(
    state: GameState,
    answers: Answers,
    invite: FormAction,
    viewer: Option<PlayerName>,
    opponent_has_account: bool,
) -> impl IntoView {
    let (game_id, other) = state.game.with_untracked(|game| {
        let summary = game.summary();
        let other = viewer.as_ref().map(|viewer| summary.other_player(viewer));
        (game.game_id, other.unwrap_or(&game.opponent).to_string())
    });
    let step = Memo::new(move |_| {
        if state.gone.get() {
            Step::Leave
        } else {
            state.game.with(|game| step(game, viewer.as_ref()))
        }
    });
    view! {
        <div class="next">
            {move || match step.get() {
                Step::Leave => {
                    view! {
                        <a class="button" href="/">
                            "Go to your games"
                        </a>
                    }
                        .into_part()
                }
                Step::LogIn => {
                    view! {
                        <p>"You are watching. If this is your game, log in to join it."</p>
                        <a class="button" href=format!("/?next=/games/{game_id}")>
                            "Log in to play"
                        </a>
                    }
                        .into_part()
                }
                Step::Watch => {
                    view! {
                        <p>"You are watching: the board follows every move."</p>
                        <CopyLink />
                    }
                        .into_part()
                }
                Step::AwaitAnswer => await_answer(game_id, &other, opponent_has_account, answers),
                Step::Answer => {
                    view! {
                        <p>{format!("Do you want to play against {other}?")}</p>
                        <div class="buttons">{answers.to_invitation(game_id)}</div>
                    }
                        .into_part()
                }
                Step::Play => view! { <CopyLink /> }.into_part(),
                Step::PlayAgain => play_again(&other, invite),
            }}
        </div>
    }
}

/// What the host reads while the invitation waits.
fn await_answer(
    game_id: GameId,
    other: &str,
    opponent_has_account: bool,
    answers: Answers,
) -> Part {
    let sentence = if opponent_has_account {
        format!("{other} finds the invitation on the home page. You can also send the link.")
    } else {
        format!(
            "There is no player called {other} yet. The invitation waits 14 days for whoever \
             registers that name: send your friend the link."
        )
    };
    view! {
        <p>{sentence}</p>
        <div class="buttons">
            {answers.to_sent(game_id)}
            <CopyLink />
        </div>
    }
    .into_part()
}

/// A new game against the same player. It is theirs to accept, like any other.
fn play_again(other: &str, invite: FormAction) -> Part {
    let other = other.to_owned();
    view! {
        <div class="buttons">
            <form method="post" action=invite.path() on:submit=invite.on_submit()>
                <input type="hidden" name="opponent" value=other />
                <button type="submit" class="button" disabled=move || invite.pending().get()>
                    "Rematch"
                </button>
            </form>
            <a class="button quiet" href="/">
                "Your games"
            </a>
        </div>
    }
    .into_part()
}
