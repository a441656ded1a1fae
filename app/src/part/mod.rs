//! Parts of a page whose types are forgotten.
//!
//! The type of a Leptos view spells out everything in it, and each type brings its own code. Every
//! page therefore ends in a [`Part`], of which there is one type.

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub use browser::Part;

/// A part of a page. On the server, where size hardly matters, it is Leptos' own.
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub type Part = leptos::prelude::AnyView;

use leptos::prelude::IntoView;

/// Forgets the type of a view.
pub trait IntoPart {
    /// The same view, drawn the same way.
    fn into_part(self) -> Part;
}

impl<V: IntoView + 'static> IntoPart for V {
    fn into_part(self) -> Part {
        #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
        {
            Part::new(self)
        }
        #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
        {
            leptos::prelude::IntoAny::into_any(self)
        }
    }
}
