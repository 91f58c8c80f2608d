//! Moments written down in universal time.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment split into a date and a time of day, in universal time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Moment {
    fn of(time: SystemTime) -> Self {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_secs() as i64,
            // A clock set before 1970: the last whole second before the moment.
            Err(before) => -(before.duration().as_secs_f64().ceil() as i64),
        };
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date_of(days);
        Self { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 }
    }
}

/// Year, month and day of a number of days since 1970-01-01 in the Gregorian calendar (Howard Hinnant,
/// "chrono-compatible low-level date algorithms": eras of 400 years whose years begin in March).
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The moment by RFC 3339 in universal time, such as `2026-11-22T18:04:30Z`.
pub fn rfc3339(time: SystemTime) -> String {
    let Moment { year, month, day, hour, minute, second } = Moment::of(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The moment as part of a file name that sorts by time, such as `2026-11-22_18-04-30Z`.
pub fn file_stamp(time: SystemTime) -> String {
    let Moment { year, month, day, hour, minute, second } = Moment::of(time);
    format!("{year:04}-{month:02}-{day:02}_{hour:02}-{minute:02}-{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(seconds: i64) -> String {
        let distance = Duration::from_secs(seconds.unsigned_abs());
        rfc3339(if seconds < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance })
    }

    /// Checked against `date -u -d @SECONDS +%FT%TZ`.
    #[test]
    fn moments_agree_with_the_date_command() {
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (1_795_370_670, "2026-11-22T18:04:30Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(at(seconds), written);
        }
    }

    #[test]
    fn days_follow_each_other_through_four_centuries() {
        let mut before = date_of(-1);
        assert_eq!(before, (1969, 12, 31));
        for days in 0..146_097 {
            let (year, month, day) = date_of(days);
            let next =
                [(before.0, before.1, before.2 + 1), (before.0, before.1 + 1, 1), (before.0 + 1, 1, 1)];
            assert!(next.contains(&(year, month, day)) && (1..=31).contains(&day), "{days}");
            before = (year, month, day);
        }
        assert_eq!(before, (2369, 12, 31));
    }

    #[test]
    fn stamps_hold_nothing_a_file_name_may_not() {
        assert_eq!(file_stamp(UNIX_EPOCH), "1970-01-01_00-00-00Z");
    }
}
