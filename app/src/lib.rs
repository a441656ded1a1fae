//! Tic-Tac-Toe on DynamoDB: everything that the browser and the server share, and, behind the
//! feature `ssr`, what only the server has.

pub mod error;
pub mod game;
pub mod ids;
pub mod json;
pub mod view_model;

pub mod api;
pub mod components;
pub mod live;
pub mod pages;
pub mod part;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
