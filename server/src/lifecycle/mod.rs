//! The phases of a server: starting, ready, draining, stopping. Readiness probes, event streams and the
//! listener follow them.

mod running;
pub mod start;
pub mod stop;

pub use running::Running;

use std::sync::Arc;
use tokio::sync::watch;

/// The phases of a server, in order. A server never returns to an earlier phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The server listens, but the tables have not responded yet.
    Starting,
    /// The tables have responded.
    Ready,
    /// The server is about to stop. Readiness probes fail, event streams end and new ones are rejected, but
    /// requests are still served.
    Draining,
    /// No new connections are accepted. Running requests finish.
    Stopping,
}

/// The current phase, shared by everything that reads it or waits for it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Lifecycle(Arc<watch::Sender<Phase>>);

impl Default for Lifecycle {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Starting)))
    }
}

impl Lifecycle {
    /// The current phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }

    /// Enters a phase, unless the current one is the same or later.
    pub fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let is_later = phase > *current;
            if is_later {
                *current = phase;
            }
            is_later
        });
    }

    /// Waits until this phase or a later one is entered. Cancel safe.
    pub async fn reached(&self, phase: Phase) {
        // Fails only if the sender is dropped, and `self` owns it.
        let _ = self
            .0
            .subscribe()
            .wait_for(|current| *current >= phase)
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn phases_only_advance() {
        let lifecycle = Lifecycle::default();
        lifecycle.enter(Phase::Draining);
        lifecycle.enter(Phase::Ready);
        assert_eq!(lifecycle.phase(), Phase::Draining);
        lifecycle.reached(Phase::Ready).await;
    }
}
