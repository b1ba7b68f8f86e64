//! Dates in words: “Tuesday, 4 March 2025 8:20 AM GMT”, “mardi 4 mars 2025, 15 h 32”, “4. März 2025 14:30 Uhr”.

use jiff::civil::{Date, Time, date};

use super::words::{Zone, is_small, is_weekday, month, zone};

/// A date at the start of a line, and what follows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Leading<'a> {
    /// In ISO 8601, as precisely as it is written.
    pub iso: String,
    /// The rest of the line, such as the edition; empty where there is none.
    pub rest: &'a str,
}

/// A piece of a line and where it lies in it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Number(&'a str),
    Sign(char),
}

/// The pieces of a line with where each ends.
fn tokens(line: &str) -> Vec<(Token<'_>, usize, usize)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let at = line.len() - rest.len();
        let taken = |is: &dyn Fn(char) -> bool| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        let (token, length) = if first.is_ascii_digit() {
            let length = taken(&|c| c.is_ascii_digit());
            (Token::Number(&rest[..length]), length)
        } else if first.is_alphabetic() {
            let length = word_length(rest);
            (Token::Word(&rest[..length]), length)
        } else {
            (Token::Sign(first), first.len_utf8())
        };
        if !first.is_whitespace() {
            found.push((token, at, at + length));
        }
        rest = &rest[length..];
        if found.len() >= 40 {
            break;
        }
    }
    found
}

/// How long the word is that a text begins with; `a.m.` and `segunda-feira` are one.
fn word_length(text: &str) -> usize {
    let dotted = ["a.m.", "p.m.", "a.m", "p.m"];
    if let Some(word) = dotted.iter().find(|w| text.get(..w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w))) {
        return word.len();
    }
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    match text[end..].strip_prefix("-feira") {
        Some(_) => end + "-feira".len(),
        None => end,
    }
}

#[derive(Default)]
struct Seen {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<(i8, i8, Option<i8>)>,
    zone: Option<Zone>,
    offset: Option<i32>,
}

