use super::Field;
use crate::{
    lean::{FormAction, IntoErased},
    return_page::ReturnPage,
};
use leptos::{ev, prelude::*};

const NAME: Field = Field {
    name: "name",
    id: "name",
    kind: "text",
    autocomplete: "username",
    label: "Player name",
    hint: Some("2 to 20 characters: letters, digits, - and _"),
};

const PASSWORD: Field = Field {
    name: "password",
    id: "password",
    kind: "password",
    autocomplete: "current-password",
    label: "Password",
    hint: Some("At least 8 characters"),
};

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
    // To reach a page that is not hydrated, the browser has to submit the form itself.
    let is_hydrated = Memo::new(move |_| {
        let page = next.with(|next| next.as_deref().and_then(ReturnPage::from_path));
        page.is_none_or(ReturnPage::is_hydrated)
    });
    // Enter in a field clicks the first button, so the `click` handlers see every submission.
    let press = move |action: FormAction| {
        move |event: ev::MouseEvent| {
            if !is_hydrated.get_untracked() {
                return;
            }
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
            {NAME.view(invalid)}
            {PASSWORD.view(invalid)}
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
