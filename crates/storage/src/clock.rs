//! Timestamps in UTC.

use std::time::SystemTime;

use jiff::Timestamp;

/// The moment as a timestamp; beyond the years -9999 to 9999, the nearest one inside.
fn timestamp(time: SystemTime) -> Timestamp {
    let limit = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::try_from(time).unwrap_or(limit)
}

/// Formats a moment in UTC to the second as in RFC 3339, such as `2026-11-22T18:04:30Z`.
pub fn rfc3339(time: SystemTime) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Formats a moment in UTC for a file name that sorts by time, such as `2026-11-22_18-04-30Z`.
pub fn file_stamp(time: SystemTime) -> String {
    timestamp(time).strftime("%Y-%m-%d_%H-%M-%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn at(seconds: f64) -> String {
        let distance = Duration::from_secs_f64(seconds.abs());
        rfc3339(if seconds < 0.0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance })
    }

    /// Expected values from `date -u -d @SECONDS +%FT%TZ`.
    #[test]
    fn timestamps_agree_with_the_date_command() {
        for (seconds, expected) in [
            (0.0, "1970-01-01T00:00:00Z"),
            (951_782_399.0, "2000-02-28T23:59:59Z"),
            (951_782_400.0, "2000-02-29T00:00:00Z"),
            (1_709_251_199.0, "2024-02-29T23:59:59Z"),
            (1_767_225_599.0, "2025-12-31T23:59:59Z"),
            (1_795_370_670.75, "2026-11-22T18:04:30Z"),
            (4_107_542_400.0, "2100-03-01T00:00:00Z"),
            (-1.0, "1969-12-31T23:59:59Z"),
            (-0.5, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(at(seconds), expected);
        }
    }

    #[test]
    fn moments_beyond_the_calendar_are_limited() {
        assert_eq!(at(1e13), "9999-12-30T22:00:00Z");
    }

    #[test]
    fn file_stamps_contain_no_characters_that_file_names_forbid() {
        assert_eq!(file_stamp(UNIX_EPOCH), "1970-01-01_00-00-00Z");
    }
}
