use jiff::Timestamp;
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A resume token, which marks a position in the sequence of changes. The instance that issued it uses the
/// change number, and other instances use the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// The instance that issued the token.
    pub instance: Uuid,
    /// The number of the latest change on that instance.
    pub change: u64,
    /// The time at which the token was issued.
    pub at: Timestamp,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.as_nanosecond();
        write!(f, "{}.{}.{at}", self.instance.simple(), self.change)
    }
}

/// The error for a text that is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidToken;

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(InvalidToken);
        let (instance, change, at) = (next()?, next()?, next()?);
        let nanoseconds = at.parse().map_err(|_| InvalidToken)?;
        Ok(Self {
            instance: Uuid::try_parse(instance).map_err(|_| InvalidToken)?,
            change: change.parse().map_err(|_| InvalidToken)?,
            at: Timestamp::from_nanosecond(nanoseconds).map_err(|_| InvalidToken)?,
        })
    }
}
