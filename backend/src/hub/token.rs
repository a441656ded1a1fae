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
        if parts.next().is_some() {
            return Err(InvalidToken);
        }
        let nanoseconds = at.parse().map_err(|_| InvalidToken)?;
        Ok(Self {
            instance: Uuid::try_parse(instance).map_err(|_| InvalidToken)?,
            change: change.parse().map_err(|_| InvalidToken)?,
            at: Timestamp::from_nanosecond(nanoseconds).map_err(|_| InvalidToken)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token() -> impl Strategy<Value = Token> {
        let nanoseconds = Timestamp::MIN.as_nanosecond()..=Timestamp::MAX.as_nanosecond();
        (any::<u128>(), any::<u64>(), nanoseconds).prop_map(|(instance, change, at)| Token {
            instance: Uuid::from_u128(instance),
            change,
            at: Timestamp::from_nanosecond(at).expect("in range"),
        })
    }

    proptest! {
        #[test]
        fn a_token_survives_its_text(token in token()) {
            prop_assert_eq!(token.to_string().parse(), Ok(token));
        }

        #[test]
        fn more_or_less_than_a_token_is_rejected(token in token(), end in "[.][0-9.]{0,3}") {
            let text = token.to_string();
            prop_assert_eq!(format!("{text}{end}").parse::<Token>(), Err(InvalidToken));
            let (start, _) = text.rsplit_once('.').expect("three parts");
            prop_assert_eq!(start.parse::<Token>(), Err(InvalidToken));
        }

        #[test]
        fn no_text_causes_a_panic(
            text in prop_oneof![
                any::<String>(),
                "[0-9a-f]{31,33}[.]-?[0-9]{1,21}[.][-+]?[0-9]{1,40}",
            ],
        ) {
            if let Ok(token) = text.parse::<Token>() {
                prop_assert_eq!(token.to_string().parse(), Ok(token));
            }
        }
    }
}
