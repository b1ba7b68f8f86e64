//! Dates as pages and people write them, in ISO 8601.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ZonedDateTime};

/// Ways of writing a date that mean one day only. `3/4/2025` does not: it is March or April.
const WRITTEN: &[&str] = &["%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%A, %d %B %Y"];

/// A date or a moment in ISO 8601, as precisely as it was written. What cannot be understood is returned as it is, so
/// that it is not lost.
pub fn iso(written: &str) -> Option<String> {
    let written = written.trim();
    if written.is_empty() || written.chars().count() > 80 {
        return None;
    }
    let timed = written.len() > 10;
    let understood = if timed && (written.parse::<Timestamp>().is_ok() || written.parse::<DateTime>().is_ok()) {
        written.replacen(' ', "T", 1)
    } else if let Ok(date) = written.parse::<Date>() {
        date.to_string()
    } else if let Ok(zoned) = jiff::fmt::rfc2822::parse(written) {
        zoned_iso(&zoned)
    } else if let Some(date) = WRITTEN.iter().find_map(|form| Date::strptime(form, written).ok()) {
        date.to_string()
    } else {
        written.to_owned()
    };
    Some(understood)
}

fn zoned_iso(zoned: &ZonedDateTime) -> String {
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn dates_as_they_are_written() {
        for (written, expected) in [
            ("2025-03-04", "2025-03-04"),
            ("2025-03-04T09:30:00+01:00", "2025-03-04T09:30:00+01:00"),
            ("2025-03-04 09:30", "2025-03-04T09:30"),
            ("4 March 2025", "2025-03-04"),
            ("March 4, 2025", "2025-03-04"),
            ("04.03.2025", "2025-03-04"),
            ("Tue, 4 Mar 2025 09:30:00 +0100", "2025-03-04T09:30:00+01:00"),
            ("3/4/2025", "3/4/2025"),
            ("spring", "spring"),
        ] {
            assert_eq!(iso(written).as_deref(), Some(expected));
        }
        assert_eq!(iso("  "), None);
    }
}
