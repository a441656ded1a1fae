//! Type-erased views.
//!
//! The type of a Leptos view contains the types of all its children, and the compiler generates code for
//! each of them. Erasing the type at the root of every page and large component avoids that.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
pub use browser::ErasedView;

/// A view of any type. The server uses Leptos' own type, because its size hardly matters there.
#[cfg(not(target_arch = "wasm32"))]
pub type ErasedView = leptos::prelude::AnyView;

use leptos::prelude::IntoView;

/// Erases the type of a view.
pub trait IntoErased {
    /// Returns the view as an [`ErasedView`].
    fn into_erased(self) -> ErasedView;
}

impl<V: IntoView + 'static> IntoErased for V {
    fn into_erased(self) -> ErasedView {
        #[cfg(target_arch = "wasm32")]
        {
            ErasedView::new(self)
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            leptos::prelude::IntoAny::into_any(self)
        }
    }
}
