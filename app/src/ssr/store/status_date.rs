//! `StatusDate`: the status of a game and the moment it was reached, in one attribute, such as
//! `IN_PROGRESS_2026-11-22 05:30:00.123456`.
//!
//! Concatenated, one sort key answers two questions: all items of a status are next to each other,
//! and among them they are in order of time. So an index sorted by it gives "my games in progress,
//! newest first" with one key condition and no filter, and a range within a status gives "…since".

use crate::view_model::Status;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// UTC, always six digits of a second: AWS's example application can't read a date without them.
const FORMAT: &str = "%Y-%m-%d %H:%M:%S.%6f";

/// Sorts after every date: `~` is the last printable character of ASCII.
const AFTER_ALL_DATES: &str = "~";

/// The text for a status reached at a moment.
#[must_use]
pub fn encode(status: Status, at: Timestamp) -> String {
    format!(
        "{}{}",
        prefix(status),
        at.to_zoned(TimeZone::UTC).strftime(FORMAT)
    )
}

/// Reads it back; also without a fraction of a second, as other programs may write it.
#[must_use]
pub fn decode(text: &str) -> Option<(Status, Timestamp)> {
    [Status::Pending, Status::InProgress, Status::Finished]
        .into_iter()
        .find_map(|status| {
            let date = text.strip_prefix(&prefix(status))?;
            // The civil date-time of ISO 8601 with a space; nothing may follow it.
            let date: DateTime = date.parse().ok()?;
            let at = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
            Some((status, at))
        })
}

/// What every text of a status begins with.
#[must_use]
pub fn prefix(status: Status) -> String {
    format!("{}_", status.as_str())
}

/// Not before the first text of a status.
#[must_use]
pub fn first(status: Status) -> String {
    prefix(status)
}

/// Not after the last text of a status.
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
    fn the_format_is_that_of_the_older_application() {
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
    fn a_date_without_a_fraction_is_read() {
        assert_eq!(
            decode("FINISHED_2014-08-01 12:00:00"),
            Some((Status::Finished, at("2014-08-01T12:00:00Z")))
        );
    }

    #[test]
    fn nonsense_is_not() {
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
        /// The years 1970 to 2100.
        #[test]
        fn texts_sort_as_their_moments_do(
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
        fn any_text_is_read_or_not(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
