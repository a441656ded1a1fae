//! The browser's subscription to server-sent events for a game or a player's lists.
//!
//! Each page has at most one stream. It reconnects by itself, almost immediately after `event: reconnect`
//! from a server that is about to stop. While the tab is hidden, it opens only once a minute, to catch up. It
//! closes with the page. On the server, a subscription does nothing.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod timer;
#[cfg(target_arch = "wasm32")]
use browser::Handle;
#[cfg(target_arch = "wasm32")]
mod connection;
#[cfg(any(test, target_arch = "wasm32"))]
mod duration;
#[cfg(target_arch = "wasm32")]
mod outage;
#[cfg(not(target_arch = "wasm32"))]
mod server;
#[cfg(not(target_arch = "wasm32"))]
use server::Handle;

use domain::views::{GameView, LobbyEvent};
use leptos::prelude::*;

/// An event of a subscription.
#[derive(Clone, Debug)]
pub enum LiveEvent {
    /// The game changed. Carries its current state.
    Game(GameView),
    /// The game was deleted.
    Deleted,
    /// One of the player's lists changed.
    Lobby(LobbyEvent),
    /// The connection was restored. The changes during the outage follow.
    Reconnected,
    /// An attempt to connect failed. The server may be unreachable, or it may reject the stream, such as
    /// after a log-out or for a deleted game.
    ///
    /// `EventSource` does not expose the reason, so pages load their data again to learn it. Only some of
    /// the failures are reported, which limits the number of these requests.
    ConnectFailed,
}

/// The state of the connection for display.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionState {
    /// True while the connection is lost, and until the page is up to date again. An outage of less than a
    /// second is not reported.
    pub lost: RwSignal<bool>,
    /// The duration of the current outage, such as `12 s`. Empty while connected.
    pub lost_for: RwSignal<String>,
    /// The notice of the reconnection, shown for some seconds. Empty otherwise.
    pub reconnected: RwSignal<String>,
}

impl ConnectionState {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            lost: RwSignal::new(false),
            lost_for: text(),
            reconnected: text(),
        }
    }
}

/// A subscription to an event stream. It ends with the page.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    state: ConnectionState,
    handle: Handle,
}

impl Live {
    /// Subscribes to the stream at the path `address`.
    ///
    /// The first connection resumes from `resume_token`, which came with the page's data, and later ones from
    /// the last event. `is_stale` is true while the page loads outdated data again. An outage does not end
    /// before.
    pub fn subscribe(
        address: String,
        resume_token: String,
        is_stale: RwSignal<bool>,
        on_event: impl Fn(LiveEvent) + 'static,
    ) -> Self {
        let state = ConnectionState::new();
        Self {
            state,
            handle: Handle::open(address, resume_token, state, is_stale, Box::new(on_event)),
        }
    }

    /// A subscription without a stream, for a page whose data no longer change.
    #[must_use]
    pub fn inactive() -> Self {
        Self {
            state: ConnectionState::new(),
            handle: Handle::closed(),
        }
    }

    /// The state of the connection for display.
    #[must_use]
    pub const fn connection(self) -> ConnectionState {
        self.state
    }

    /// True while the connection is lost, and until the page is up to date again.
    #[must_use]
    pub const fn lost(self) -> RwSignal<bool> {
        self.state.lost
    }

    /// Ends the subscription before the page is left.
    pub fn close(self) {
        self.handle.close();
    }
}
