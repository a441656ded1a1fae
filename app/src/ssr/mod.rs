//! What only the server has: the use cases, accounts, the live hub and the store.

pub mod auth;
pub mod cookie;
pub mod feed;
pub mod game;
pub mod hub;
pub mod inspector;
pub mod metrics;
pub mod recent_games;
pub mod state;
pub mod store;
pub mod use_cases;
