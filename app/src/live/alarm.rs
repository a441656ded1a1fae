use leptos::leptos_dom::helpers::set_timeout;
use std::{cell::Cell, rc::Rc, time::Duration};

/// A call at a later time. Setting it again takes the place of the call that was waited for.
///
/// A call that is no longer wanted is known by its number and ignored. Browsers can also clear a
/// timer, but the clocks that tests put in a browser's place give timers longer names than fit here.
#[derive(Clone, Default)]
pub(super) struct Alarm(Rc<Cell<u32>>);

impl Alarm {
    /// Boxes, so that the code that sets timers is there once.
    pub(super) fn set(&self, milliseconds: u32, call: Box<dyn FnOnce()>) {
        self.clear();
        let (newest, number) = (Rc::clone(&self.0), self.0.get());
        let ring: Box<dyn FnOnce()> = Box::new(move || {
            if newest.get() == number {
                call();
            }
        });
        set_timeout(ring, Duration::from_millis(milliseconds.into()));
    }

    pub(super) fn clear(&self) {
        self.0.set(self.0.get().wrapping_add(1));
    }
}
