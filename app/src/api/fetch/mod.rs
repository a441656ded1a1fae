//! Posts to server functions, and what comes back.

#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser;
#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
pub(super) use browser::{decode, post};
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
mod server;
#[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
pub(super) use server::{decode, post};
