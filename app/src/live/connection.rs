use super::LiveEvent;
use crate::json;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// The server says something every 15 s, a `ping` if nothing else: longer silence is a dead line.
const SILENCE: Duration = Duration::from_secs(20);
/// How long an attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);
/// A tab that nobody sees gives its connection back after this time.
const HIDDEN: Duration = Duration::from_secs(30);
/// Before the first new attempt, in milliseconds; doubled with each failure.
const FIRST_RETRY_MS: u32 = 300;
/// Before any new attempt, at most, in milliseconds.
const LAST_RETRY_MS: u32 = 1_500;
/// Of the failed attempts, the second (the first to reconnect) and each this many after it are
/// reported as [`LiveEvent::Refused`].
const REPORT_EVERY: u32 = 8;

/// One subscription and its present `EventSource`. A browser's own reconnecting takes seconds, and
/// after a refusal (503) it gives up for good, so every attempt here is made by hand.
pub(super) struct Connection {
    address: String,
    on_event: Box<dyn Fn(LiveEvent)>,
    lost: RwSignal<bool>,
    /// For the first attempt only.
    since: Cell<Option<String>>,
    /// Whether the attempt under way, or the stream that came of it, is the first.
    is_first: Cell<bool>,
    /// Failures since the last success.
    failures: Cell<u32>,
    /// When the server was last heard, in milliseconds.
    heard_at: Cell<f64>,
    /// Closed because nobody sees the tab.
    asleep: Cell<bool>,
    ended: Cell<bool>,
    stream: RefCell<Option<Stream>>,
    /// What is waited for: a sign of life, or the moment of the next attempt.
    clock: Cell<Option<TimeoutHandle>>,
    /// The moment to fall asleep, while the tab is hidden.
    bedtime: Cell<Option<TimeoutHandle>>,
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
        lost: RwSignal<bool>,
        on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            address,
            on_event,
            lost,
            since: Cell::new(Some(since)),
            is_first: Cell::new(true),
            failures: Cell::new(0),
            heard_at: Cell::new(js_sys::Date::now()),
            asleep: Cell::new(false),
            ended: Cell::new(false),
            stream: RefCell::new(None),
            clock: Cell::new(None),
            bedtime: Cell::new(None),
        })
    }

    /// Connects now, in place of any stream or attempt there is.
    pub(super) fn connect(self: &Rc<Self>) {
        if self.ended.get() || self.asleep.get() {
            return;
        }
        self.close_stream();
        let address = match self.since.take() {
            Some(since) => {
                let since = js_sys::encode_uri_component(&since);
                [&self.address, "?since=", &String::from(since)].concat()
            }
            None => {
                self.is_first.set(false);
                self.address.clone()
            }
        };
        match Stream::open(&address, self) {
            Some(stream) => {
                self.stream.replace(Some(stream));
                self.wait(CONNECT, Self::fail);
            }
            None => self.fail(),
        }
    }

    /// Something came from the stream.
    fn hear(self: &Rc<Self>, event: &Event) {
        let kind = event.type_();
        if kind == "error" {
            self.fail();
            return;
        }
        self.heard_at.set(js_sys::Date::now());
        self.wait(SILENCE, Self::fail);
        if kind == "open" {
            self.failures.set(0);
            self.show_lost(false);
            if !self.is_first.get() {
                (self.on_event)(LiveEvent::Resumed);
            }
        } else if let Some(event) = read(&kind, event) {
            (self.on_event)(event);
        }
    }

    /// The connection is lost, or an attempt failed: says so and tries again soon.
    pub(super) fn fail(self: &Rc<Self>) {
        if self.ended.get() || self.asleep.get() {
            return;
        }
        self.close_stream();
        let failures = self.failures.get() + 1;
        self.failures.set(failures);
        self.show_lost(true);
        let longest = (FIRST_RETRY_MS << failures.min(4).saturating_sub(1)).min(LAST_RETRY_MS);
        // Spread, so that the pages of a restarted server don't all come at once.
        let milliseconds = f64::from(longest) * (0.5 + js_sys::Math::random() / 2.0);
        self.wait(Duration::from_millis(milliseconds as u64), Self::connect);
        if failures % REPORT_EVERY == 2 {
            (self.on_event)(LiveEvent::Refused);
        }
    }

    /// The tab was hidden or shown.
    pub(super) fn visibility_changed(self: &Rc<Self>) {
        if let Some(bedtime) = self.bedtime.take() {
            bedtime.clear();
        }
        if document().hidden() {
            self.bedtime.set(after(HIDDEN, self, |this| {
                this.asleep.set(true);
                this.close_stream();
            }));
        } else if self.asleep.replace(false) || !self.is_alive() {
            self.connect();
        }
    }

    /// Whether the stream is open and was heard of lately: a machine that was suspended wakes with
    /// streams that look open.
    fn is_alive(&self) -> bool {
        let silent_for = js_sys::Date::now() - self.heard_at.get();
        silent_for < SILENCE.as_millis() as f64
            && (self.stream.borrow().as_ref())
                .is_some_and(|stream| stream.source.ready_state() == EventSource::OPEN)
    }

    /// Closes for good.
    pub(super) fn end(&self) {
        self.ended.set(true);
        self.close_stream();
        if let Some(bedtime) = self.bedtime.take() {
            bedtime.clear();
        }
    }

    /// Closes the stream and stops waiting. The stream itself is only let go by the next one: this
    /// may be called by the very function that it holds.
    fn close_stream(&self) {
        if let Some(clock) = self.clock.take() {
            clock.clear();
        }
        if let Some(stream) = &*self.stream.borrow() {
            stream.source.close();
        }
    }

    fn wait(self: &Rc<Self>, time: Duration, then: fn(&Rc<Self>)) {
        if let Some(clock) = self.clock.replace(after(time, self, then)) {
            clock.clear();
        }
    }

    fn show_lost(&self, lost: bool) {
        self.lost.maybe_update(|shown| {
            let changed = *shown != lost;
            *shown = lost;
            changed
        });
    }
}

fn after(
    time: Duration,
    connection: &Rc<Connection>,
    then: fn(&Rc<Connection>),
) -> Option<TimeoutHandle> {
    let connection = Rc::downgrade(connection);
    let call = move || {
        if let Some(connection) = connection.upgrade() {
            then(&connection);
        }
    };
    set_timeout_with_handle(call, time).ok()
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
        for kind in ["open", "error", "game", "gone", "lobby", "ping"] {
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
