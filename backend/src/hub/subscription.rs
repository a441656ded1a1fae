use super::{HubEvent, Shared, Topic, mailbox::Mailbox, recent_changes::MAX_INDEX_LAG};
use domain::views::LobbyEvent;
use jiff::Timestamp;
use std::{fmt, future, sync::Arc};
use tokio::time::{self, Instant};

/// The events of one watcher. Dropping it removes the watcher.
pub struct Subscription {
    shared: Arc<Shared>,
    topics: Vec<Topic>,
    mailbox: Arc<Mailbox>,
    /// The expiry of the session, if there is one.
    expires_at: Option<Instant>,
    /// The time of the second [`LobbyEvent::Stale`].
    stale_again_at: Option<Instant>,
}

impl Subscription {
    pub(super) fn new(
        shared: Arc<Shared>,
        topics: Vec<Topic>,
        mailbox: Arc<Mailbox>,
        expires_at: Option<Timestamp>,
    ) -> Self {
        Self {
            shared,
            topics,
            mailbox,
            expires_at: expires_at.map(instant),
            stale_again_at: None,
        }
    }

    /// Waits for the next event. After the session has expired, it is [`HubEvent::SessionEnded`]. Cancel-safe: an
    /// event that was not returned stays in the queue.
    ///
    /// After [`LobbyEvent::Stale`], the watcher reads its lists from indexes that may not hold the missed
    /// changes yet. The event therefore comes a second time.
    pub async fn next(&mut self) -> HubEvent {
        let stale = HubEvent::Lobby(LobbyEvent::Stale);
        let event = tokio::select! {
            biased;
            () = reached(self.expires_at) => return HubEvent::SessionEnded,
            () = reached(self.stale_again_at) => {
                self.stale_again_at = None;
                return stale;
            }
            event = self.mailbox.take() => event,
        };
        if event == stale {
            self.stale_again_at = Some(Instant::now() + MAX_INDEX_LAG.unsigned_abs());
        }
        event
    }

    /// Returns a resume token that continues after the events taken so far, or `None` while more are waiting.
    ///
    /// Take it before reading data for the watcher, so that changes made during the read come after it.
    #[must_use]
    pub fn resume_token(&self) -> Option<String> {
        // Changes are posted under this lock, so an empty mailbox means that the watcher has all of them.
        let state = self.shared.state.lock();
        let has_all = self.mailbox.is_empty() && self.stale_again_at.is_none();
        has_all.then(|| self.shared.token(&state).to_string())
    }
}

/// Waits for a time, forever if there is none.
async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => time::sleep_until(time).await,
        None => future::pending().await,
    }
}

/// Returns the instant of a time. A time in the past is now.
fn instant(at: Timestamp) -> Instant {
    let remaining = at.duration_since(Timestamp::now());
    Instant::now() + remaining.try_into().unwrap_or_default()
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
        for topic in &self.topics {
            if let Some(watchers) = state.watchers.get_mut(topic) {
                watchers.retain(|mailbox| !Arc::ptr_eq(mailbox, &self.mailbox));
                if watchers.is_empty() {
                    state.watchers.remove(topic);
                }
            }
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}
