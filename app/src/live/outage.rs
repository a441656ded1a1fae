use super::{ConnectionState, alarm::Alarm, duration};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc};

/// For this long a loss is not worth a word: a server that is replaced hands its streams over in less.
const GRACE_MS: u32 = 1_000;
/// How long the page says that it is connected again.
const AFTERWARDS_MS: u32 = 5_000;

/// The time without a connection, and what the page says of it: after [`GRACE_MS`] that the connection
/// is lost and for how long, counting; once it is back, for a while, how long it was away.
pub(super) struct Outage {
    state: ConnectionState,
    /// Since when there is none.
    since: Cell<Option<f64>>,
    /// The next thing to say, or to take back.
    alarm: Alarm,
}

impl Outage {
    pub(super) fn new(state: ConnectionState) -> Rc<Self> {
        Rc::new(Self {
            state,
            since: Cell::new(None),
            alarm: Alarm::default(),
        })
    }

    /// The line was last known to work at `since`. One that has been dead for longer than a loss may
    /// be passed over is told of at once. An outage that has begun already goes on.
    pub(super) fn begin(self: &Rc<Self>, since: f64) {
        if self.since.get().is_none() {
            self.since.set(Some(since));
            self.tell_in(GRACE_MS.saturating_sub(time_since(since)));
        }
    }

    /// The page sleeps: the time counts, but there is nobody to tell.
    pub(super) fn pause(&self) {
        self.since.set(self.since.get().or_else(|| Some(now())));
        self.alarm.clear();
    }

    /// The page is looked at again, and connects, which may take as long as any loss without a word.
    pub(super) fn resume(self: &Rc<Self>) {
        let is_told = self.state.lost.try_get_untracked() == Some(true);
        self.tell_in(if is_told { 0 } else { GRACE_MS });
    }

    /// The connection is there.
    pub(super) fn end(self: &Rc<Self>) {
        let Some(since) = self.since.take() else {
            return;
        };
        let away = time_since(since);
        if away < GRACE_MS {
            self.be_silent();
        } else {
            let again = ["Connected again after ", &in_words(away), "."].concat();
            self.say(false, String::new(), again);
            // Also when the connection is closed meanwhile, such as by the end of the game.
            let this = Rc::clone(self);
            self.alarm
                .set(AFTERWARDS_MS, Box::new(move || this.be_silent()));
        }
    }

    /// No connection is wanted any more.
    pub(super) fn abandon(&self) {
        if self.since.take().is_some() {
            self.be_silent();
        }
    }

    fn tell_in(self: &Rc<Self>, milliseconds: u32) {
        if milliseconds == 0 {
            self.tell();
        } else {
            let this = Rc::clone(self);
            self.alarm.set(milliseconds, Box::new(move || this.tell()));
        }
    }

    /// Says for how long there has been no connection, again with each second.
    fn tell(self: &Rc<Self>) {
        if let Some(since) = self.since.get() {
            let away = time_since(since);
            self.say(true, in_words(away), String::new());
            let next = seconds(away).saturating_add(1).saturating_mul(1_000);
            self.tell_in(next.saturating_sub(away));
        }
    }

    fn be_silent(&self) {
        self.alarm.clear();
        self.say(false, String::new(), String::new());
    }

    fn say(&self, lost: bool, away: String, again: String) {
        self.state.away.try_set(away);
        self.state.again.try_set(again);
        // Only if it changes: a status that is drawn again is read out again.
        if self.state.lost.try_get_untracked() == Some(!lost) {
            self.state.lost.set(lost);
        }
    }
}

fn in_words(milliseconds: u32) -> String {
    duration::in_words(seconds(milliseconds))
}

/// Rounded, because timers may come a little early.
const fn seconds(milliseconds: u32) -> u32 {
    milliseconds.saturating_add(500) / 1_000
}

/// The time of day in milliseconds. It goes on while a machine sleeps.
pub(super) fn now() -> f64 {
    js_sys::Date::now()
}

/// In milliseconds; 0 if the clock was put back.
pub(super) fn time_since(moment: f64) -> u32 {
    (now() - moment) as u32
}
