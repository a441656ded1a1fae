//! Types that browser and server share: the rules of the game, identifiers, the status of a game,
//! errors, and the views that pages render and the JSON API returns.
//!
//! No I/O, no user interface, no clock. The feature `openapi` derives the schemas of the OpenAPI
//! document.

pub mod error;
pub mod ids;
pub mod lists;
pub mod players;
pub mod rules;
pub mod status;
pub mod views;
