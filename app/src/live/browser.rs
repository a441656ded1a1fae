use super::{ConnectionState, LiveEvent, connection::Connection};
use leptos::{
    leptos_dom::helpers::{WindowListenerHandle, window_event_listener_untyped},
    prelude::*,
};
use std::rc::Rc;

/// The page's connection. It closes when the page's reactive owner is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle(StoredValue<Option<Subscription>, LocalStorage>);

/// A connection with its listeners for events of the window.
struct Subscription {
    connection: Rc<Connection>,
    listeners: Vec<WindowListenerHandle>,
}

impl Handle {
    pub(super) fn open(
        address: String,
        resume_token: String,
        state: ConnectionState,
        is_stale: RwSignal<bool>,
        on_event: Box<dyn Fn(LiveEvent)>,
    ) -> Self {
        let connection = Connection::new(address, resume_token, state, is_stale, on_event);
        let listeners = vec![
            // The document's event bubbles to the window.
            listen(
                &connection,
                "visibilitychange",
                Connection::visibility_changed,
            ),
            listen(&connection, "online", Connection::network_restored),
            listen(&connection, "offline", Connection::fail),
        ];
        connection.connect();
        // A tab that was opened in the background gets no `visibilitychange` event.
        if document().hidden() {
            connection.visibility_changed();
        }
        let loading = Rc::downgrade(&connection);
        Effect::new(move |_| {
            if let (false, Some(connection)) = (is_stale.get(), loading.upgrade()) {
                connection.data_loaded();
            }
        });
        Self(StoredValue::new_local(Some(Subscription {
            connection,
            listeners,
        })))
    }

    pub(super) fn closed() -> Self {
        Self(StoredValue::new_local(None))
    }

    pub(super) fn close(self) {
        // The connection is dropped after the update, because the update holds the store's lock.
        drop(self.0.try_update_value(Option::take));
    }
}

fn listen(
    connection: &Rc<Connection>,
    event: &str,
    handler: fn(&Rc<Connection>),
) -> WindowListenerHandle {
    let connection = Rc::downgrade(connection);
    window_event_listener_untyped(event, move |_| {
        if let Some(connection) = connection.upgrade() {
            handler(&connection);
        }
    })
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for listener in self.listeners.drain(..) {
            listener.remove();
        }
        self.connection.end();
    }
}
