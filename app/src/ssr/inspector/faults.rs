//! Faults of networks and of the service, to be met on purpose: for one person's requests only, and
//! only on local engines.

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::sync::watch;

/// How long a delayed request waits.
pub const DELAY: Duration = Duration::from_millis(1500);

/// A fault that can be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A write is made, but its answer is lost; the SDK repeats the request.
    AnswerLost,
    /// The first attempt of each request is refused for the number of requests; the SDK waits and tries
    /// again.
    Throttled,
    /// Each request waits before it is sent.
    Delayed,
    /// Each write reaches the table twice.
    Duplicated,
    /// The event streams end, and new ones are refused.
    StreamCut,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::AnswerLost,
        Self::Throttled,
        Self::Delayed,
        Self::Duplicated,
        Self::StreamCut,
    ];

    /// In forms and in answers.
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

    /// On the switch.
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

    /// Beside the switch.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::AnswerLost => {
                "Each write is made, but the first answer never arrives. The SDK repeats the request, and the condition \
                 tells that it was made already."
            }
            Self::Throttled => {
                "The first attempt of each request is answered with ThrottlingException. The SDK waits and repeats it."
            }
            Self::Delayed => "Each request waits 1.5 seconds before it is sent.",
            Self::Duplicated => {
                "The network delivers each write twice. The condition refuses the second."
            }
            Self::StreamCut => {
                "The page hears nothing more from the server until this is off; then it catches up."
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no such fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFault;

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut all = Self::ALL.into_iter();
        all.find(|fault| fault.as_str() == text).ok_or(UnknownFault)
    }
}

/// One person's switches, all off at first.
#[derive(Debug, Default)]
pub struct Faults {
    on: [AtomicBool; Fault::ALL.len()],
    changed: watch::Sender<()>,
}

impl Faults {
    /// Whether a fault is switched on.
    #[must_use]
    pub fn is_on(&self, fault: Fault) -> bool {
        self.on[fault as usize].load(Ordering::Relaxed)
    }

    /// Switches a fault on or off.
    pub fn switch(&self, fault: Fault, on: bool) {
        self.on[fault as usize].store(on, Ordering::Relaxed);
        self.changed.send_replace(());
    }

    /// Ready when a fault is switched on, at once if it is.
    pub async fn switched_on(&self, fault: Fault) {
        let mut changed = self.changed.subscribe();
        while !self.is_on(fault) {
            // The sender is our own.
            let _ = changed.changed().await;
        }
    }
}
