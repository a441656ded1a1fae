use super::{
    ConnectionState, LiveEvent,
    outage::{Outage, now, time_since},
    timer::Timer,
};
use crate::json;
use domain::views::LobbyEvent;
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
/// The time after which a suspended connection catches up. Browsers delay the timers of tabs that have been
/// hidden for long to the next full minute, so a minute here would become up to two.
const CATCH_UP_AFTER_MS: u32 = 50_000;
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
    /// True while the page loads outdated data again.
    is_stale: RwSignal<bool>,
    mode: Cell<Mode>,
    /// The position in the changes up to which the page has received all of them.
    resume_token: RefCell<String>,
    /// True while the stream is open and has delivered the changes that the page had missed, or has told it to
    /// load them.
    is_caught_up: Cell<bool>,
    /// The number of failures since the last stable stream.
    failures: Cell<u32>,
    /// The time at which the current stream opened.
    opened_at: Cell<Option<f64>>,
    /// The time of the last event.
    last_event_at: Cell<f64>,
    stream: RefCell<Option<Stream>>,
    /// The timer for a timeout or for the next attempt.
    timer: Timer,
    /// The timer that suspends the connection of a hidden tab, and then makes it catch up.
    hidden_timer: Timer,
}

/// The use of the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// The stream stays open.
    Live,
    /// The tab is hidden, and the stream is closed.
    Suspended,
    /// The tab is hidden. The stream is open until it has delivered the changes that the page has missed.
    CatchingUp,
    /// The subscription has ended for good.
    Ended,
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
        state: ConnectionState,
        is_stale: RwSignal<bool>,
        on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            address,
            on_event,
            outage: Outage::new(state),
            is_stale,
            mode: Cell::new(Mode::Live),
            resume_token: RefCell::new(resume_token),
            is_caught_up: Cell::new(false),
            failures: Cell::new(0),
            opened_at: Cell::new(None),
            last_event_at: Cell::new(now()),
            stream: RefCell::new(None),
            timer: Timer::default(),
            hidden_timer: Timer::default(),
        })
    }

    /// Connects now, and replaces any open stream or pending attempt.
    pub(super) fn connect(self: &Rc<Self>) {
        if !self.may_connect() {
            return;
        }
        self.close_stream();
        // The token's characters need no URL encoding.
        let address = [&self.address, "?since=", &*self.resume_token.borrow()].concat();
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
        if self.may_connect() {
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
        let Some(event) = event.dyn_ref::<MessageEvent>() else {
            self.opened_at.set(Some(now()));
            if self.outage.is_under_way() {
                (self.on_event)(LiveEvent::Reconnected);
            }
            return;
        };
        let parsed = parse_event(&kind, event);
        let must_load = matches!(parsed, Some(LiveEvent::Lobby(LobbyEvent::Stale)));
        if let Some(event) = parsed {
            (self.on_event)(event);
        }
        if !self.may_connect() {
            return;
        }
        // The server gives an id to an event that no other one follows soon. A visible page doesn't wait for it
        // when it must load its lists, since the second `stale` comes seconds later. A hidden one does, so that
        // it need not load them again in a minute.
        let resume_token = event.last_event_id();
        if !resume_token.is_empty() {
            self.resume_token.replace(resume_token);
            self.caught_up();
        } else if must_load && self.mode.get() == Mode::Live {
            self.caught_up();
        }
    }

    /// Handles an event after which the page has received every change up to now, or is loading it.
    fn caught_up(self: &Rc<Self>) {
        if self.is_caught_up.replace(true) {
            return;
        }
        if self.mode.get() == Mode::CatchingUp {
            self.outage.cancel();
            self.suspend();
        } else {
            self.data_loaded();
        }
    }

    /// Ends the outage if the page has received every change and shows it.
    pub(super) fn data_loaded(&self) {
        if self.is_caught_up.get() && self.is_stale.try_get_untracked() == Some(false) {
            self.outage.end();
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
        if !self.may_connect() {
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
            if self.mode.get() == Mode::CatchingUp {
                self.suspend();
            }
        }
    }

    /// Handles the browser's `visibilitychange` event.
    pub(super) fn visibility_changed(self: &Rc<Self>) {
        self.hidden_timer.clear();
        if document().hidden() {
            self.hidden_timer
                .set(SUSPEND_AFTER_MS, self.weak_call(Self::suspend));
        } else if self.is_hidden() {
            self.mode.set(Mode::Live);
            self.outage.resume();
            self.connect();
        } else if !self.is_alive() {
            self.outage.begin(self.last_event_at.get());
            self.connect();
        }
    }

    fn suspend(self: &Rc<Self>) {
        self.mode.set(Mode::Suspended);
        self.close_stream();
        self.failures.set(0);
        self.outage.pause();
        self.hidden_timer
            .set(CATCH_UP_AFTER_MS, self.weak_call(Self::catch_up));
    }

    /// Connects a suspended page for a moment, so that the title of a hidden tab is up to date.
    fn catch_up(self: &Rc<Self>) {
        self.mode.set(Mode::CatchingUp);
        self.connect();
    }

    fn may_connect(&self) -> bool {
        matches!(self.mode.get(), Mode::Live | Mode::CatchingUp)
    }

    fn is_hidden(&self) -> bool {
        matches!(self.mode.get(), Mode::Suspended | Mode::CatchingUp)
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
        self.mode.set(Mode::Ended);
        self.close_stream();
        self.hidden_timer.clear();
        self.outage.cancel();
    }

    /// Closes the stream and cancels the timer. The stream is dropped later, when the next one replaces it,
    /// because its own callback may be the caller.
    fn close_stream(&self) {
        self.timer.clear();
        self.is_caught_up.set(false);
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
fn parse_event(kind: &str, event: &MessageEvent) -> Option<LiveEvent> {
    let data = || event.data().as_string();
    match kind {
        "game" => json::read(&data()?).ok().map(LiveEvent::Game),
        "lobby" => json::read(&data()?).ok().map(LiveEvent::Lobby),
        "gone" => Some(LiveEvent::Deleted),
        _ => None,
    }
}
