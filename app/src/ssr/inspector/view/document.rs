//! A whole document around what the server alone renders: for browsers that run no script, and the guide.

use crate::components::Brand;
use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::HashedStylesheet;

/// What a document needs besides its content.
#[derive(Clone, Debug)]
pub struct Document {
    /// The title.
    pub title: String,
    /// Where the site's style sheet is.
    pub options: LeptosOptions,
    /// Who is logged in.
    pub viewer: Option<String>,
    /// Where its reader comes from: a heading and a way back are added then.
    pub back: Option<String>,
}

impl Document {
    /// The document around some HTML.
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
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{head}</title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <HashedStylesheet options />
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
