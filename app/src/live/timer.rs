use leptos::leptos_dom::helpers::set_timeout;
use std::{cell::Cell, rc::Rc, time::Duration};

/// A timer that calls a function once. Setting it again replaces the pending call.
///
/// Each call has a number, and a call with an outdated number does nothing. `clearTimeout` is not used,
/// because the fake clocks of browser tests return timer ids that are too large for Leptos' handle.
#[derive(Clone, Default)]
pub(super) struct Timer(Rc<Cell<u32>>);

impl Timer {
    /// Calls `call` after `milliseconds`. It is boxed, so that the code exists only once.
    pub(super) fn set(&self, milliseconds: u32, call: Box<dyn FnOnce()>) {
        self.clear();
        let (newest, number) = (Rc::clone(&self.0), self.0.get());
        let callback: Box<dyn FnOnce()> = Box::new(move || {
            if newest.get() == number {
                call();
            }
        });
        set_timeout(callback, Duration::from_millis(milliseconds.into()));
    }

    /// Discards the pending call, if any.
    pub(super) fn clear(&self) {
        self.0.set(self.0.get().wrapping_add(1));
    }
}
