use jiff::Timestamp;
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A place in the changes: exact on one instance, a moment for all others.
pub(super) struct Token {
    pub(super) instance: Uuid,
    /// The number of the last change before it.
    pub(super) change: u64,
    /// When that was.
    pub(super) at: Timestamp,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.as_nanosecond();
        write!(f, "{}.{}.{at}", self.instance.simple(), self.change)
    }
}

/// A text that is no token.
pub(super) struct NoToken;

impl FromStr for Token {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(NoToken);
        let (instance, change, at) = (next()?, next()?, next()?);
        let nanoseconds = at.parse().map_err(|_| NoToken)?;
        Ok(Self {
            instance: Uuid::try_parse(instance).map_err(|_| NoToken)?,
            change: change.parse().map_err(|_| NoToken)?,
            at: Timestamp::from_nanosecond(nanoseconds).map_err(|_| NoToken)?,
        })
    }
}
