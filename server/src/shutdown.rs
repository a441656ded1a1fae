//! The signals that ask the server to stop.

use std::{io, time::Duration};
use tokio::signal;

/// How long running requests get to finish.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Waits for ctrl-c or, on Unix, SIGTERM.
///
/// # Errors
///
/// When the system does not let the process listen for signals.
pub async fn requested() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await
}
