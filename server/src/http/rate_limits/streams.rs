//! The event streams that are open.

use super::networks::AddressCount;
use backend::accounts::SessionKey;
use parking_lot::Mutex;
use std::{collections::HashMap, net::IpAddr, sync::Arc};

/// The maximum number of event streams of a client address.
const MAX_PER_ADDRESS: u32 = 200;
/// The maximum number of event streams of a session. Each open page has one.
const MAX_PER_SESSION: u32 = 30;

/// The number of open event streams of each client address and of each session.
#[derive(Debug, Default)]
pub(super) struct OpenStreams {
    addresses: AddressCount,
    sessions: Mutex<HashMap<SessionKey, u32>>,
}

/// The right to one open event stream, which ends on drop. Without rate limits it counts nothing.
#[derive(Debug)]
pub struct StreamPermit {
    _counted: Option<CountedStream>,
}

#[derive(Debug)]
struct CountedStream {
    streams: Arc<OpenStreams>,
    address: IpAddr,
    session: Option<SessionKey>,
}

impl StreamPermit {
    /// A permit that counts nothing.
    pub(super) const UNLIMITED: Self = Self { _counted: None };
}

impl OpenStreams {
    /// Counts one more stream, or returns `None` at the maximum.
    pub(super) fn open(
        self: &Arc<Self>,
        address: IpAddr,
        session: Option<&SessionKey>,
    ) -> Option<StreamPermit> {
        if !self.addresses.add(address, MAX_PER_ADDRESS) {
            return None;
        }
        let counted = CountedStream {
            streams: Arc::clone(self),
            address,
            session: session.filter(|session| self.add_session(session)).cloned(),
        };
        // Dropping it takes the address back.
        (counted.session.as_ref() == session).then_some(StreamPermit {
            _counted: Some(counted),
        })
    }

    fn add_session(&self, session: &SessionKey) -> bool {
        let mut sessions = self.sessions.lock();
        let count = sessions.entry(session.clone()).or_default();
        let has_room = *count < MAX_PER_SESSION;
        if has_room {
            *count += 1;
        }
        has_room
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        self.streams.addresses.remove(self.address);
        if let Some(session) = &self.session {
            let mut sessions = self.streams.sessions.lock();
            if let Some(count) = sessions.get_mut(session) {
                *count -= 1;
                if *count == 0 {
                    sessions.remove(session);
                }
            }
        }
    }
}
