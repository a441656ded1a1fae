use super::{ConnectionState, LiveEvent, connection::Connection, outage::Outage};
use leptos::{
    leptos_dom::helpers::{WindowListenerHandle, window_event_listener_untyped},
    prelude::*,
};
use std::rc::Rc;

/// The page's connection. It is dropped, and so closed, when the page's reactive owner is.
#[derive(Clone, Copy)]
pub(super) struct Handle(StoredValue<Option<Followed>, LocalStorage>);

/// A connection and what the window tells it.
struct Followed {
    connection: Rc<Connection>,
    listeners: Vec<WindowListenerHandle>,
}

impl Handle {
    pub(super) fn open(
        address: String,
        since: String,
        state: ConnectionState,
        on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Self {
        let connection = Connection::new(address, since, Outage::new(state), on_event);
        let listeners = vec![
            // It bubbles from the document to the window.
            listen(
                &connection,
                "visibilitychange",
                Connection::visibility_changed,
            ),
            listen(&connection, "online", Connection::change_network),
            listen(&connection, "offline", Connection::fail),
        ];
        connection.connect();
        // Nothing tells of a tab that was opened behind another.
        if document().hidden() {
            connection.visibility_changed();
        }
        Self(StoredValue::new_local(Some(Followed {
            connection,
            listeners,
        })))
    }

    pub(super) fn closed() -> Self {
        Self(StoredValue::new_local(None))
    }

    pub(super) fn close(self) {
        // Dropped outside of the store, which is locked meanwhile.
        drop(self.0.try_update_value(Option::take));
    }
}

fn listen(
    connection: &Rc<Connection>,
    event: &str,
    react: fn(&Rc<Connection>),
) -> WindowListenerHandle {
    let connection = Rc::downgrade(connection);
    window_event_listener_untyped(event, move |_| {
        if let Some(connection) = connection.upgrade() {
            react(&connection);
        }
    })
}

impl Drop for Followed {
    fn drop(&mut self) {
        for listener in self.listeners.drain(..) {
            listener.remove();
        }
        self.connection.end();
    }
}
