use super::{
    LiveEvent,
    outage::{Outage, now, time_since},
    timer::Timer,
};
use crate::json;
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// The maximum time without an event. The server sends a `ping` every 15 s, so a longer silence means a dead
/// connection.
const IDLE_TIMEOUT_MS: u32 = 20_000;
/// The maximum time for an attempt to connect.
const CONNECT_TIMEOUT_MS: u32 = 2_500;
/// The time after which a hidden tab closes its connection.
const SUSPEND_AFTER_MS: u32 = 30_000;
/// The minimum lifetime of a stable stream. A stream that ends earlier counts as a failed attempt, so that
/// clients do not reconnect in a tight loop to a server that is about to stop.
const STABLE_AFTER_MS: u32 = 5_000;
/// The maximum delay before the first retry. It doubles with each failure.
const INITIAL_RETRY_MS: u32 = 300;
/// The maximum delay before any retry.
const MAX_RETRY_MS: u32 = 1_500;
/// The interval of reports, in failed attempts. The second failure, which is the first failed reconnection,
/// and every eighth after it become a [`LiveEvent::ConnectFailed`].
const REPORT_EVERY: u32 = 8;

/// A subscription and its current `EventSource`.
///
/// It reconnects by itself. A browser's own reconnection takes seconds and stops for good after an error
/// status such as 503.
pub(super) struct Connection {
    address: String,
    on_event: Box<dyn Fn(LiveEvent)>,
    outage: Rc<Outage>,
    /// The token for the first attempt.
    resume_token: Cell<Option<String>>,
    /// True during the first attempt and the stream that results from it.
    is_first: Cell<bool>,
    /// The number of failures since the last stable stream.
    failures: Cell<u32>,
    /// The time at which the current stream opened.
    opened_at: Cell<Option<f64>>,
    /// The time of the last event.
    last_event_at: Cell<f64>,
    /// True while the connection is closed because the tab is hidden.
    suspended: Cell<bool>,
    /// True once the subscription has ended for good.
    ended: Cell<bool>,
    stream: RefCell<Option<Stream>>,
    /// The timer for a timeout or for the next attempt.
    timer: Timer,
    /// The timer that suspends the connection of a hidden tab.
    hidden_timer: Timer,
}

/// The reason why a stream or an attempt to open one ended.
enum Loss {
    /// The stream ended, or the attempt failed.
    Closed,
    /// No event arrived in time.
    Timeout,
    /// The server is about to stop and asks the client to reconnect.
    Handover,
}

/// An `EventSource` and its callback, which must live as long as the source.
struct Stream {
    source: EventSource,
    _on_event: Closure<dyn FnMut(Event)>,
}

