use super::game_state::GameState;
use crate::{
    components::{CopyLink, InvitationActions},
    lean::{ErasedView, FormAction, IntoErased},
    return_page::ReturnPage,
};
use domain::{
    ids::{GameId, PlayerName},
    status::Status,
    views::{GameView, Perspective},
};
use leptos::prelude::*;

/// The next step for the viewer, besides playing on the board.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Leave the page, because the game was deleted.
    Leave,
    /// Log in, because the visitor may be one of the players.
    LogIn,
    /// Watch the game of other players.
    Watch,
    /// Wait until the opponent accepts, or cancel the invitation.
    AwaitAcceptance,
    /// Accept or decline the invitation.
    AnswerInvitation,
    /// Play on the board.
    Play,
    /// Start a rematch of the finished game.
    Rematch,
}

fn step(game: &GameView, viewer: Option<&PlayerName>) -> Step {
    let perspective = Perspective::new(game, viewer);
    match (game.status, perspective.mark()) {
        (_, None) if viewer.is_none() => Step::LogIn,
        (_, None) => Step::Watch,
        (Status::Pending, _) if perspective.is_opponent() => Step::AnswerInvitation,
        (Status::Pending, _) => Step::AwaitAcceptance,
        (Status::InProgress, _) => Step::Play,
        (Status::Finished, _) => Step::Rematch,
    }
}

/// The viewer's next step as a sentence with buttons.
#[component]
pub(super) fn NextSteps(
    state: GameState,
    actions: InvitationActions,
    invite: FormAction,
    viewer: Option<PlayerName>,
    opponent_has_account: bool,
) -> impl IntoView {
    let (game_id, other) = state.game.with_untracked(|game| {
        let players = game.players();
        let other = viewer.as_ref().map(|viewer| players.other_than(viewer));
        (game.game_id, other.unwrap_or(&players.opponent).to_string())
    });
    let step = Memo::new(move |_| {
        if state.deleted.get() {
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
                        .into_erased()
                }
                Step::LogIn => {
                    view! {
                        <p>
                            "You are watching this game. If you are one of its players, log in to play."
                        </p>
                        <a class="button" href=ReturnPage::Game(game_id).log_in_address()>
                            "Log in to play"
                        </a>
                    }
                        .into_erased()
                }
                Step::Watch => {
                    view! {
                        <p>"You are watching this game live."</p>
                        <CopyLink />
                    }
                        .into_erased()
                }
                Step::AwaitAcceptance => {
                    await_acceptance(game_id, &other, opponent_has_account, actions)
                }
                Step::AnswerInvitation => {
                    view! {
                        <p>{format!("{other} wants to play against you.")}</p>
                        <div class="buttons">{actions.invited_buttons(game_id)}</div>
                    }
                        .into_erased()
                }
                Step::Play => view! { <CopyLink /> }.into_erased(),
                Step::Rematch => rematch(&other, invite),
            }}
        </div>
    }
}

/// The host's view while the invitation is pending.
fn await_acceptance(
    game_id: GameId,
    other: &str,
    opponent_has_account: bool,
    actions: InvitationActions,
) -> ErasedView {
    let sentence = if opponent_has_account {
        format!("{other} will see the invitation on the home page. You can also send the link.")
    } else {
        format!(
            "No player is called {other} yet. Send your friend the link: the invitation waits 14 days \
             for whoever registers that name."
        )
    };
    view! {
        <p>{sentence}</p>
        <div class="buttons">{actions.host_buttons(game_id)} <CopyLink /></div>
    }
    .into_erased()
}

/// The form that invites the same player again. The other player must accept, as for any game.
fn rematch(other: &str, invite: FormAction) -> ErasedView {
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
    .into_erased()
}
