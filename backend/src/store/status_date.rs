//! The attribute `StatusDate`, which concatenates the status of a game and the time of its last change of
//! status, such as `IN_PROGRESS_2026-11-22 05:30:00.123456`.
//!
//! As a sort key, it keeps all items of a status together and sorts them by time. One key condition without a
//! filter therefore returns "my games in progress, newest first" from an index, and a range within a status
//! returns "my invitations of the last 14 days".

use domain::status::Status;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// The format of the date, in UTC, always with microseconds, because AWS's example application cannot parse a
/// date without them.
const FORMAT: &str = "%Y-%m-%d %H:%M:%S.%6f";

/// A text that sorts after every date, because `~` is the last printable character of ASCII.
const AFTER_ALL_DATES: &str = "~";

/// Encodes a status and the time at which it was reached.
#[must_use]
pub fn encode(status: Status, at: Timestamp) -> String {
    format!(
        "{}{}",
        prefix(status),
        at.to_zoned_datetime(TimeZone::UTC).strftime(FORMAT)
    )
}

/// Decodes a `StatusDate`. Returns `None` if it is invalid. The fraction of a second may be missing, because
/// AWS's example application may write dates without it.
#[must_use]
pub fn decode(text: &str) -> Option<(Status, Timestamp)> {
    [Status::Pending, Status::InProgress, Status::Finished]
        .into_iter()
        .find_map(|status| {
            let date = text.strip_prefix(&prefix(status))?;
            // `DateTime` parses ISO 8601, also with a space in place of the `T`, and rejects trailing text.
            let date: DateTime = date.parse().ok()?;
            let at = date.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
            Some((status, at))
        })
}

/// Returns the prefix of every `StatusDate` of a status.
#[must_use]
pub fn prefix(status: Status) -> String {
    format!("{}_", status.as_str())
}

/// Returns a text that sorts before every `StatusDate` of a status.
#[must_use]
pub fn first(status: Status) -> String {
    prefix(status)
}

/// Returns a text that sorts after every `StatusDate` of a status.
#[must_use]
pub fn last(status: Status) -> String {
    prefix(status) + AFTER_ALL_DATES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        let Ok(at) = text.parse() else {
            panic!("a timestamp")
        };
        at
    }

    #[test]
    fn the_format_matches_that_of_the_older_application() {
        assert_eq!(
            encode(Status::InProgress, at("2026-11-22T05:30:00.123456789Z")),
            "IN_PROGRESS_2026-11-22 05:30:00.123456"
        );
        assert_eq!(
            encode(Status::Pending, at("2026-11-22T05:30:00Z")),
            "PENDING_2026-11-22 05:30:00.000000"
        );
    }

    #[test]
    fn a_date_without_a_fraction_is_decoded() {
        assert_eq!(
            decode("FINISHED_2014-08-01 12:00:00"),
            Some((Status::Finished, at("2014-08-01T12:00:00Z")))
        );
    }

    #[test]
    fn an_invalid_text_is_rejected() {
        for text in [
            "",
            "PENDING_",
            "WAITING_2014-08-01 12:00:00",
            "PENDING_2014-13-01 12:00:00",
            "PENDING_2014-08-01 12:00:00~",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    fn any_status() -> impl Strategy<Value = Status> {
        prop_oneof![
            Just(Status::Pending),
            Just(Status::InProgress),
            Just(Status::Finished)
        ]
    }

    proptest! {
        /// Covers the years 1970 to 2100.
        #[test]
        fn texts_sort_by_time(
            status in any_status(),
            a in 0..4_102_444_800_000_000_i64,
            b in 0..4_102_444_800_000_000_i64,
        ) {
            let (Ok(a), Ok(b)) = (Timestamp::from_microsecond(a), Timestamp::from_microsecond(b)) else {
                panic!("in range")
            };
            let (text_a, text_b) = (encode(status, a), encode(status, b));
            prop_assert_eq!(text_a.cmp(&text_b), a.cmp(&b));
            prop_assert_eq!(decode(&text_a), Some((status, a)));
            prop_assert!(first(status) <= text_a && text_a <= last(status));
        }

        #[test]
        fn no_text_causes_a_panic(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
