use super::{ActionButton, Moment};
use crate::lean::{FormAction, IntoErased};
use domain::{
    ids::{GameId, PlayerName},
    lists::ListName,
    status::GameResult,
    views::GameSummary,
};
use leptos::prelude::*;

/// The actions on a pending invitation. A page creates them once and shares them among its entries.
#[derive(Clone, Copy, Debug)]
pub struct InvitationActions {
    /// Accepts the invitation, for the invited player.
    pub accept: FormAction,
    /// Declines the invitation, for the invited player.
    pub decline: FormAction,
    /// Cancels the invitation, for the host.
    pub cancel: FormAction,
}

impl InvitationActions {
    /// The buttons "Accept" and "Decline" for the invited player.
    #[must_use]
    pub fn invited_buttons(self, game_id: GameId) -> impl IntoView {
        view! {
            <ActionButton action=self.accept game_id label="Accept" class="button" />
            <ActionButton action=self.decline game_id label="Decline" class="button quiet" />
        }
    }

    /// The button "Cancel" for the host.
    #[must_use]
    pub fn host_buttons(self, game_id: GameId) -> impl IntoView {
        view! { <ActionButton action=self.cancel game_id label="Cancel" class="button quiet" /> }
    }
}

/// A game in one of the player's lists.
#[component]
pub fn GameEntry(
    game: GameSummary,
    list: ListName,
    viewer: PlayerName,
    /// True while it is the viewer's turn.
    my_turn: Memo<bool>,
    actions: InvitationActions,
) -> impl IntoView {
    let GameSummary {
        game_id, result, ..
    } = &game;
    let game_id = *game_id;
    let other = game.players().other_than(&viewer).to_string();
    // A game of an older application may have a result but still be listed as in progress.
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
            .into_erased()
    };
    let buttons = match list {
        ListName::Invitations => Some(actions.invited_buttons(game_id).into_erased()),
        ListName::Outgoing => Some(actions.host_buttons(game_id).into_erased()),
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
                    href=game_id.path()
                    aria-label=format!("Open game against {other}")
                >
                    "Open"
                </a>
            </span>
        </li>
    }
}

/// The HTML id of the link that opens a game from a list.
pub(crate) fn entry_id(game_id: GameId) -> String {
    format!("open-{game_id}")
}
