use leptos::prelude::*;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A point in time, `at` (RFC 3339, UTC). The server renders it in UTC, and the browser then shows it in the
/// reader's time zone.
#[component]
pub fn Moment(at: String) -> impl IntoView {
    let text = RwSignal::new(format_utc(&at));
    Effect::new({
        let at = at.clone();
        move |_: Option<()>| {
            if let Some(local) = format_local(&at) {
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

/// Formats `2026-11-22T05:30:00Z` as `22 Nov 2026, 05:30 UTC`. Returns an invalid time unchanged.
fn format_utc(at: &str) -> String {
    let parts = || {
        let month = at.get(5..7)?.parse::<usize>().ok()?.checked_sub(1)?;
        let day = at.get(8..10)?.parse().ok()?;
        (month < MONTHS.len()).then_some(())?;
        Some(format_date_time(day, month, at.get(..4)?, at.get(11..16)?) + " UTC")
    };
    parts().unwrap_or_else(|| at.to_owned())
}

/// Formats a date and a time of day. `month` counts from 0.
fn format_date_time(day: u32, month: usize, year: &str, time: &str) -> String {
    let month = MONTHS.get(month).copied().unwrap_or_default();
    format!("{day} {month} {year}, {time}")
}

/// Formats a time (RFC 3339) in the browser's time zone, in the style of
/// [`format_utc`]. Returns `None` for an invalid time.
#[cfg(target_arch = "wasm32")]
fn format_local(at: &str) -> Option<String> {
    let date = js_sys::Date::new(&at.into());
    let year = date.get_full_year();
    // The year of an invalid date is NaN, which converts to 0.
    (year > 0).then(|| {
        format_date_time(
            date.get_date(),
            date.get_month() as usize,
            &year.to_string(),
            &format!("{:02}:{:02}", date.get_hours(), date.get_minutes()),
        )
    })
}

/// Returns `None`: the server does not know the readers' time zones.
#[cfg(not(target_arch = "wasm32"))]
const fn format_local(_at: &str) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::format_utc;

    #[test]
    fn times_are_formatted_in_utc() {
        assert_eq!(format_utc("2026-11-02T05:30:00Z"), "2 Nov 2026, 05:30 UTC");
        assert_eq!(
            format_utc("2026-01-22T05:30:59.123456Z"),
            "22 Jan 2026, 05:30 UTC"
        );
        for invalid in ["", "soon", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z"] {
            assert_eq!(format_utc(invalid), invalid);
        }
    }
}
