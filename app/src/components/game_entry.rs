use super::{ActionButton, Moment};
use crate::{
    api::FormAction,
    ids::{GameId, PlayerName},
    part::IntoPart,
    view_model::{GameResult, GameSummary, ListName},
};
use leptos::prelude::*;

/// The answers to an invitation: the page's actions, which its entries share.
#[derive(Clone, Copy)]
pub struct Answers {
    /// The invited player takes it.
    pub accept: FormAction,
    /// The invited player turns it down.
    pub decline: FormAction,
    /// The host takes it back.
    pub cancel: FormAction,
}

impl Answers {
    /// The two buttons of who is invited.
    pub fn to_invitation(self, game_id: GameId) -> impl IntoView {
        view! {
            <ActionButton action=self.accept game_id label="Accept" class="button" />
            <ActionButton action=self.decline game_id label="Decline" class="button quiet" />
        }
    }

    /// The button of who has invited.
    pub fn to_sent(self, game_id: GameId) -> impl IntoView {
        view! { <ActionButton action=self.cancel game_id label="Cancel" class="button quiet" /> }
    }
}

/// A game in one of the player's lists.
#[component]
pub fn GameEntry(
    game: GameSummary,
    list: ListName,
    viewer: PlayerName,
    /// Whether it waits for the viewer's move.
    my_turn: Memo<bool>,
    answers: Answers,
) -> impl IntoView {
    let GameSummary {
        game_id, result, ..
    } = &game;
    let game_id = *game_id;
    let other = game.other_player(&viewer).to_string();
    // Also of a game that an older application has left in progress although it is over.
    let badge = match result {
        Some(GameResult::Won(winner)) if *winner == viewer => Some(("badge win", "Win")),
        Some(GameResult::Won(_)) => Some(("badge loss", "Loss")),
        Some(GameResult::Tie) => Some(("badge draw", "Draw")),
        None => None,
    };
    let badge = move || {
        let turn = || my_turn.get().then_some(("badge turn", "Your turn"));
        badge
            .or_else(turn)
            .map(|(class, text)| view! { <span class=class>{text}</span> })
            .into_part()
    };
    let buttons = match list {
        ListName::Invitations => Some(answers.to_invitation(game_id).into_part()),
        ListName::Outgoing => Some(answers.to_sent(game_id).into_part()),
        ListName::InProgress | ListName::Finished => None,
    };
    view! {
        <li class="entry" class:mine=my_turn>
            <span class="entry-name">{other.clone()}</span>
            " "
            {badge}
            " "
            <Moment at=game.updated_at />
            <span class="entry-actions">
                {buttons}
                <a
                    class="button quiet"
                    id=entry_id(game_id)
                    href=format!("/games/{game_id}")
                    aria-label=format!("Open game against {other}")
                >
                    "Open"
                </a>
            </span>
        </li>
    }
}

/// The id of the element that opens a game from a list.
pub(crate) fn entry_id(game_id: GameId) -> String {
    format!("open-{game_id}")
}
