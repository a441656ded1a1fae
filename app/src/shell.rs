//! The HTML document and the router.

use crate::{
    components::Footer,
    pages::{FocusManager, GamePage, HomePage, NotFound, clear_error_query},
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// The HTML document around every page of the application. Leptos adds the request's nonce to its scripts.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                {head_elements(options.clone())} <AutoReload options=options.clone() />
                <HydrationScripts options /> <MetaTags />
            </head>
            <body>
                <App />
                {guide_link()}
                {under_the_hood()}
            </body>
        </html>
    }
}

/// The elements of the head that all documents share.
#[must_use]
pub fn head_elements(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
            name="description"
            content="Play Tic-Tac-Toe online with a friend. Invite by name and play live."
        />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="manifest" href="/site.webmanifest" />
        <HashedStylesheet options id="leptos" />
    }
}

/// The link to the guide below every page.
#[must_use]
pub(crate) fn guide_link() -> impl IntoView {
    view! {
        <nav class="footer guide-link" aria-label="About">
            <a href="/guide" rel="external">
                "The guide: how this is built on DynamoDB"
            </a>
        </nav>
    }
}

/// The element and the script of the panel "Under the hood", if the server offers it. The server renders
/// the content of the panel, and the script inserts it.
#[cfg(feature = "ssr")]
pub(crate) fn under_the_hood() -> Option<impl IntoView> {
    let has_panel = use_context::<crate::state::AppState>().is_some_and(|state| state.has_panel);
    has_panel.then(|| {
        view! {
            {leptos::html::custom("under-the-hood")}
            <noscript>
                <nav class="footer guide-link" aria-label="For developers">
                    <a href="/inspector">"Under the hood"</a>
                </nav>
            </noscript>
            <script type="module" src="/under-the-hood.js" nonce=use_nonce()></script>
        }
    })
}

/// Nothing: only the server renders the document.
#[cfg(not(feature = "ssr"))]
const fn under_the_hood() {}

/// The application with its routes.
///
/// The server renders every page completely before sending it. The page works without JavaScript, and its
/// HTTP status matches its data.
#[component]
#[must_use]
#[allow(
    clippy::must_use_candidate,
    reason = "the macro makes a function of it that only views call"
)]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // During a navigation, the previous page stays visible until the data of the next page have loaded.
    let (is_routing, set_is_routing) = signal(false);
    view! {
        <Title formatter=document_title />
        <Router set_is_routing>
            <FocusManager is_routing />
            {clear_error_query}
            <FlatRoutes fallback=|| view! { <NotFound /> }>
                <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/games/:game_id") view=GamePage ssr=SsrMode::Async />
            </FlatRoutes>
            <Footer />
        </Router>
    }
}

/// The title of a document, around the text of its page.
///
/// The text may contain names from the table. `leptos_meta` copies a title into the server's HTML without
/// escaping it, so this function does. The browser sets it as text.
fn document_title(text: String) -> String {
    let title = format!("{text} · Tic-Tac-Toe");
    #[cfg(not(target_arch = "wasm32"))]
    let title = title.to_html();
    title
}
