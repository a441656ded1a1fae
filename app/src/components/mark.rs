use domain::rules::Mark;
use leptos::prelude::*;

/// A drawing of a mark. It is hidden from screen readers, so the parent needs a text for it.
#[component]
pub fn MarkDrawing(mark: Mark) -> impl IntoView {
    let (class, path) = match mark {
        Mark::X => ("mark mark-x", "M26 26 74 74M74 26 26 74"),
        Mark::O => ("mark mark-o", "M50 22a28 28 0 1 1 0 56 28 28 0 1 1 0-56"),
    };
    view! {
        <svg class=class viewBox="0 0 100 100" aria-hidden="true">
            <path d=path pathLength="1" />
        </svg>
    }
}
