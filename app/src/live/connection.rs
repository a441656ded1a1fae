use super::{
    LiveEvent,
    alarm::Alarm,
    outage::{Outage, now, time_since},
};
use crate::json;
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// The server says something every 15 s, a `ping` if nothing else: longer silence is a dead line.
const SILENCE_MS: u32 = 20_000;
/// How long an attempt to connect may take.
const CONNECT_MS: u32 = 2_500;
/// A tab that nobody sees gives its connection back after this time.
const HIDDEN_MS: u32 = 30_000;
/// A stream that is cut sooner than this after it opened has not ended the trouble: the next attempt
/// waits as after a failed one. A server that is about to stop would otherwise be asked all the time.
const STEADY_MS: u32 = 5_000;
/// Before the first new attempt, at most; doubled with each failure.
const FIRST_RETRY_MS: u32 = 300;
/// Before any new attempt, at most.
const LAST_RETRY_MS: u32 = 1_500;
/// Of the failed attempts, the second (the first to reconnect) and each this many after it are
/// reported as [`LiveEvent::Refused`].
const REPORT_EVERY: u32 = 8;

/// One subscription and its present `EventSource`. A browser's own reconnecting takes seconds, and
/// after a refusal (503) it gives up for good, so every attempt here is made by hand.
pub(super) struct Connection {
    address: String,
    on_event: Box<dyn Fn(LiveEvent)>,
    outage: Rc<Outage>,
    /// For the first attempt only.
    since: Cell<Option<String>>,
    /// Whether the attempt under way, or the stream that came of it, is the first.
    is_first: Cell<bool>,
    /// Failures since the last steady stream.
    failures: Cell<u32>,
    /// When the present stream opened.
    opened_at: Cell<Option<f64>>,
    /// When the server was last heard.
    heard_at: Cell<f64>,
    /// Closed because nobody sees the tab.
    asleep: Cell<bool>,
    ended: Cell<bool>,
    stream: RefCell<Option<Stream>>,
    /// What is waited for: a sign of life, or the moment of the next attempt.
    clock: Alarm,
    /// The moment to fall asleep, while the tab is hidden.
    bedtime: Alarm,
}

/// How a stream was lost, or an attempt to get one.
enum Loss {
    /// It ended, or was refused.
    Cut,
    /// Nothing came for too long.
    Silence,
    /// The server is about to stop and asks to be left for the next one.
    Handover,
}

/// An `EventSource` and the function it calls, which must live as long.
struct Stream {
    source: EventSource,
    _on_event: Closure<dyn FnMut(Event)>,
}

