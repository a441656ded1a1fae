use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A place in the changes of one instance.
pub(super) struct Token {
    pub(super) instance: Uuid,
    /// The number of the last change before it.
    pub(super) change: u64,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.instance.simple(), self.change)
    }
}

/// A text that is no token.
pub(super) struct NoToken;

impl FromStr for Token {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let (instance, change) = text.split_once('.').ok_or(NoToken)?;
        Ok(Self {
            instance: Uuid::try_parse(instance).map_err(|_| NoToken)?,
            change: change.parse().map_err(|_| NoToken)?,
        })
    }
}
