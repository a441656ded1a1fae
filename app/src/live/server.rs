use super::{ConnectionState, LiveEvent};

/// A subscription that never was: the server renders pages and follows nothing.
#[derive(Clone, Copy)]
pub(super) struct Handle;

impl Handle {
    pub(super) fn open(
        _address: String,
        _since: String,
        _state: ConnectionState,
        _on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Self {
        Self
    }

    pub(super) const fn closed() -> Self {
        Self
    }

    pub(super) const fn close(self) {}
}
