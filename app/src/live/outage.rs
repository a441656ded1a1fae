use super::{ConnectionState, duration, timer::Timer};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc};

/// The grace period before the page reports a loss. A server that is replaced hands over its streams in less
/// time.
const GRACE_MS: u32 = 1_000;
/// The time for which the page shows the notice of a reconnection.
const NOTICE_MS: u32 = 5_000;

/// The time without a connection, and its display in a [`ConnectionState`].
///
/// After [`GRACE_MS`], the page reports the loss with a running timer. After the reconnection, it shows for
/// [`NOTICE_MS`] how long the outage lasted.
pub(super) struct Outage {
    state: ConnectionState,
    /// The start of the outage in milliseconds, or `None` while connected.
    since: Cell<Option<f64>>,
    /// The timer for the next change of the display.
    timer: Timer,
}

impl Outage {
    pub(super) fn new(state: ConnectionState) -> Rc<Self> {
        Rc::new(Self {
            state,
            since: Cell::new(None),
            timer: Timer::default(),
        })
    }

    /// Starts an outage, unless one is under way. `since` is the last time at which the connection worked.
    ///
    /// If the grace period is already over, the page reports the loss immediately.
    pub(super) fn begin(self: &Rc<Self>, since: f64) {
        if self.since.get().is_none() {
            self.since.set(Some(since));
            self.show_loss_in(GRACE_MS.saturating_sub(time_since(since)));
        }
    }

    /// Returns true if the page has no connection, or has not caught up since.
    pub(super) fn is_under_way(&self) -> bool {
        self.since.get().is_some()
    }

    /// Stops the display while the tab is suspended. The outage still counts the time.
    pub(super) fn pause(&self) {
        self.since.set(self.since.get().or_else(|| Some(now())));
        self.timer.clear();
    }

    /// Resumes the display once the tab is visible again. The new connection gets a grace period.
    pub(super) fn resume(self: &Rc<Self>) {
        let is_shown = self.state.lost.try_get_untracked() == Some(true);
        self.show_loss_in(if is_shown { 0 } else { GRACE_MS });
    }

    /// Ends the outage: the connection is open, and the page is up to date.
    pub(super) fn end(self: &Rc<Self>) {
        let Some(since) = self.since.take() else {
            return;
        };
        let lost_for = time_since(since);
        if lost_for < GRACE_MS {
            self.clear();
        } else {
            let notice = ["Connected again after ", &format_ms(lost_for), "."].concat();
            self.update(false, String::new(), notice);
            // A strong reference, because the connection may close before, such as at the end of the game.
            let this = Rc::clone(self);
            self.timer.set(NOTICE_MS, Box::new(move || this.clear()));
        }
    }

    /// Cancels the outage without a notice.
    pub(super) fn cancel(&self) {
        if self.since.take().is_some() {
            self.clear();
        }
    }

    fn show_loss_in(self: &Rc<Self>, milliseconds: u32) {
        if milliseconds == 0 {
            self.show_loss();
        } else {
            let this = Rc::clone(self);
            self.timer
                .set(milliseconds, Box::new(move || this.show_loss()));
        }
    }

    /// Shows the duration of the outage and updates it every second.
    fn show_loss(self: &Rc<Self>) {
        if let Some(since) = self.since.get() {
            let lost_for = time_since(since);
            self.update(true, format_ms(lost_for), String::new());
            let next = seconds(lost_for).saturating_add(1).saturating_mul(1_000);
            self.show_loss_in(next.saturating_sub(lost_for));
        }
    }

    fn clear(&self) {
        self.timer.clear();
        self.update(false, String::new(), String::new());
    }

    fn update(&self, lost: bool, lost_for: String, reconnected: String) {
        self.state.lost_for.try_set(lost_for);
        self.state.reconnected.try_set(reconnected);
        // Set only on a change, because screen readers announce a status again when it is rendered again.
        if self.state.lost.try_get_untracked() == Some(!lost) {
            self.state.lost.set(lost);
        }
    }
}

fn format_ms(milliseconds: u32) -> String {
    duration::format_seconds(seconds(milliseconds))
}

/// Rounds to seconds, because timers may fire a little early.
const fn seconds(milliseconds: u32) -> u32 {
    milliseconds.saturating_add(500) / 1_000
}

/// The wall-clock time in milliseconds. Unlike a monotonic clock, it advances while the machine sleeps.
pub(super) fn now() -> f64 {
    js_sys::Date::now()
}

/// The milliseconds since `moment`, or 0 if the clock was set back.
pub(super) fn time_since(moment: f64) -> u32 {
    (now() - moment) as u32
}
