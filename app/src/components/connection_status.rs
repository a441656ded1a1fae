use crate::part::IntoPart;
use leptos::prelude::*;

/// Says so while the live connection is lost. Its place is kept free.
#[component]
pub fn ConnectionStatus(lost: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="connection-place">
            {move || {
                lost.get()
                    .then(|| {
                        view! {
                            <p class="connection" role="status">
                                "Connection lost, reconnecting…"
                            </p>
                        }
                    })
                    .into_part()
            }}
        </div>
    }
}
