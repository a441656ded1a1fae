use crate::{api::FormAction, ids::GameId};
use leptos::prelude::*;

/// Invites a player by name.
#[component]
pub fn InviteForm(
    invite: FormAction,
    /// The id of the game to be: sending the form twice invites once.
    game_id: RwSignal<GameId>,
    /// Whether the last answer found fault with the name.
    invalid: Memo<bool>,
) -> impl IntoView {
    view! {
        <form method="post" action=invite.path() on:submit=invite.on_submit()>
            <div class="invite">
                <input type="hidden" name="game_id" value=move || game_id.get().to_string() />
                <label for="opponent">"Opponent"</label>
                <input
                    id="opponent"
                    name="opponent"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby="opponent-hint"
                    aria-invalid=move || invalid.get().then_some("true")
                />
                <button type="submit" class="button" disabled=move || invite.pending().get()>
                    "Invite"
                </button>
                <p class="hint" id="opponent-hint">
                    "Anybody’s player name. Who has no account yet can register it and find the invitation."
                </p>
            </div>
        </form>
    }
}
