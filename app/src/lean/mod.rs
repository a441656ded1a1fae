//! Smaller replacements for parts of Leptos. They exist only to reduce the download size.
//!
//! | replacement | for | saves | removed when |
//! |---|---|---|---|
//! | [`ErasedView`] | `AnyView` | 54 KB | Leptos 0.9's feature `lazy` makes `AnyView` small (leptos-rs/leptos#4438) |
//! | [`FormAction`] | `ServerAction` and `ActionForm` | 33 KB together with the shared call | Leptos no longer compiles their code once per server function |
//! | [`SharedCall`] | the default protocol of server functions | 20 KB | Leptos no longer compiles its code once per server function |
//!
//! `docs/decisions/browser-size.md` lists the commands that measure the figures.

mod call;
mod erased_view;
mod form_action;

pub use call::SharedCall;
pub use erased_view::{ErasedView, IntoErased};
pub use form_action::{FormAction, FormResponse};
