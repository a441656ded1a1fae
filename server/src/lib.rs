//! The server of Tic-Tac-Toe on DynamoDB: pages, server functions, JSON API and live events over the
//! use cases of `app`.
//!
//! A request passes, from the outside in: [`telemetry`] (request id, log line), [`metrics`] (if they are
//! asked for), [`security`] (headers), [`https`] (away from plain HTTP), a net for panics, compression,
//! [`limits`] (cross-site check, body size, rate), and [`router`], which hands it to [`rest`], [`events`],
//! [`actions`], [`health`], a page or a file.

pub mod actions;
pub mod cli;
pub mod config;
pub mod database;
pub mod events;
pub mod guide;
pub mod health;
pub mod https;
pub mod inspector;
pub mod lifecycle;
pub mod limits;
pub mod metrics;
pub mod pages;
pub mod rate_limit;
pub mod refusal;
pub mod rest;
pub mod router;
pub mod security;
pub mod seed;
pub mod shutdown;
pub mod site;
pub mod startup;
pub mod tables;
pub mod telemetry;