/// The date that a line begins with; `None` where it begins with something else.
pub fn leading(line: &str) -> Option<Leading<'_>> {
    // Nothing that is longer begins with a date that it is about.
    let pieces = tokens(line);
    let number = |at: usize| match pieces.get(at) {
        Some((Token::Number(digits), ..)) => Some(*digits),
        _ => None,
    };
    let sign = |at: usize, signs: &[char]| matches!(pieces.get(at), Some((Token::Sign(s), ..)) if signs.contains(s));
    let word = |at: usize| match pieces.get(at) {
        Some((Token::Word(word), ..)) => word.to_lowercase(),
        _ => String::new(),
    };
    // Seconds follow a second colon.
    let seconds = |at: usize| sign(at + 3, &[':']).then(|| number(at + 4)).flatten();
    let touches = |at: usize| {
        let end = at.checked_sub(1).and_then(|b| pieces.get(b)).map(|p| p.2);
        pieces.get(at).is_some_and(|p| Some(p.1) == end)
    };
    let mut seen = Seen::default();
    let mut end = 0;
    let mut first = None;
    let mut at = 0;
    while let Some((token, _, _)) = pieces.get(at) {
        // How many pieces are taken, and whether they say something.
        let taken = match token {
            Token::Number(digits) if seen.date_is_open() => {
                let (second, third) = (number(at + 2), number(at + 4));
                let dots = sign(at + 1, &['.', '-']) && sign(at + 3, &['.', '-']) && touches(at + 1) && touches(at + 2);
                if dots
                    && let (Some(second), Some(third)) = (second, third)
                    && seen.numbers(digits, second, third)
                {
                    5
                } else if digits.len() == 4 {
                    seen.year = digits.parse().ok().filter(|y| (1400..2200).contains(y));
                    seen.year.map_or(0, |_| 1)
                } else if seen.day.is_none() && digits.len() <= 2 && !sign(at + 1, &[':']) {
                    seen.day = digits.parse().ok().filter(|d| (1..=31).contains(d));
                    let ordinal = touches(at + 1)
                        && ["st", "nd", "rd", "th", "er", "e", "º", "ª", "ª.", "a"].contains(&word(at + 1).as_str());
                    seen.day.map_or(0, |_| if ordinal { 2 } else { 1 })
                } else if seen.time.is_none() && seen.day.is_some() {
                    seen.clock(digits, number(at + 2), seconds(at), &sign_at(&pieces, at + 1), &word(at + 1))
                } else {
                    0
                }
            }
            Token::Number(digits) if seen.time.is_none() => {
                let taken = seen.clock(digits, number(at + 2), seconds(at), &sign_at(&pieces, at + 1), &word(at + 1));
                // 14.30 is a time only where a word says so.
                let dotted = taken > 0 && sign(at + 1, &['.']);
                let said = ["uhr", "uur", "h"].contains(&word(at + taken).as_str())
                    || at.checked_sub(1).is_some_and(|b| ["kl", "klo", "um", "ore"].contains(&word(b).as_str()))
                    || at.checked_sub(2).is_some_and(|b| word(b) == "kl");
                if dotted && !said {
                    seen.time = None;
                    0
                } else {
                    taken
                }
            }
            Token::Word(_) => {
                let small = word(at);
                let noon = small.replace('.', "");
                if let (Some((hour, ..)), "am" | "pm") = (seen.time.as_mut(), noon.as_str()) {
                    match (noon.as_str(), *hour) {
                        ("am", 12) => *hour = 0,
                        ("pm", 1..=11) => *hour += 12,
                        _ => {}
                    }
                    1
                } else if seen.month.is_none() && seen.date_is_open() && month(&small).is_some() {
                    seen.month = month(&small);
                    1
                } else if seen.time.is_some() && seen.zone.is_none() && zone(&small).is_some() {
                    seen.zone = zone(&small);
                    1
                } else if is_weekday(&small) || (["uhr", "uur", "h"].contains(&small.as_str()) && seen.time.is_some()) {
                    1
                } else if is_small(&small) {
                    at += 1;
                    continue;
                } else {
                    0
                }
            }
            Token::Sign('+' | '-' | '−') if seen.time.is_some() && seen.offset.is_none() => {
                let minus = !sign(at, &['+']);
                match offset(number(at + 1), sign(at + 2, &[':']).then(|| number(at + 3)).flatten()) {
                    Some((minutes, taken)) if touches(at + 1) => {
                        seen.offset = Some(if minus { -minutes } else { minutes });
                        taken + 1
                    }
                    _ => 0,
                }
            }
            Token::Sign(',' | '.' | '-' | '–' | '—' | '(' | ')' | '|' | '\'' | '’' | ';' | '/') => {
                at += 1;
                continue;
            }
            _ => 0,
        };
        if taken == 0 {
            break;
        }
        first.get_or_insert(at);
        at += taken;
        end = pieces.get(at - 1).map_or(end, |p| p.2);
    }
    // “The March of 2025” is none.
    if seen.day.is_none() && first != Some(0) {
        return None;
    }
    let iso = seen.iso()?;
    let only_small = |(token, from, _): &(Token<'_>, usize, usize)| {
        *from < end
            || matches!(token, Token::Sign(_))
            || matches!(token, Token::Word(w) if w.chars().count() < 3 && is_small(&w.to_lowercase()))
    };
    if pieces.iter().all(only_small) {
        return Some(Leading { iso, rest: "" });
    }
    let rest = line.get(end..)?.trim_matches(|c: char| c.is_whitespace() || ",.;-–—|".contains(c));
    // A bracket that closes around the weekday.
    let rest = if rest == ")" { "" } else { rest };
    Some(Leading { iso, rest })
}

