//! The Leptos application, rendered on the server and hydrated in the browser.
//!
//! | module | contents |
//! |---|---|
//! | [`shell`] | the HTML document and the router |
//! | [`pages`] | the pages and their state |
//! | [`components`] | the building blocks of pages |
//! | [`live`] | the subscription of a page to server-sent events |
//! | [`api`] | server functions |
//! | [`lean`] | smaller replacements for parts of Leptos |
//! | [`json`] | JSON encoding and decoding |
//! | [`return_page`] | the pages to which a log-in returns |
//! | `server_pages` | the pages that only the server renders, with the feature `ssr` |
//! | `session_cookie` | the session cookie, with the feature `ssr` |
//! | `state` | the server's state, with the feature `ssr` |

pub mod api;
pub mod components;
pub mod json;
pub mod lean;
pub mod live;
pub mod pages;
pub mod return_page;
#[cfg(feature = "ssr")]
pub mod server_pages;
#[cfg(feature = "ssr")]
pub mod session_cookie;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod state;
