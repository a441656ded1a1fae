//! The HTML document around content that only the server renders: the guide, and the panel for browsers
//! without scripts.

use app::{components::Brand, shell::head_elements};
use leptos::{config::LeptosOptions, prelude::*};

/// The properties of a document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The title.
    pub title: String,
    /// The options that locate the site's style sheet.
    pub options: LeptosOptions,
    /// The logged-in player.
    pub viewer: Option<String>,
    /// The address that the reader came from. With it, the document has a heading and a link back.
    pub back: Option<String>,
}

impl Document {
    /// The document with this content.
    #[must_use]
    pub fn around(self, content: String) -> String {
        let Self {
            title,
            options,
            viewer,
            back,
        } = self;
        let top = back.map(|back| {
            view! {
                <h1>{title.clone()}</h1>
                <p>
                    <a href=back>"Back"</a>
                </p>
            }
        });
        let content = top.map(super::html).unwrap_or_default() + &content;
        let head = format!("{title} · Tic-Tac-Toe");
        let view = view! {
            <html lang="en">
                <head>
                    {head_elements(options)} <title>{head}</title>
                    <link rel="stylesheet" href="/under-the-hood.css" />
                    <script type="module" src="/under-the-hood-panel.js"></script>
                </head>
                <body>
                    <header class="header">
                        <Brand />
                        {viewer.map(|viewer| view! { <span class="session-name">{viewer}</span> })}
                    </header>
                    <main class="page guide" inner_html=content></main>
                </body>
            </html>
        };
        format!("<!DOCTYPE html>{}", super::html(view))
    }
}
