//! The panel and its parts as HTML. Only the server renders them, and the panel's script inserts them.

pub mod document;
mod examples;
mod faults;
mod game;
mod meter;
mod panel;
mod race;
mod requests;

pub use examples::{example_form, example_result};
pub use faults::faults;
pub use game::{indexes, item};
pub use meter::meter;
pub use panel::{GameSection, Panel, panel};
pub use race::{race_form, race_result};
pub use requests::{closed_requests, requests};

use leptos::prelude::*;

/// Renders a view.
#[must_use]
pub fn html(view: impl IntoView) -> String {
    view.into_view().to_html()
}

/// A number of units without insignificant zeros: `0.5`, `19`.
fn number(units: f64) -> String {
    let text = format!("{units:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
