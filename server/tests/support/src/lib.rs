//! Helpers for the server's tests and benchmarks.
//!
//! | module | subject |
//! |---|---|
//! | [`engines`] | both database engines, with tables of the test's own |
//! | [`dynamodb_local`] | the process of Amazon's DynamoDB Local |
//! | [`capacity`] | the capacity units that requests consume |
//! | [`faults`] | faults between the SDK and the engine, one by one |
//! | [`fault_proxy`], [`lagging_indexes`] | faults between server processes and DynamoDB Local, at random, and indexes that lag |
//! | [`app`] | a server in the test's process |
//! | [`server_process`] | the server's binary in a process of its own |
//! | [`client`], [`answer`], [`events`] | an HTTP client, its responses, event streams |
//! | [`players`] | the requests that players send again and again |
//!
//! A helper panics when something goes wrong: the panic fails the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    missing_debug_implementations,
    reason = "a panic is the test's report"
)]

pub mod answer;
pub mod app;
pub mod capacity;
pub mod client;
pub mod dynamodb_local;
pub mod engines;
pub mod events;
pub mod fault_proxy;
pub mod faults;
pub mod lagging_indexes;
pub mod players;
pub mod server_process;
mod supervised_process;

pub use answer::Answer;
pub use app::{App, serve};
pub use capacity::CapacityMeter;
pub use client::{Client, RequestBuilder};
pub use dynamodb_local::{DynamoDbLocal, reserve_port};
pub use engines::{
    Engine, Fixture, dynamodb_local, dynamodb_local_endpoint, embedded, embedded_in,
};
pub use events::Events;
pub use fault_proxy::{FaultProxy, FaultRates, LateRequest, ProxyFault};
pub use faults::{Fault, Faults, HeldRequest, HoldPoint};
pub use lagging_indexes::LaggingIndexes;
pub use players::{
    DRAW, HOST_WINS_AT_FIVE, HOST_WINS_AT_SEVEN, NO_GAME, PASSWORD, game_path, new_game_id,
    play_all, session_of,
};
pub use server_process::{Finished, ServerProcess, command, repository, run};

pub use http::{Method, header};
pub use serde_json::{Value, json};
