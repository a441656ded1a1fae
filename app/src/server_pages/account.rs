use super::{Form, PageRequest, alert, document};
use crate::{
    api::{ChangePassword, DeleteAccount, LogOutEverywhere},
    components::Field,
};
use domain::{error::AppError, ids::PlayerName};
use leptos::prelude::*;

const CHANGE_CURRENT: Field = Field {
    name: "current",
    id: "change-current",
    kind: "password",
    autocomplete: "current-password",
    label: "Current password",
    hint: None,
};

const CHANGE_NEW: Field = Field {
    name: "new",
    id: "change-new",
    kind: "password",
    autocomplete: "new-password",
    label: "New password",
    hint: Some("At least 8 characters"),
};

const DELETE_CURRENT: Field = Field {
    id: "delete-current",
    ..CHANGE_CURRENT
};

/// The address of the account page after a change of the password.
pub const PASSWORD_CHANGED: &str = "/account?done=password";

/// The page `/account` of a logged-in player.
#[must_use]
pub fn account(request: PageRequest, player: &PlayerName, is_password_changed: bool) -> String {
    let name = player.to_string();
    document(request, "Account", || {
        view! {
            <main class="page account">
                <h1 class="title">"Account"</h1>
                <ChangePasswordForm name=name.clone() is_changed=is_password_changed />
                <LogOutEverywhereForm />
                <DeleteAccountForm name />
            </main>
        }
    })
}

/// The API name of the field that the error of a form is about.
fn invalid_field(form: &Form) -> Memo<Option<String>> {
    let name = match &form.error {
        Some(AppError::WrongCredentials) => Some(CHANGE_CURRENT.name.to_owned()),
        Some(AppError::InvalidRequest { field, .. }) => Some(field.clone()),
        _ => None,
    };
    Memo::new(move |_| name.clone())
}

/// The error of a form. The player is logged in, so only the password can be wrong.
fn error_message(form: &Form) -> Option<impl IntoView + use<>> {
    let sentence = match form.error.as_ref()? {
        AppError::WrongCredentials => "The current password is wrong; try again.".to_owned(),
        error => error.to_string(),
    };
    Some(alert(sentence))
}

/// The player name for password managers. It is not shown, and has no name, so that it is not sent.
fn username(name: String) -> impl IntoView {
    view! { <input type="text" value=name autocomplete="username" readonly hidden /> }
}

#[component]
fn ChangePasswordForm(name: String, is_changed: bool) -> impl IntoView {
    let form = Form::of::<ChangePassword>();
    let invalid = invalid_field(&form);
    view! {
        <form class="card" method="post" action=form.action.path() aria-labelledby="change-heading">
            <h2 id="change-heading">"Change password"</h2>
            <p>"This logs you out in all other browsers."</p>
            {is_changed
                .then(|| {
                    view! {
                        <p class="done" role="status">
                            "Your password is changed."
                        </p>
                    }
                })}
            {error_message(&form)}
            {username(name)}
            {CHANGE_CURRENT.view(invalid)}
            {CHANGE_NEW.view(invalid)}
            <button type="submit" class="button">
                "Change password"
            </button>
        </form>
    }
}

#[component]
fn LogOutEverywhereForm() -> impl IntoView {
    let form = Form::of::<LogOutEverywhere>();
    view! {
        <form
            class="card"
            method="post"
            action=form.action.path()
            aria-labelledby="log-out-heading"
        >
            <h2 id="log-out-heading">"Log out everywhere"</h2>
            <p>"This logs you out in all browsers, including this one."</p>
            {error_message(&form)}
            <button type="submit" class="button quiet">
                "Log out everywhere"
            </button>
        </form>
    }
}

#[component]
fn DeleteAccountForm(name: String) -> impl IntoView {
    let form = Form::of::<DeleteAccount>();
    view! {
        <form class="card" method="post" action=form.action.path() aria-labelledby="delete-heading">
            <h2 id="delete-heading">"Delete account"</h2>
            <p>
                "This can't be undone. Invitations from you and to you are removed. Your games stay, with your name. Nobody can log in or register as "
                <strong>{name.clone()}</strong> " again."
            </p>
            {error_message(&form)}
            {username(name)}
            {DELETE_CURRENT.view(invalid_field(&form))}
            <button type="submit" class="button danger">
                "Delete account"
            </button>
        </form>
    }
}
