use crate::{lean::IntoErased, live::ConnectionState};
use leptos::prelude::*;

/// The state of the live connection: its loss with a timer, then for some seconds a notice of the
/// reconnection. The layout reserves its space.
///
/// The timer is outside the status element. Screen readers announce the loss and the reconnection, but not
/// every second in between.
#[component]
pub fn ConnectionStatus(connection: ConnectionState) -> impl IntoView {
    let ConnectionState {
        lost,
        lost_for,
        reconnected,
    } = connection;
    view! {
        <div class="connection-place">
            {move || {
                lost.get()
                    .then(|| {
                        view! {
                            <p class="connection">
                                <span role="status">"Connection lost, reconnecting…"</span>
                                " "
                                <span role="timer" aria-label="Time without connection">
                                    {lost_for}
                                </span>
                            </p>
                        }
                    })
                    .into_erased()
            }} <p class="connected-again" aria-live="polite">
                {reconnected}
            </p>
        </div>
    }
}
