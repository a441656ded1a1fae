//! How the server is asked to stop, and how long stopping takes: ten seconds at most.

use crate::startup::Running;
use std::{io, time::Duration};
use tokio::{signal, time};

/// How long load balancers get to notice that this instance is not ready any more, while it still
/// answers.
const DRAIN: Duration = Duration::from_secs(3);
/// How long running requests get to finish after that.
pub const FINISH: Duration = Duration::from_secs(6);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    /// A person, with ctrl-c: nobody else will be sent here instead.
    Interrupt,
    /// Whoever runs the instances, with `SIGTERM`.
    Terminate,
}

/// Waits until the server is asked to stop, and stops it. A second request ends the draining.
///
/// # Errors
///
/// When the system does not let the process listen for signals.
pub async fn when_asked(running: Running) -> io::Result<()> {
    if requested().await? == Request::Terminate {
        tracing::info!("draining");
        running.drain();
        let _ = time::timeout(DRAIN, requested()).await;
    }
    running.stop().await;
    Ok(())
}

async fn requested() -> io::Result<Request> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = signal::ctrl_c() => result.map(|()| Request::Interrupt),
            _ = terminate.recv() => Ok(Request::Terminate),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await.map(|()| Request::Interrupt)
}
