//! The store and the use cases on both engines.

mod account;
mod accounts;
mod aws_example;
mod conditions;
mod games;
mod inspector;
mod instance;
mod invitations;
mod items;
mod lists;
mod tables;
