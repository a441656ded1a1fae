/// Formats a duration with at most two units: `12 s`, `1 min 5 s`, `2 h 3 min`.
pub(super) fn format_seconds(seconds: u32) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let (large, large_unit, small, small_unit) = match (hours, minutes) {
        (0, 0) => return [&seconds.to_string(), " s"].concat(),
        (0, _) => (minutes, " min ", seconds % 60, " s"),
        _ => (hours, " h ", minutes % 60, " min"),
    };
    [
        &large.to_string(),
        large_unit,
        &small.to_string(),
        small_unit,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::format_seconds;

    #[test]
    fn durations_have_at_most_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (12, "12 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (65, "1 min 5 s"),
            (3_599, "59 min 59 s"),
            (3_600, "1 h 0 min"),
            (7_400, "2 h 3 min"),
            (90_000, "25 h 0 min"),
        ] {
            assert_eq!(format_seconds(seconds), text);
        }
    }
}
