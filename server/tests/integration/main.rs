//! The server's integration tests, all in one binary. `cargo test --release -p server --test integration store::` runs
//! one module.
//!
//! | module | subject |
//! |---|---|
//! | [`http`] | one server over HTTP: API, forms, pages, event streams, odd requests |
//! | [`store`] | the store and the use cases on both engines |
//! | [`instances`] | several instances on one DynamoDB Local |
//! | [`races`], [`faults`], [`outage`] | requests that overtake each other, faults, outages |
//! | [`disconnects`], [`lagging_indexes`] | clients that disconnect, indexes that lag behind the table |
//! | [`engines`], [`embedded`] | the properties of the engines that everything else relies on |
//! | [`cost`] | the capacity units of a game |
//! | [`metrics`], [`region`], [`seed`], [`shutdown`], [`tables`] | the server's binary and its commands |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the test's report"
)]

mod cost;
mod disconnects;
mod embedded;
mod engines;
mod faults;
mod http;
mod instances;
mod lagging_indexes;
mod metrics;
mod outage;
mod races;
mod region;
mod seed;
#[cfg(unix)]
mod shutdown;
mod store;
mod tables;