fn sign_at(pieces: &[(Token<'_>, usize, usize)], at: usize) -> String {
    match pieces.get(at) {
        Some((Token::Sign(sign), ..)) => sign.to_string(),
        _ => String::new(),
    }
}

/// An offset such as `0100`, `01:00` or `2`, in minutes, and of how many pieces it is.
fn offset(first: Option<&str>, second: Option<&str>) -> Option<(i32, usize)> {
    let first = first?;
    let all: i32 = first.parse().ok()?;
    let (hours, minutes, taken) = match (first.len(), second) {
        (4, _) => (all / 100, all % 100, 1),
        (1 | 2, Some(second)) => (all, second.parse().ok()?, 3),
        (1 | 2, None) => (all, 0, 1),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((hours * 60 + minutes, taken))
}

impl Seen {
    fn date_is_open(&self) -> bool {
        self.year.is_none() || self.month.is_none()
    }

    /// A date of three numbers, `4.3.2025` or `2025-03-04`.
    fn numbers(&mut self, first: &str, second: &str, third: &str) -> bool {
        let (year, day) = if first.len() == 4 { (first, third) } else { (third, first) };
        let (Ok(year), Ok(month), Ok(day)) = (year.parse::<i16>(), second.parse::<i8>(), day.parse::<i8>()) else {
            return false;
        };
        let is = year > 1400 && self.year.is_none() && self.month.is_none() && Date::new(year, month, day).is_ok();
        if is {
            (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        }
        is
    }

    /// A time such as `8:20`, `15:32:10`, `15h30`, `14.30`, `8 pm`; says of how many pieces it is.
    fn clock(&mut self, hour: &str, minute: Option<&str>, second: Option<&str>, sign: &str, word: &str) -> usize {
        let small = |digits: &str, most: i8| {
            (digits.len() <= 2).then(|| digits.parse::<i8>().ok()).flatten().filter(|n| *n < most)
        };
        let Some(hour) = small(hour, 25) else { return 0 };
        let minute = minute.filter(|m| m.len() == 2).and_then(|m| small(m, 60));
        match (sign, word, minute) {
            (":" | ".", _, Some(minute)) => {
                let second = second.filter(|s| s.len() == 2 && sign == ":").and_then(|s| small(s, 60));
                self.time = Some((hour, minute, second));
                if second.is_some() { 5 } else { 3 }
            }
            (_, "h", Some(minute)) => {
                self.time = Some((hour, minute, None));
                3
            }
            (_, "h" | "am" | "pm" | "a.m." | "p.m." | "uhr" | "uur", _) => {
                self.time = Some((hour, 0, None));
                1
            }
            _ => 0,
        }
    }

    fn iso(self) -> Option<String> {
        let (year, month) = (self.year?, self.month?);
        let Some(day) = self.day else { return Some(format!("{year:04}-{month:02}")) };
        let day = Date::new(year, month, day).ok()?;
        let Some((hour, minute, second)) = self.time else { return Some(day.to_string()) };
        Time::new(hour, minute, 0, 0).ok()?;
        let seconds = second.map(|s| format!(":{s:02}")).unwrap_or_default();
        let minutes = match (self.zone, self.offset) {
            (Some(Zone::Fixed(base)), offset) => Some(base + offset.unwrap_or(0)),
            (Some(Zone::American(winter)), _) => Some(if american_summer(day) { winter + 60 } else { winter }),
            (None, offset) => offset,
        };
        let zone = minutes.map(|m| {
            let sign = if m < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", m.abs() / 60, m.abs() % 60)
        });
        Some(format!("{day}T{hour:02}:{minute:02}{seconds}{}", zone.unwrap_or_default()))
    }
}

/// Whether clocks in North America were on summer time on a day: since 2007 from the second Sunday of March to the first
/// of November, before from the first (until 1986 the last) Sunday of April to the last of October.
fn american_summer(day: Date) -> bool {
    let sunday = |month: i8, from: i8| {
        let first = date(day.year(), month, from);
        let ahead = i64::from(7 - first.weekday().to_monday_one_offset());
        first.checked_add(jiff::Span::new().days(ahead)).unwrap_or(first)
    };
    let (start, end) = match day.year() {
        2007.. => (sunday(3, 8), sunday(11, 1)),
        1987..=2006 => (sunday(4, 1), sunday(10, 25)),
        _ => (sunday(4, 24), sunday(10, 25)),
    };
    (start..end).contains(&day)
}
