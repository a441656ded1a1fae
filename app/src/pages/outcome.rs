//! How pages call server functions from forms, and what they make of the answers.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

/// The action of a form. It begins with the error that the address carries, if the form was sent
/// without WebAssembly and refused.
pub(super) fn form_action<S>() -> ServerAction<S>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync,
{
    let action = ServerAction::<S>::new();
    // Leptos remembers an error after the address has ceased to carry it.
    let query = use_location().query;
    if query.with_untracked(|query| query.get_str("__err").is_none()) {
        action.clear();
    }
    action
}

/// Keeps `notice` at what the last answer of `action` was: its error, or none. Several actions can
/// share a notice; the last answer of them all counts.
pub(super) fn report<S>(action: ServerAction<S>, notice: RwSignal<Option<AppError>>)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync,
{
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
    Effect::new(move |before: Option<()>| {
        // A new attempt takes the old error away, so that the same one is announced again.
        let error = if pending.get() { None } else { error() };
        if before.is_some() {
            notice.set(error);
        }
    });
}

/// Calls `then` after every success of `action`.
pub(super) fn on_success<S>(action: ServerAction<S>, then: impl Fn() + 'static)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync,
{
    let value = action.value();
    Effect::new(move |before: Option<()>| {
        if value.with(|answer| matches!(answer, Some(Ok(_)))) && before.is_some() {
            untrack(&then);
        }
    });
}
