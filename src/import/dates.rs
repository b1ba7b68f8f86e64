//! Dates as pages and people write them, in ISO 8601.

mod words;
mod written;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ZonedDateTime};

pub use written::{Leading, leading};

/// Ways of writing a date that mean one day only. `3/4/2025` does not: it is March or April.
const WRITTEN: &[&str] = &["%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%A, %d %B %Y"];

/// A date or a moment in ISO 8601, as precisely as it was written. What cannot be understood is returned as it is, so
/// that it is not lost.
pub fn iso(written: &str) -> Option<String> {
    let written = written.trim();
    if written.is_empty() || written.chars().count() > 80 {
        return None;
    }
    let spread = spread(written);
    let written = spread.as_deref().unwrap_or(written);
    let timed = written.len() > 10;
    let understood = if timed && (written.parse::<Timestamp>().is_ok() || written.parse::<DateTime>().is_ok()) {
        written.replacen(' ', "T", 1)
    } else if let Ok(date) = written.parse::<Date>() {
        date.to_string()
    } else if let Ok(zoned) = jiff::fmt::rfc2822::parse(written) {
        zoned_iso(&zoned)
    } else if let Some(date) = WRITTEN.iter().find_map(|form| Date::strptime(form, written).ok()) {
        date.to_string()
    } else if let Some(found) = leading(written).filter(|l| l.rest.is_empty()) {
        found.iso
    } else {
        written.to_owned()
    };
    Some(understood)
}

/// A moment in the short way of writing that agencies use, `20250304T093000+0100`, in the long one; `None` where it is
/// long already. Offsets without a colon get one.
fn spread(written: &str) -> Option<String> {
    let (day, rest) = match written.split_once('T') {
        Some((day, rest)) => (day, Some(rest)),
        None => (written, None),
    };
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let long_day = match (day.get(..4), day.get(4..6), day.get(6..)) {
        (Some(year), Some(month), Some(rest)) if digits(day, 8) => format!("{year}-{month}-{rest}"),
        _ => day.to_owned(),
    };
    let Some(rest) = rest else { return (long_day != day).then_some(long_day) };
    let at = rest.find(['+', '-', 'Z']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(at)?;
    let clock = match (clock.get(..2), clock.get(2..4), clock.get(4..)) {
        (Some(hour), Some(minute), Some(second)) if digits(clock, 6) => format!("{hour}:{minute}:{second}"),
        (Some(hour), Some(minute), Some("")) if digits(clock, 4) => format!("{hour}:{minute}"),
        _ => clock.to_owned(),
    };
    let zone = match (zone.get(..3), zone.get(3..)) {
        (Some(hours), Some(minutes)) if digits(minutes, 2) => format!("{hours}:{minutes}"),
        _ => zone.to_owned(),
    };
    let long = format!("{long_day}T{clock}{zone}");
    (long != written && long_day.parse::<Date>().is_ok()).then_some(long)
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
            ("20250304T093000+0100", "2025-03-04T09:30:00+01:00"),
            ("20250304", "2025-03-04"),
            ("20250304T0930Z", "2025-03-04T09:30Z"),
            ("2025-03-04T09:30:00.397", "2025-03-04T09:30:00.397"),
            ("2025-03-04T09:30:00+0100", "2025-03-04T09:30:00+01:00"),
            ("March 4, 2025 Tuesday 8:20 AM GMT", "2025-03-04T08:20+00:00"),
            ("Tuesday 4th March 2025 12:05 a.m. ET", "2025-03-04T00:05-05:00"),
            ("July 4, 2006 9:15 PM PT", "2006-07-04T21:15-07:00"),
            ("mardi 4 mars 2025 15 h 32", "2025-03-04T15:32"),
            ("29 décembre 2011", "2011-12-29"),
            ("1er août 2024", "2024-08-01"),
            ("Dienstag, den 4. März 2025, 14.30 Uhr", "2025-03-04T14:30"),
            ("4 de marzo de 2025", "2025-03-04"),
            ("terça-feira, 4 de março de 2025", "2025-03-04"),
            ("martedì 4 marzo 2025", "2025-03-04"),
            ("4 maart 2025 dinsdag 09:15 CET", "2025-03-04T09:15+01:00"),
            ("tirsdag den 4. marts 2025 kl. 09.15", "2025-03-04T09:15"),
            ("4 mars 2025", "2025-03-04"),
            ("4. maaliskuuta 2025", "2025-03-04"),
            ("4 marca 2025", "2025-03-04"),
            ("4. března 2025", "2025-03-04"),
            ("4 марта 2025 г.", "2025-03-04"),
            ("10 juil 2024", "2024-07-10"),
            ("4.3.2025", "2025-03-04"),
            ("March 2025", "2025-03"),
            ("13 Nov 2025", "2025-11-13"),
            ("2 novembre 2025", "2025-11-02"),
            ("31 February 2025", "31 February 2025"),
            ("May you live in 2025", "May you live in 2025"),
            ("4 March 2025 14:30 UTC+2", "2025-03-04T14:30+02:00"),
        ] {
            assert_eq!(iso(written).as_deref(), Some(expected));
        }
        assert_eq!(iso("  "), None);
    }

    #[test]
    fn what_follows_a_date_is_left() {
        for (line, expected, rest) in [
            ("December 19, 1991, Sunday, An Edition", "1991-12-19", "An Edition"),
            ("March 4, 2025 Tuesday 8:20 AM GMT Late City Final", "2025-03-04T08:20+00:00", "Late City Final"),
            ("4. März 2025 Dienstag Gesamtausgabe", "2025-03-04", "Gesamtausgabe"),
            ("March 4, 2025 The Weekend", "2025-03-04", "The Weekend"),
            ("March 4, 2025 (Tuesday)", "2025-03-04", ""),
        ] {
            assert_eq!(super::leading(line), Some(super::Leading { iso: expected.to_owned(), rest }), "{line}");
        }
        for none in ["The March of 2025", "Riverside Post", "", "4 boats", "2025", "March"] {
            assert_eq!(super::leading(none), None, "{none}");
        }
    }
}
