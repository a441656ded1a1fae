//! The whole server over real HTTP: the API row by row, what forms and browsers see, and whatever odd
//! clients send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "in a test a panic is the report"
)]

mod support;

mod accounts;
mod bodies;
mod damage;
mod events;
mod forms;
mod guide;
mod health;
mod https;
mod inspector;
mod inspector_cost;
mod invitations;
mod lists;
mod moves;
mod odd_requests;
mod openapi;
mod outage;
mod pages;
mod rate_limits;
mod security;
mod server_functions;
