//! The browser's subscription to a game or to a player's lists, by server-sent events.
//!
//! One stream a page. It reconnects by itself, and at once when a server that is about to stop sends
//! `event: reconnect`; it sleeps while the tab is hidden, and is closed when the page is left. On the
//! server, where pages are only rendered, following does nothing.

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod alarm;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
use browser::Handle;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod connection;
#[cfg(any(test, all(feature = "hydrate", not(feature = "ssr"))))]
mod duration;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod outage;
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
mod server;
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
use server::Handle;

use crate::view_model::{GameView, LobbyEvent};
use leptos::prelude::*;

/// What a page hears of.
#[derive(Clone, Debug)]
pub enum LiveEvent {
    /// The game as it now is.
    Game(GameView),
    /// The game was removed.
    Gone,
    /// One of the player's lists changed.
    Lobby(LobbyEvent),
    /// Connected again: what happened in between may have been missed.
    Resumed,
    /// An attempt to connect failed. The server may be away, or refuse this stream for a reason that
    /// a stream can't tell (no session any more, no such game): asking it otherwise tells. Reported
    /// for a few of the attempts only, so that asking costs little.
    Refused,
}

/// What a page says of its connection.
#[derive(Clone, Copy)]
pub struct ConnectionState {
    /// Whether it is lost. False for a loss of less than a second, which nobody needs to hear of.
    pub lost: RwSignal<bool>,
    /// While it is lost, for how long: `12 s`.
    pub away: RwSignal<String>,
    /// For some seconds after its return, how long it was lost; otherwise empty.
    pub again: RwSignal<String>,
}

impl ConnectionState {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            lost: RwSignal::new(false),
            away: text(),
            again: text(),
        }
    }
}

/// A subscription. Ends with the page that began it.
#[derive(Clone, Copy)]
pub struct Live {
    state: ConnectionState,
    handle: Handle,
}

impl Live {
    /// Follows the stream at `address`. The first connection goes on from `since`, the token that
    /// came with the page's data; later ones leave it out, since it may be long past.
    pub fn follow(address: String, since: String, on_event: impl Fn(LiveEvent) + 'static) -> Self {
        let state = ConnectionState::new();
        Self {
            state,
            handle: Handle::open(address, since, state, Box::new(on_event)),
        }
    }

    /// Follows nothing: for a page that can't change any more.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            state: ConnectionState::new(),
            handle: Handle::closed(),
        }
    }

    /// How the connection is.
    #[must_use]
    pub const fn connection(self) -> ConnectionState {
        self.state
    }

    /// Whether the connection is lost at the moment. What is missed meanwhile is told afterwards.
    #[must_use]
    pub const fn lost(self) -> RwSignal<bool> {
        self.state.lost
    }

    /// Ends the subscription before the page ends.
    pub fn close(self) {
        self.handle.close();
    }
}