impl Connection {
    pub(super) fn new(
        address: String,
        since: String,
        outage: Rc<Outage>,
        on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            address,
            on_event,
            outage,
            since: Cell::new(Some(since)),
            is_first: Cell::new(true),
            failures: Cell::new(0),
            opened_at: Cell::new(None),
            heard_at: Cell::new(now()),
            asleep: Cell::new(false),
            ended: Cell::new(false),
            stream: RefCell::new(None),
            clock: Alarm::default(),
            bedtime: Alarm::default(),
        })
    }

    /// Connects now, in place of any stream or attempt there is.
    pub(super) fn connect(self: &Rc<Self>) {
        if self.ended.get() || self.asleep.get() {
            return;
        }
        self.close_stream();
        let address = match self.since.take() {
            // Its characters need no encoding.
            Some(since) => [&self.address, "?since=", &since].concat(),
            None => {
                self.is_first.set(false);
                self.address.clone()
            }
        };
        match Stream::open(&address, self) {
            Some(stream) => {
                self.stream.replace(Some(stream));
                self.wait(CONNECT_MS, Self::fall_silent);
            }
            None => self.fail(),
        }
    }

    /// The browser has a network again: connects now, since the stream may belong to the former one.
    pub(super) fn change_network(self: &Rc<Self>) {
        if !self.ended.get() && !self.asleep.get() {
            self.outage.begin(now());
            self.connect();
        }
    }

    /// Something came from the stream.
    fn hear(self: &Rc<Self>, event: &Event) {
        let kind = event.type_();
        match kind.as_str() {
            "error" => return self.fail(),
            "reconnect" => return self.lose(Loss::Handover),
            _ => {}
        }
        self.heard_at.set(now());
        self.wait(SILENCE_MS, Self::fall_silent);
        if kind == "open" {
            self.opened_at.set(Some(now()));
            self.outage.end();
            if !self.is_first.get() {
                (self.on_event)(LiveEvent::Resumed);
            }
        } else if let Some(event) = read(&kind, event) {
            (self.on_event)(event);
        }
    }

    /// The connection is lost, or an attempt failed.
    pub(super) fn fail(self: &Rc<Self>) {
        self.lose(Loss::Cut);
    }

    fn fall_silent(self: &Rc<Self>) {
        self.lose(Loss::Silence);
    }

    /// There is no stream any more: tries again soon.
    fn lose(self: &Rc<Self>, loss: Loss) {
        if self.ended.get() || self.asleep.get() {
            return;
        }
        self.close_stream();
        let is_silence = matches!(loss, Loss::Silence);
        // A silent line was dead before that was noticed.
        let since = if is_silence {
            self.heard_at.get()
        } else {
            now()
        };
        self.outage.begin(since);
        let was_steady = (self.opened_at.take()).is_some_and(|at| time_since(at) >= STEADY_MS);
        let before = if was_steady { 0 } else { self.failures.get() };
        let is_failure = !(was_steady && matches!(loss, Loss::Handover));
        let failures = before + u32::from(is_failure);
        self.failures.set(failures);
        // Silence was waiting enough.
        let doublings = if is_silence {
            0
        } else {
            failures.min(4).saturating_sub(1)
        };
        let longest = (FIRST_RETRY_MS << doublings).min(LAST_RETRY_MS);
        // Spread, so that the pages of a restarted server don't all come at once.
        let milliseconds = f64::from(longest) * (0.5 + js_sys::Math::random() / 2.0);
        self.wait(milliseconds as u32, Self::connect);
        if is_failure && failures % REPORT_EVERY == 2 {
            (self.on_event)(LiveEvent::Refused);
        }
    }

    /// The tab was hidden or shown.
    pub(super) fn visibility_changed(self: &Rc<Self>) {
        self.bedtime.clear();
        if document().hidden() {
            self.bedtime.set(HIDDEN_MS, self.call(Self::fall_asleep));
        } else if self.asleep.replace(false) {
            self.outage.resume();
            self.connect();
        } else if !self.is_alive() {
            self.outage.begin(self.heard_at.get());
            self.connect();
        }
    }

    fn fall_asleep(self: &Rc<Self>) {
        self.asleep.set(true);
        self.close_stream();
        self.outage.pause();
    }

    /// Whether the stream is open and was heard of lately: a machine that was suspended wakes with
    /// streams that look open.
    fn is_alive(&self) -> bool {
        time_since(self.heard_at.get()) < SILENCE_MS
            && (self.stream.borrow().as_ref())
                .is_some_and(|stream| stream.source.ready_state() == EventSource::OPEN)
    }

    /// Closes for good.
    pub(super) fn end(&self) {
        self.ended.set(true);
        self.close_stream();
        self.bedtime.clear();
        self.outage.abandon();
    }

    /// Closes the stream and stops waiting. The stream itself is only let go by the next one: this
    /// may be called by the very function that it holds.
    fn close_stream(&self) {
        self.clock.clear();
        if let Some(stream) = &*self.stream.borrow() {
            stream.source.close();
        }
    }

    fn wait(self: &Rc<Self>, milliseconds: u32, then: fn(&Rc<Self>)) {
        self.clock.set(milliseconds, self.call(then));
    }

    /// The call of a timer, which does not keep the connection.
    fn call(self: &Rc<Self>, then: fn(&Rc<Self>)) -> Box<dyn FnOnce()> {
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
                connection.hear(&event);
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

/// The event that a message carries: none for a ping, or for what a newer server may send.
fn read(kind: &str, event: &Event) -> Option<LiveEvent> {
    let data = || event.dyn_ref::<MessageEvent>()?.data().as_string();
    match kind {
        "game" => json::read(&data()?).ok().map(LiveEvent::Game),
        "lobby" => json::read(&data()?).ok().map(LiveEvent::Lobby),
        "gone" => Some(LiveEvent::Gone),
        _ => None,
    }
}
