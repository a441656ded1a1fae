//! The entry point in the browser: hydrates the page that the server has rendered.

use app::shell::App;
use leptos::mount::hydrate_body;
use wasm_bindgen::prelude::wasm_bindgen;

/// Hydrates the page. The page's script calls it once the WebAssembly has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    hydrate_body(App);
}
