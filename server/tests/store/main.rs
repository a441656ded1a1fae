//! The store and the use cases on real engines: the embedded one and Amazon's DynamoDB Local.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod games;
mod inspector;
mod instance;
mod invitations;
mod item;
mod lists;
mod older;
mod tables;
