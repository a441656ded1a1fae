//! Text in HTML.

use pulldown_cmark::{Event, html};
use std::iter;

/// Text escaped for HTML.
pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    html::push_html(&mut html, iter::once(Event::Text(text.into())));
    html
}
