use crate::lean::FormAction;
use domain::ids::GameId;
use leptos::prelude::*;

/// The form that invites a player by name.
#[component]
pub fn InviteForm(
    invite: FormAction,
    /// The id of the new game. It makes the form idempotent: submitting it twice creates one game.
    game_id: RwSignal<GameId>,
    /// True if the server rejected the name.
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
                    "Any player name. If nobody has it yet, the invitation waits for whoever registers it."
                </p>
            </div>
        </form>
    }
}
