//! Tic-Tac-Toe on DynamoDB: everything that the browser and the server share, and, behind the
//! feature `ssr`, what only the server has.

pub mod error;
pub mod game;
pub mod ids;
pub mod view_model;

pub mod api;
#[cfg(feature = "ssr")]
pub mod ssr;
