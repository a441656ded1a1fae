//! The few things that only a browser can do. They are asked of in effects and event handlers, which
//! never run on the server.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

/// Moves the keyboard's focus to the first element that a CSS selector finds.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The same, once what has just changed is drawn.
pub fn focus_when_drawn(selector: String) {
    request_animation_frame(move || focus(&selector));
}

/// A moment (RFC 3339) in the browser's own time zone, written like [`utc`](super::moment::utc)
/// writes it.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub(super) fn local(moment: &str) -> Option<String> {
    let date = js_sys::Date::new(&moment.into());
    let year = date.get_full_year();
    // The year of a date that can't be read is NaN, which arrives as 0.
    (year > 0).then(|| {
        super::moment::written(
            date.get_date(),
            date.get_month() as usize,
            &year.to_string(),
            &format!("{:02}:{:02}", date.get_hours(), date.get_minutes()),
        )
    })
}

/// The server does not know its readers' time zones.
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) const fn local(_moment: &str) -> Option<String> {
    None
}

/// Whether the page may write to the clipboard: only one that came by HTTPS or from this machine.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub(super) fn can_copy() -> bool {
    window().is_secure_context()
}

/// The server has no clipboard.
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) const fn can_copy() -> bool {
    false
}

/// Copies the page's address.
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub(super) fn copy_address() {
    if let Ok(address) = window().location().href() {
        let _ = window().navigator().clipboard().write_text(&address);
    }
}

/// The server has no clipboard.
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) const fn copy_address() {}
