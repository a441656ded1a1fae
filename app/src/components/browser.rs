//! Functions that need a browser. Only effects and event handlers call them, and those never run on the
//! server.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

/// Moves the keyboard focus to the first element that matches a CSS selector.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Moves the focus like [`focus`], after the next render.
pub fn focus_after_render(selector: String) {
    request_animation_frame(move || focus(&selector));
}

/// Returns true if the page may write to the clipboard. Browsers allow it over HTTPS and on localhost.
#[cfg(target_arch = "wasm32")]
pub(super) fn can_copy() -> bool {
    window().is_secure_context()
}

/// Returns false: the server has no clipboard.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const fn can_copy() -> bool {
    false
}

/// Copies the page's URL to the clipboard.
#[cfg(target_arch = "wasm32")]
pub(super) fn copy_address() {
    if let Ok(address) = window().location().href() {
        let _ = window().navigator().clipboard().write_text(&address);
    }
}

/// Does nothing: the server has no clipboard.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const fn copy_address() {}
