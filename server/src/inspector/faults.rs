//! Faults of the network and of the service, on demand. They apply to one session's requests and only on local
//! engines.

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::sync::watch;

/// The delay of a request under [`Fault::Delayed`].
pub const DELAY: Duration = Duration::from_millis(1500);

/// A fault that can be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A write is made, but its response is lost. The SDK repeats the request.
    AnswerLost,
    /// The first attempt of each request is throttled. The SDK waits and repeats it.
    Throttled,
    /// Each request waits before it is sent.
    Delayed,
    /// Each write reaches the table twice.
    Duplicated,
    /// The event streams end, and new ones are rejected.
    StreamCut,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 5] = [
        Self::AnswerLost,
        Self::Throttled,
        Self::Delayed,
        Self::Duplicated,
        Self::StreamCut,
    ];

    /// The name in forms and in ids of elements.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnswerLost => "answer-lost",
            Self::Throttled => "throttled",
            Self::Delayed => "delayed",
            Self::Duplicated => "duplicated",
            Self::StreamCut => "stream-cut",
        }
    }

    /// The label of the switch.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::AnswerLost => "Answer lost after the write",
            Self::Throttled => "Throttled",
            Self::Delayed => "Delayed",
            Self::Duplicated => "Duplicated",
            Self::StreamCut => "Live stream cut",
        }
    }

    /// The explanation under the switch.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::AnswerLost => {
                "Each write is made, but its first answer never arrives. The SDK repeats the request, and the failed \
                 condition shows that the write was made."
            }
            Self::Throttled => {
                "The first attempt of each request is answered with ThrottlingException. The SDK waits and repeats it."
            }
            Self::Delayed => "Each request waits 1.5 seconds before it is sent.",
            Self::Duplicated => {
                "The network delivers each write twice. The condition rejects the second."
            }
            Self::StreamCut => {
                "The page receives no live events until this is off. Then it catches up."
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error for a name that no fault has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFault;

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut all = Self::ALL.into_iter();
        all.find(|fault| fault.as_str() == text).ok_or(UnknownFault)
    }
}

/// The switches of one session, all off at first.
#[derive(Debug, Default)]
pub struct Faults {
    on: [AtomicBool; Fault::ALL.len()],
    changed: watch::Sender<()>,
}

impl Faults {
    /// Returns true if a fault is switched on.
    #[must_use]
    pub fn is_on(&self, fault: Fault) -> bool {
        self.on[fault as usize].load(Ordering::Relaxed)
    }

    /// Switches a fault on or off.
    pub fn switch(&self, fault: Fault, on: bool) {
        self.on[fault as usize].store(on, Ordering::Relaxed);
        self.changed.send_replace(());
    }

    /// Waits until a fault is switched on.
    pub async fn switched_on(&self, fault: Fault) {
        let mut changed = self.changed.subscribe();
        while !self.is_on(fault) {
            // Fails only if the sender is dropped, and `self` owns it.
            let _ = changed.changed().await;
        }
    }
}
