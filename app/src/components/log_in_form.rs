use crate::lean::{FormAction, IntoErased};
use leptos::{ev, prelude::*};

/// A field of the form.
struct Field {
    /// The name in the API.
    name: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    label: &'static str,
    hint: &'static str,
    hint_id: &'static str,
}

const NAME: Field = Field {
    name: "name",
    kind: "text",
    autocomplete: "username",
    label: "Player name",
    hint: "2 to 20 characters: letters, digits, - and _",
    hint_id: "name-hint",
};

const PASSWORD: Field = Field {
    name: "password",
    kind: "password",
    autocomplete: "current-password",
    label: "Password",
    hint: "At least 8 characters",
    hint_id: "password-hint",
};

fn field(field: Field, invalid: Memo<Option<String>>) -> impl IntoView {
    let Field {
        name,
        kind,
        autocomplete,
        label,
        hint,
        hint_id,
    } = field;
    let is_invalid = move || {
        invalid
            .with(|at| at.as_deref() == Some(name))
            .then_some("true")
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=hint_id
                aria-invalid=is_invalid
            />
            <p class="hint" id=hint_id>
                {hint}
            </p>
        </div>
    }
}

/// One form with two buttons, "Log in" and "Create account". Without JavaScript, the form posts to the server
/// function of the pressed button.
#[component]
pub fn LogInForm(
    log_in: FormAction,
    create: FormAction,
    /// The path of the page to return to after the log-in, if any.
    next: Memo<Option<String>>,
    /// The API name of the field that the server rejected.
    invalid: Memo<Option<String>>,
    /// True while the form waits for a response.
    busy: Memo<bool>,
) -> impl IntoView {
    // Enter in a field clicks the first button, so the `click` handlers see every submission.
    let press = move |action: FormAction| {
        move |event: ev::MouseEvent| {
            event.prevent_default();
            if !busy.get_untracked() {
                action.send_enclosing_form(&event);
            }
        }
    };
    view! {
        <form class="log-in" method="post" action=log_in.path()>
            {move || {
                next.get()
                    .map(|next| view! { <input type="hidden" name="next" value=next /> })
                    .into_erased()
            }}
            {field(NAME, invalid)}
            {field(PASSWORD, invalid)}
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
