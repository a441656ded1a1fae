//! Whether the server is starting, ready, draining or stopping, and who needs to know: readiness
//! probes, event streams, the listener.

use std::sync::Arc;
use tokio::sync::watch;

/// The phases of a server's life, in order; it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Listening; the tables have not answered yet.
    Starting,
    /// The tables have answered.
    Ready,
    /// About to stop, and says so to probes: event streams end, none begins, requests are still served.
    Draining,
    /// No new connections; what is running is finished.
    Stopping,
}

/// The phase, shared by all who ask or wait for it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Lifecycle(Arc<watch::Sender<Phase>>);

impl Default for Lifecycle {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Starting)))
    }
}

impl Lifecycle {
    /// The phase now.
    #[must_use]
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }

    /// Enters a phase, unless that or a later one has been entered already.
    pub fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let is_later = phase > *current;
            if is_later {
                *current = phase;
            }
            is_later
        });
    }

    /// Waits until the phase or a later one is entered. Safe to cancel.
    pub async fn reached(&self, phase: Phase) {
        // An error would mean that the sender is gone, and it is held here.
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
    async fn it_never_goes_back() {
        let lifecycle = Lifecycle::default();
        lifecycle.enter(Phase::Draining);
        lifecycle.enter(Phase::Ready);
        assert_eq!(lifecycle.phase(), Phase::Draining);
        lifecycle.reached(Phase::Ready).await;
    }
}
