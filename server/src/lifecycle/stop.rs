//! The shutdown on a signal. It takes ten seconds at most.

use super::running::Running;
use std::{io, time::Duration};
use tokio::{signal, time};

/// The time for load balancers to notice that this instance is not ready, while it still serves requests.
const DRAIN_TIME: Duration = Duration::from_secs(3);

/// A signal to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    /// Ctrl-C in a terminal. No load balancer is involved, so there is nothing to drain.
    Interrupt,
    /// `SIGTERM` from a service manager.
    Terminate,
}

/// Waits for a signal to stop, then drains and stops the server. A second signal ends the draining.
///
/// # Errors
///
/// The process can't listen for signals.
pub async fn on_signal(running: Running) -> io::Result<()> {
    if signal_received().await? == Signal::Terminate {
        tracing::info!("draining");
        running.drain();
        let _ = time::timeout(DRAIN_TIME, signal_received()).await;
    }
    running.stop().await;
    Ok(())
}

async fn signal_received() -> io::Result<Signal> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = signal::ctrl_c() => result.map(|()| Signal::Interrupt),
            _ = terminate.recv() => Ok(Signal::Terminate),
        }
    }
    #[cfg(not(unix))]
    signal::ctrl_c().await.map(|()| Signal::Interrupt)
}
