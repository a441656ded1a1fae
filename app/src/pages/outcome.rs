//! How pages call server functions from forms, and what they make of the answers.

use crate::{api::FormAction, components::effect, error::AppError};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

/// The action of a form. It begins with the error that the address carries, if the form was sent
/// without WebAssembly and refused.
pub(super) fn form_action<S>() -> FormAction
where
    S: ServerFn<Error = AppError>,
{
    let action = FormAction::new::<S>();
    // Leptos remembers an error after the address has ceased to carry it.
    let query = use_location().query;
    if query.with_untracked(|query| query.get_str("__err").is_none()) {
        action.clear();
    }
    action
}

/// Keeps `notice` at what the last answer of `action` was: its error, or none. Several actions can
/// share a notice; the last answer of them all counts.
pub(super) fn report(action: FormAction, notice: RwSignal<Option<AppError>>) {
    let value = action.value();
    let pending = action.pending();
    let error = move || {
        value.with(|answer| match answer {
            Some(Err(error)) => Some(error.clone()),
            _ => None,
        })
    };
    if let Some(error) = untrack(error) {
        notice.set(Some(error));
    }
    effect(move |is_first| {
        // A new attempt takes the old error away, so that the same one is announced again.
        let error = if pending.get() { None } else { error() };
        if !is_first {
            notice.set(error);
        }
    });
}

/// Calls `then` after every success of `action`.
pub(super) fn on_success(action: FormAction, then: impl Fn() + 'static) {
    let value = action.value();
    effect(move |is_first| {
        if value.with(|answer| matches!(answer, Some(Ok(_)))) && !is_first {
            untrack(&then);
        }
    });
}
