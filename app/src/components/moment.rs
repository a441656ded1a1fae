use super::{browser, effect};
use leptos::prelude::*;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment, `at` (RFC 3339, UTC): as UTC from the server, in the reader's own time zone as soon as a
/// script can tell which that is.
#[component]
pub fn Moment(at: String) -> impl IntoView {
    let text = RwSignal::new(utc(&at));
    effect({
        let at = at.clone();
        move |_| {
            if let Some(local) = browser::local(&at) {
                text.set(local);
            }
        }
    });
    view! {
        <time class="moment" datetime=at>
            {text}
        </time>
    }
}

/// `2026-11-22T05:30:00Z` as `22 Nov 2026, 05:30 UTC`; a text that is no such moment as it is.
pub(super) fn utc(at: &str) -> String {
    let parts = || {
        let month = at.get(5..7)?.parse::<usize>().ok()?.checked_sub(1)?;
        let day = at.get(8..10)?.parse().ok()?;
        (month < MONTHS.len()).then_some(())?;
        Some(written(day, month, at.get(..4)?, at.get(11..16)?) + " UTC")
    };
    parts().unwrap_or_else(|| at.to_owned())
}

/// A date and a time of day, with the month counted from 0.
pub(super) fn written(day: u32, month: usize, year: &str, time: &str) -> String {
    let month = MONTHS.get(month).copied().unwrap_or_default();
    format!("{day} {month} {year}, {time}")
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn moments_are_written_for_people() {
        assert_eq!(utc("2026-11-02T05:30:00Z"), "2 Nov 2026, 05:30 UTC");
        assert_eq!(utc("2026-01-22T05:30:59.123456Z"), "22 Jan 2026, 05:30 UTC");
        for odd in ["", "soon", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z"] {
            assert_eq!(utc(odd), odd);
        }
    }
}
