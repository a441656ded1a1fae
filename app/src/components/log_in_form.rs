use crate::api::{CreateAccount, LogIn};
use leptos::{ev, html, prelude::*, server_fn::ServerFn};

/// What a visitor typed.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// As typed; the server makes a player name of it.
    pub name: String,
    /// As typed.
    pub password: String,
}

/// One form for people who come back and for new ones: the button decides. Without JavaScript it
/// posts to the server function of the button that was pressed.
#[component]
pub fn LogInForm(
    /// The page that asked for the log-in, if one did.
    #[prop(into)]
    next: Signal<Option<String>>,
    /// The field that the last answer found fault with, as the API names it.
    #[prop(into)]
    invalid: Signal<Option<String>>,
    /// Whether an answer is awaited.
    #[prop(into)]
    busy: Signal<bool>,
    on_log_in: Callback<Credentials>,
    on_create: Callback<Credentials>,
) -> impl IntoView {
    let name = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    // Enter in a field presses the first button, so presses are all that is to be listened for.
    let press = move |callback: Callback<Credentials>| {
        move |event: ev::MouseEvent| {
            event.prevent_default();
            if let (Some(name), Some(password), false) = (name.get(), password.get(), busy.get()) {
                callback.run(Credentials {
                    name: name.value(),
                    password: password.value(),
                });
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
        <form class="log-in" method="post" action=LogIn::url()>
            {move || {
                next.get().map(|next| view! { <input type="hidden" name="next" value=next /> })
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
                    node_ref=name
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
                    node_ref=password
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
                    on:click=press(on_log_in)
                >
                    "Log in"
                </button>
                <button
                    type="submit"
                    class="button quiet"
                    formaction=CreateAccount::url()
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=press(on_create)
                >
                    "Create account"
                </button>
            </div>
        </form>
    }
}
