//! The log lines that an operator needs after an incident: who did what to an account, and which requests were
//! rejected. The span of the request adds its id and the address of the client. `docs/operations.md` lists them.
//!
//! They never contain a secret. A name appears only if it belongs to an account, because people type passwords into
//! the field for the name.

use crate::metrics;
use domain::ids::PlayerName;

/// Records a new account.
pub(crate) fn account_created(player: &PlayerName) {
    metrics::account_created();
    tracing::info!(player = player.as_str(), "account created");
}

/// Records a log-in.
pub(crate) fn logged_in(player: &PlayerName) {
    metrics::logged_in();
    tracing::info!(player = player.as_str(), "logged in");
}

/// Records a wrong password, or a name that no account has.
pub(crate) fn log_in_failed(account: Option<&PlayerName>) {
    match account {
        Some(player) => tracing::warn!(player = player.as_str(), "log-in failed: wrong password"),
        None => tracing::warn!("log-in failed: unknown name"),
    }
}

/// Records a log-out.
pub(crate) fn logged_out(player: &PlayerName) {
    tracing::info!(player = player.as_str(), "logged out");
}

/// Records that a player ended all sessions of the account.
pub(crate) fn logged_out_everywhere(player: &PlayerName) {
    tracing::info!(player = player.as_str(), "logged out everywhere");
}

/// Records a new password.
pub(crate) fn password_changed(player: &PlayerName) {
    tracing::info!(player = player.as_str(), "password changed");
}

/// Records a wrong current password in a request to change or delete an account.
pub(crate) fn password_rejected(player: &PlayerName) {
    tracing::warn!(
        player = player.as_str(),
        "account change failed: wrong password"
    );
}

/// Records the deletion of an account.
pub(crate) fn account_deleted(player: &PlayerName) {
    tracing::info!(player = player.as_str(), "account deleted");
}

/// Records the player of the current request, in all later log lines of the request.
pub(crate) fn player_identified(player: &PlayerName) {
    tracing::Span::current().record("player", player.as_str());
}

/// Records a rejected request. The log has a line for those that an attack would cause: forbidden, misdirected and
/// too many requests.
pub fn request_rejected(code: &'static str, status: u16) {
    metrics::request_rejected(code);
    if matches!(status, 403 | 421 | 429) {
        tracing::warn!(code, status, "rejected");
    }
}
