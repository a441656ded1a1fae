//! Everything HTTP: the router, its layers, and the handlers of pages, server functions, API and events.
//!
//! A request passes these layers, from the outside in:
//!
//! | layer | task |
//! |---|---|
//! | [`client_info`] | address of the client |
//! | [`logs`] | request id, log line |
//! | [`metrics`](crate::metrics::requests) | durations, if metrics are on |
//! | [`security`] | response headers |
//! | [`https`] | redirect or rejection of plain HTTP |
//! | `tower_http` | panic handler, compression |
//! | [`limits`] | [host](hosts), cross-site check, body size, [`rate_limits`] |
//! | [`inspector`](crate::inspector::record()) | recording of database requests, if the inspector is on |
//!
//! The [`router`] then dispatches it to [`rest`], [`events`], [`actions`], [`health`], the inspector, the guide,
//! a page ([`pages`], [`server_pages`]) or a file of the [`site`].

pub mod actions;
pub mod client_info;
pub mod connections;
pub mod event_stream;
pub mod events;
pub mod health;
pub mod hosts;
pub mod https;
pub mod limits;
pub mod local_path;
pub mod logs;
pub mod pages;
pub mod rate_limits;
pub mod rejection;
pub mod request_headers;
pub mod rest;
pub mod router;
pub mod security;
pub mod server_pages;
pub mod site;
