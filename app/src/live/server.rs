use super::{ConnectionState, LiveEvent};
use leptos::prelude::RwSignal;

/// A placeholder for the subscription: the server renders pages and opens no event streams.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle;

impl Handle {
    pub(super) fn open(
        _address: String,
        _resume_token: String,
        _state: ConnectionState,
        _is_stale: RwSignal<bool>,
        _on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Self {
        Self
    }

    pub(super) const fn closed() -> Self {
        Self
    }

    pub(super) const fn close(self) {}
}
