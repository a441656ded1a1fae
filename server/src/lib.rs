//! The server of Tic-Tac-Toe on DynamoDB: the process around the use cases of `backend` and the pages of
//! `app`.
//!
//! | module | subject |
//! |---|---|
//! | [`cli`], [`config`] | command line, environment and configuration file |
//! | [`database`] | the engine behind the store |
//! | [`http`] | router, pages, JSON API, event streams, limits, headers, logs |
//! | [`lifecycle`] | starting, draining and stopping |
//! | [`inspector`] | "Under the hood" |
//! | [`guide`] | the documents, served at `/guide` |
//! | [`metrics`] | Prometheus metrics |
//! | [`seed`], [`tables`] | the commands for test data and for the tables |

pub mod cli;
pub mod config;
pub mod database;
pub mod guide;
pub mod http;
pub mod inspector;
pub mod lifecycle;
pub mod metrics;
pub mod seed;
pub mod tables;
