//! Dates, amounts of money, percentages and other numbers, by shape.

use super::gazetteer::Gazetteer;
use super::scan::{Scan, Shape};
use crate::model::EntityKind;

/// A stretch of tokens and what it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Amount {
    pub tokens: std::ops::Range<usize>,
    pub kind: EntityKind,
}

const CARDINALS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "trillion",
    "dozen",
    "hundreds",
    "thousands",
    "millions",
    "billions",
    "dozens",
    "scores",
];
const SCALES: &[&str] = &["hundred", "thousand", "million", "billion", "trillion", "dozen", "m", "bn", "k", "tn"];
const CURRENCIES: &[&str] = &[
    "dollar", "dollars", "pound", "pounds", "euro", "euros", "cent", "cents", "pence", "yen", "yuan", "rupee",
    "rupees", "rouble", "roubles", "ruble", "rubles", "franc", "francs", "krone", "kroner", "krona", "peso", "pesos",
    "rand",
];
const UNITS_OF_TIME: &[&str] =
    &["week", "month", "year", "decade", "century", "summer", "winter", "spring", "autumn", "night"];

/// All amounts of a text in order, without overlap.
pub(super) fn amounts(scan: &Scan<'_>) -> Vec<Amount> {
    let lists = Gazetteer::get();
    let mut out = Vec::new();
    for sentence in &scan.sentences {
        let mut i = sentence.start;
        while i < sentence.end {
            let found = date(scan, lists, i, sentence.end).or_else(|| quantity(scan, i, sentence.end));
            match found {
                Some((end, kind)) if end > i => {
                    out.push(Amount { tokens: i..end, kind });
                    i = end;
                }
                _ => i += 1,
            }
        }
    }
    out
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && (word.starts_with('1') || word.starts_with("20"))
}

fn is_day(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let tail = &word[digits.len()..];
    matches!(tail, "" | "st" | "nd" | "rd" | "th") && digits.parse::<u8>().is_ok_and(|d| (1..=31).contains(&d))
}

fn is_cardinal(word: &str) -> bool {
    CARDINALS.contains(&word)
        || word.split_once('-').is_some_and(|(a, b)| CARDINALS.contains(&a) && CARDINALS.contains(&b))
}

fn date(scan: &Scan<'_>, lists: &Gazetteer, at: usize, end: usize) -> Option<(usize, EntityKind)> {
    let low = |i: usize| if i < end { scan.low(i).trim_end_matches('.') } else { "" };
    let capital = |i: usize| i < end && scan.tokens[i].is_capital();
    let month = |i: usize| capital(i) && lists.months.contains(low(i));
    let year_after = |i: usize| {
        let j = if low(i) == "," { i + 1 } else { i };
        is_year(low(j)).then_some(j + 1)
    };
    let word = low(at);
    // "Saturday", "Saturday 14 August 2021", "Saturday, August 14"
    if capital(at) && lists.days.contains(word) && word != "sun" && word != "mon" && word != "sat" && word != "wed" {
        let next = if low(at + 1) == "," { at + 2 } else { at + 1 };
        if month(next) || is_day(low(next)) && month(next + 1) {
            return date(scan, lists, next, end).or(Some((at + 1, EntityKind::Date)));
        }
        return Some((at + 1, EntityKind::Date));
    }
    if is_day(word) {
        let after = if low(at + 1) == "of" { at + 2 } else { at + 1 };
        if month(after) {
            return Some((year_after(after + 1).unwrap_or(after + 1), EntityKind::Date));
        }
    }
    if month(at) {
        if is_day(low(at + 1)) && scan.shape(at + 1) == Shape::Number {
            return Some((year_after(at + 2).unwrap_or(at + 2), EntityKind::Date));
        }
        if let Some(next) = year_after(at + 1) {
            return Some((next, EntityKind::Date));
        }
        // "May" and "March" alone are months only after a word of time.
        let before = at.checked_sub(1).map_or("", |i| scan.low(i));
        let timely = matches!(
            before,
            "in" | "last" | "next" | "this" | "since" | "by" | "until" | "from" | "early" | "late" | "mid" | "of"
        );
        return (timely || !matches!(word, "may" | "march" | "mar" | "jan" | "dec" | "august" | "april" | "june"))
            .then_some((at + 1, EntityKind::Date));
    }
    if is_year(word) && scan.shape(at) == Shape::Number {
        let before = at.checked_sub(1).map_or("", |i| scan.low(i));
        let after = low(at + 1);
        let counted =
            scan.tokens.get(at + 1).is_some_and(|t| t.shape == Shape::Lower) && after.ends_with('s') && before != "in";
        return (!counted || after == "elections").then_some((at + 1, EntityKind::Date));
    }
    // "the 1960s", "the sixties"
    let decade = scan.shape(at) == Shape::Number && word.ends_with("0s");
    if decade
        || matches!(
            word,
            "twenties" | "thirties" | "forties" | "fifties" | "sixties" | "seventies" | "eighties" | "nineties"
        )
    {
        return Some((at + 1, EntityKind::Date));
    }
    if matches!(word, "last" | "next") && UNITS_OF_TIME.contains(&low(at + 1)) {
        return Some((at + 2, EntityKind::Date));
    }
    None
}

fn quantity(scan: &Scan<'_>, at: usize, end: usize) -> Option<(usize, EntityKind)> {
    let low = |i: usize| if i < end { scan.low(i) } else { "" };
    let number = |i: usize| i < end && scan.shape(i) == Shape::Number && !low(i).ends_with("0s");
    let scaled = |mut i: usize| {
        while SCALES.contains(&low(i)) {
            i += 1;
        }
        i
    };
    // "$5 million", "US$5m"
    if matches!(low(at), "$" | "£" | "€" | "¥" | "₹") && number(at + 1) {
        return Some((scaled(at + 2), EntityKind::Money));
    }
    let after = if number(at) {
        scaled(at + 1)
    } else if is_cardinal(low(at)) && scan.tokens[at].is_word() {
        let mut i = at + 1;
        while is_cardinal(low(i)) || SCALES.contains(&low(i)) {
            i += 1;
        }
        i
    } else {
        return None;
    };
    if matches!(low(after), "%" | "percent" | "pc" | "per-cent" | "percentage") {
        let points = low(after) == "percentage" && matches!(low(after + 1), "points" | "point");
        return Some((after + 1 + usize::from(points), EntityKind::Percent));
    }
    if low(after) == "per" && low(after + 1) == "cent" {
        return Some((after + 2, EntityKind::Percent));
    }
    if CURRENCIES.contains(&low(after)) {
        return Some((after + 1, EntityKind::Money));
    }
    // "one" alone is more often a pronoun than a number.
    (!(after == at + 1 && low(at) == "one")).then_some((after, EntityKind::Number))
}
