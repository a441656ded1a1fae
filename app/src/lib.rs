//! Tic-Tac-Toe on DynamoDB: everything that the browser and the server share, and, behind the
//! feature `ssr`, what only the server has.

// The type of a page nests as deep as the page does.
#![recursion_limit = "256"]

pub mod error;
pub mod game;
pub mod ids;
pub mod view_model;

pub mod api;
pub mod components;
pub mod live;
pub mod pages;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
