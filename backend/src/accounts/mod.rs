//! Accounts: password hashing, sessions and their tokens.

mod passwords;
mod queue;
mod session_cache;
mod sessions;

pub use passwords::{Password, Passwords, VerifiedHash};
pub use session_cache::SessionCache;
pub use sessions::{SESSION_DAYS, Session, SessionKey, SessionToken, StartedSession};
