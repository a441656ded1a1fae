use crate::{live::ConnectionState, part::IntoPart};
use leptos::prelude::*;

/// Says so while the live connection is lost, and for how long; then, for a while, how long that was.
/// Its place is kept free.
///
/// The seconds are beside the status and not in it: who listens to the page is told of the loss and
/// of its end, not of every second in between.
#[component]
pub fn ConnectionStatus(connection: ConnectionState) -> impl IntoView {
    let ConnectionState { lost, away, again } = connection;
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
                                    {away}
                                </span>
                            </p>
                        }
                    })
                    .into_part()
            }}
            <p class="connected-again" aria-live="polite">
                {again}
            </p>
        </div>
    }
}
