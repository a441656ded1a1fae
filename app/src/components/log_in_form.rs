use crate::{api::FormAction, part::IntoPart};
use leptos::{ev, prelude::*};

/// One form for people who come back and for new ones: the button decides. Without JavaScript it
/// posts to the server function of the button that was pressed.
#[component]
pub fn LogInForm(
    log_in: FormAction,
    create: FormAction,
    /// The page that asked for the log-in, if one did.
    next: Memo<Option<String>>,
    /// The field that the last answer found fault with, as the API names it.
    invalid: Memo<Option<String>>,
    /// Whether an answer is awaited.
    busy: Memo<bool>,
) -> impl IntoView {
    // Enter in a field presses the first button, so presses are all that is to be listened for.
    let press = move |action: FormAction| {
        move |event: ev::MouseEvent| {
            event.prevent_default();
            if !busy.get_untracked() {
                action.send_form_around(&event);
            }
        }
    };
    let is_invalid = move |field| {
        move || {
            invalid
                .with(|at| at.as_deref() == Some(field))
                .then_some("true")
        }
    };
    view! {
        <form class="log-in" method="post" action=log_in.path()>
            {move || {
                next.get()
                    .map(|next| view! { <input type="hidden" name="next" value=next /> })
                    .into_part()
            }}
            <div class="field">
                <label for="name">"Player name"</label>
                <input
                    id="name"
                    name="name"
                    type="text"
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby="name-hint"
                    aria-invalid=is_invalid("name")
                />
                <p class="hint" id="name-hint">
                    "2 to 20 letters, digits, - and _"
                </p>
            </div>
            <div class="field">
                <label for="password">"Password"</label>
                <input
                    id="password"
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    aria-describedby="password-hint"
                    aria-invalid=is_invalid("password")
                />
                <p class="hint" id="password-hint">
                    "At least 8 characters"
                </p>
            </div>
            <div class="buttons">
                <button
                    type="submit"
                    class="button"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=press(log_in)
                >
                    "Log in"
                </button>
                <button
                    type="submit"
                    class="button quiet"
                    formaction=create.path()
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=press(create)
                >
                    "Create account"
                </button>
            </div>
        </form>
    }
}
