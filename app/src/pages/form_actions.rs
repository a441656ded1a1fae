//! Form actions for pages: they call server functions and handle the responses.

use crate::{
    api::{AcceptInvitation, ActionError, CancelInvitation, DeclineInvitation},
    components::InvitationActions,
    lean::FormAction,
};
use domain::error::AppError;
use leptos::{
    prelude::*,
    server_fn::{ServerFn, client::Client},
};
use leptos_router::hooks::use_location;

/// The action of a form. If the form was sent without WebAssembly and rejected, it starts with the error from
/// the URL.
pub(super) fn form_action<S>() -> FormAction
where
    S: ServerFn<Error = ActionError, Client: Client<ActionError> + 'static>,
{
    let action = FormAction::new::<S>();
    // Leptos keeps the error in its context even after it was removed from the URL.
    let query = use_location().query;
    if query.with_untracked(|query| query.get_str("__err").is_none()) {
        action.clear();
    }
    action
}

/// The actions on a pending invitation, with their errors reported to `notice`.
pub(super) fn invitation_actions(notice: RwSignal<Option<AppError>>) -> InvitationActions {
    let actions = InvitationActions {
        accept: form_action::<AcceptInvitation>(),
        decline: form_action::<DeclineInvitation>(),
        cancel: form_action::<CancelInvitation>(),
    };
    for action in [actions.accept, actions.decline, actions.cancel] {
        report(action, notice);
    }
    actions
}

/// Sets `notice` to the error of the last response of `action`, or to `None` after a success.
///
/// Several actions can share a notice. It then reflects the most recent response of all of them.
pub(super) fn report(action: FormAction, notice: RwSignal<Option<AppError>>) {
    let value = action.value();
    let pending = action.pending();
    let error = move || {
        value.with(|response| match response {
            Some(Err(error)) => Some(error.clone()),
            _ => None,
        })
    };
    if let Some(error) = untrack(error) {
        notice.set(Some(error));
    }
    Effect::new(move |previous: Option<()>| {
        // A new attempt clears the old error, so that screen readers announce the same error again.
        let error = if pending.get() { None } else { error() };
        if previous.is_some() {
            notice.set(error);
        }
    });
}

/// Clears an error that says that the server or the database is not available, since it is again.
pub(super) fn clear_if_unavailable(notice: RwSignal<Option<AppError>>) {
    notice.try_maybe_update(|notice| {
        let is_unavailable = notice.as_ref().is_some_and(|error| error.status() == 503);
        (is_unavailable && notice.take().is_some(), ())
    });
}

/// Calls `then` after each successful response of `action`.
pub(super) fn on_success(action: FormAction, then: impl Fn() + 'static) {
    let value = action.value();
    Effect::new(move |previous: Option<()>| {
        if value.with(|response| matches!(response, Some(Ok(_)))) && previous.is_some() {
            untrack(&then);
        }
    });
}