impl Connection {
    pub(super) fn new(
        address: String,
        resume_token: String,
        outage: Rc<Outage>,
        on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            address,
            on_event,
            outage,
            resume_token: Cell::new(Some(resume_token)),
            is_first: Cell::new(true),
            failures: Cell::new(0),
            opened_at: Cell::new(None),
            last_event_at: Cell::new(now()),
            suspended: Cell::new(false),
            ended: Cell::new(false),
            stream: RefCell::new(None),
            timer: Timer::default(),
            hidden_timer: Timer::default(),
        })
    }

    /// Connects now, and replaces any open stream or pending attempt.
    pub(super) fn connect(self: &Rc<Self>) {
        if self.ended.get() || self.suspended.get() {
            return;
        }
        self.close_stream();
        let address = match self.resume_token.take() {
            // The token's characters need no URL encoding.
            Some(token) => [&self.address, "?since=", &token].concat(),
            None => {
                self.is_first.set(false);
                self.address.clone()
            }
        };
        match Stream::open(&address, self) {
            Some(stream) => {
                self.stream.replace(Some(stream));
                self.schedule(CONNECT_TIMEOUT_MS, Self::time_out);
            }
            None => self.fail(),
        }
    }

    /// Handles the browser's `online` event. Reconnects, since the stream may belong to the previous network.
    pub(super) fn network_restored(self: &Rc<Self>) {
        if !self.ended.get() && !self.suspended.get() {
            self.outage.begin(now());
            self.connect();
        }
    }

    /// Handles an event of the stream.
    fn handle_event(self: &Rc<Self>, event: &Event) {
        let kind = event.type_();
        match kind.as_str() {
            "error" => return self.fail(),
            "reconnect" => return self.reconnect(Loss::Handover),
            _ => {}
        }
        self.last_event_at.set(now());
        self.schedule(IDLE_TIMEOUT_MS, Self::time_out);
        if kind == "open" {
            self.opened_at.set(Some(now()));
            self.outage.end();
            if !self.is_first.get() {
                (self.on_event)(LiveEvent::Reconnected);
            }
        } else if let Some(event) = parse_event(&kind, event) {
            (self.on_event)(event);
        }
    }

    /// Handles a lost connection or a failed attempt.
    pub(super) fn fail(self: &Rc<Self>) {
        self.reconnect(Loss::Closed);
    }

    fn time_out(self: &Rc<Self>) {
        self.reconnect(Loss::Timeout);
    }

    /// Closes the stream and schedules the next attempt.
    fn reconnect(self: &Rc<Self>, loss: Loss) {
        if self.ended.get() || self.suspended.get() {
            return;
        }
        self.close_stream();
        let is_timeout = matches!(loss, Loss::Timeout);
        // The outage began after the last event, not at the timeout that detected it.
        let since = if is_timeout {
            self.last_event_at.get()
        } else {
            now()
        };
        self.outage.begin(since);
        let was_stable =
            (self.opened_at.take()).is_some_and(|at| time_since(at) >= STABLE_AFTER_MS);
        let before = if was_stable { 0 } else { self.failures.get() };
        let is_failure = !(was_stable && matches!(loss, Loss::Handover));
        let failures = before + u32::from(is_failure);
        self.failures.set(failures);
        // A timeout has already delayed the attempt, so it needs no further backoff.
        let doublings = if is_timeout {
            0
        } else {
            failures.min(4).saturating_sub(1)
        };
        let max_delay = (INITIAL_RETRY_MS << doublings).min(MAX_RETRY_MS);
        // Jitter keeps the clients of a restarted server from reconnecting all at once.
        let milliseconds = f64::from(max_delay) * (0.5 + js_sys::Math::random() / 2.0);
        self.schedule(milliseconds as u32, Self::connect);
        if is_failure && failures % REPORT_EVERY == 2 {
            (self.on_event)(LiveEvent::ConnectFailed);
        }
    }

    /// Handles the browser's `visibilitychange` event.
    pub(super) fn visibility_changed(self: &Rc<Self>) {
        self.hidden_timer.clear();
        if document().hidden() {
            self.hidden_timer
                .set(SUSPEND_AFTER_MS, self.weak_call(Self::suspend));
        } else if self.suspended.replace(false) {
            self.outage.resume();
            self.connect();
        } else if !self.is_alive() {
            self.outage.begin(self.last_event_at.get());
            self.connect();
        }
    }

    fn suspend(self: &Rc<Self>) {
        self.suspended.set(true);
        self.close_stream();
        self.outage.pause();
    }

    /// Returns true if the stream is open and has had a recent event. After a machine wakes from sleep, its
    /// dead streams still look open.
    fn is_alive(&self) -> bool {
        time_since(self.last_event_at.get()) < IDLE_TIMEOUT_MS
            && (self.stream.borrow().as_ref())
                .is_some_and(|stream| stream.source.ready_state() == EventSource::OPEN)
    }

    /// Closes the connection for good.
    pub(super) fn end(&self) {
        self.ended.set(true);
        self.close_stream();
        self.hidden_timer.clear();
        self.outage.cancel();
    }

    /// Closes the stream and cancels the timer. The stream is dropped later, when the next one replaces it,
    /// because its own callback may be the caller.
    fn close_stream(&self) {
        self.timer.clear();
        if let Some(stream) = &*self.stream.borrow() {
            stream.source.close();
        }
    }

    fn schedule(self: &Rc<Self>, milliseconds: u32, then: fn(&Rc<Self>)) {
        self.timer.set(milliseconds, self.weak_call(then));
    }

    /// A callback for a timer. It holds only a weak reference, so that it does not keep the connection alive.
    fn weak_call(self: &Rc<Self>, then: fn(&Rc<Self>)) -> Box<dyn FnOnce()> {
        let this = Rc::downgrade(self);
        Box::new(move || {
            if let Some(this) = this.upgrade() {
                then(&this);
            }
        })
    }
}

impl Stream {
    fn open(address: &str, connection: &Rc<Connection>) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let connection = Rc::downgrade(connection);
        let on_event = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(connection) = connection.upgrade() {
                connection.handle_event(&event);
            }
        });
        for kind in [
            "open",
            "error",
            "game",
            "gone",
            "lobby",
            "ping",
            "reconnect",
        ] {
            let function = on_event.as_ref().unchecked_ref();
            source
                .add_event_listener_with_callback(kind, function)
                .ok()?;
        }
        Some(Self {
            source,
            _on_event: on_event,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Parses an event. Returns `None` for a ping and for unknown events of a newer server.
fn parse_event(kind: &str, event: &Event) -> Option<LiveEvent> {
    let data = || event.dyn_ref::<MessageEvent>()?.data().as_string();
    match kind {
        "game" => json::read(&data()?).ok().map(LiveEvent::Game),
        "lobby" => json::read(&data()?).ok().map(LiveEvent::Lobby),
        "gone" => Some(LiveEvent::Deleted),
        _ => None,
    }
}
