//! The HTML document and the router.

use crate::pages::{Arrival, GamePage, HomePage, NotFound};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// The document that the server sends around every page. Scripts carry the request's nonce, which
/// Leptos adds by itself.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta
                    name="description"
                    content="Play Tic-Tac-Toe online with a friend: invite by name, play live."
                />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/site.webmanifest" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
                <nav class="footer guide-link" aria-label="About">
                    <a href="/guide" rel="external">
                        "The guide: how this is built on DynamoDB"
                    </a>
                </nav>
                {under_the_hood()}
            </body>
        </html>
    }
}

/// The panel that shows what the page asks of DynamoDB, where there is one. It is none of the application's:
/// what is in it the server alone renders, and a script inserts it.
#[cfg(feature = "ssr")]
fn under_the_hood() -> Option<impl IntoView> {
    let state = use_context::<crate::ssr::state::AppState>();
    state.and_then(|state| state.inspector).map(|_| {
        view! {
            {leptos::html::custom("under-the-hood")}
            <noscript>
                <nav class="footer guide-link" aria-label="For developers">
                    <a href="/inspector">"Under the hood"</a>
                </nav>
            </noscript>
            <script type="module" src="/under-the-hood.js" nonce=leptos::nonce::use_nonce()></script>
        }
    })
}

/// Only the server writes documents.
#[cfg(not(feature = "ssr"))]
const fn under_the_hood() {}

/// The application. Every page is rendered as a whole before it is sent: it is complete without
/// JavaScript and has the status that its data deserve.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // The page that is left stays until the data of the next one are there.
    let (is_routing, set_is_routing) = signal(false);
    view! {
        <Title formatter=|text: String| format!("{text} · Tic-Tac-Toe") />
        <Router set_is_routing>
            <Arrival is_routing />
            <FlatRoutes fallback=|| view! { <NotFound /> }>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/games/:game_id") view=GamePage ssr=SsrMode::Async />
            </FlatRoutes>
            <footer class="footer">
                <p>
                    "Every move is one conditional write on Amazon DynamoDB. "
                    <a href="/api/v1/openapi.json" rel="external">
                        "API description"
                    </a>
                </p>
            </footer>
        </Router>
    }
}
