//! Which words of a text a selector means.

use serde_json::Value as Json;

use super::read::{is, list};
use crate::exchange::Text;
use crate::text::{ByteSpan, CharSpan, normalise};

/// Why a selector gives no words.
pub type Why = &'static str;

const OTHER: Why =
    "annotations whose selector is not one of text (a path, a fragment, a picture’s region) were left out";
const BEYOND: Why = "annotations beyond the end of their text were left out";
const LOST: Why = "annotations whose quoted words do not stand in the text were left out";
const SEVERAL: Why = "annotations whose quoted words stand at several places, without a position, were left out";

/// What the selectors of one target mean. Several are several ways to the same words; positions that differ are stretches.
///
/// # Errors
/// Why they mean nothing here.
pub fn spans(text: &Text, selector: &Json) -> Result<Vec<CharSpan>, Why> {
    let all: Vec<&Json> = list(selector).collect();
    let positions: Vec<&Json> = all.iter().copied().filter(|s| is(s, "TextPositionSelector")).collect();
    let quotes: Vec<&Json> = all.iter().copied().filter(|s| is(s, "TextQuoteSelector")).collect();
    if positions.is_empty() {
        // The first that can be followed.
        let mut why = OTHER;
        for selector in all {
            match one(text, selector, None) {
                Ok(span) => return Ok(vec![span]),
                Err(reason) if why == OTHER => why = reason,
                Err(_) => {}
            }
        }
        return Err(why);
    }
    let mut out = Vec::new();
    for (n, at) in positions.iter().enumerate() {
        let quote = if positions.len() == quotes.len() { quotes.get(n) } else { None };
        let outer = position(text, at, None, quote.and_then(|q| q["exact"].as_str()));
        let span = match (outer, quote) {
            (Ok(span), _) => span,
            (Err(_), Some(quote)) => one(text, quote, None)?,
            (Err(why), None) => return Err(why),
        };
        let span = refined(text, at, span)?;
        if !out.contains(&span) {
            out.push(span);
        }
    }
    Ok(out)
}

/// What one selector means, within what an outer one has chosen.
fn one(text: &Text, selector: &Json, within: Option<CharSpan>) -> Result<CharSpan, Why> {
    let found = if is(selector, "TextPositionSelector") {
        position(text, selector, within, None)
    } else if is(selector, "TextQuoteSelector") {
        quoted(text, selector, within)
    } else if is(selector, "FragmentSelector") {
        fragment(text, selector, within)
    } else if is(selector, "RangeSelector") {
        let start = one(text, &selector["startSelector"], within)?;
        let end = one(text, &selector["endSelector"], within)?;
        // What the second one chooses is not part of it any more.
        if start.start < end.start { Ok(CharSpan::new(start.start, end.start)) } else { Err(BEYOND) }
    } else {
        Err(OTHER)
    };
    match found {
        Ok(span) => refined(text, selector, span),
        // A quotation within what cannot be followed is still a quotation.
        Err(OTHER) if is(&selector["refinedBy"], "TextQuoteSelector") => one(text, &selector["refinedBy"], None),
        Err(why) => Err(why),
    }
}

fn refined(text: &Text, selector: &Json, span: CharSpan) -> Result<CharSpan, Why> {
    match &selector["refinedBy"] {
        Json::Null => Ok(span),
        finer => one(text, finer, Some(span)),
    }
}

/// A position, in code points or, where only so the words that are quoted stand there, in UTF-16 units.
fn position(text: &Text, at: &Json, within: Option<CharSpan>, exact: Option<&str>) -> Result<CharSpan, Why> {
    let number = |key: &str| {
        let n = &at[key];
        n.as_u64().or_else(|| n.as_str()?.trim().parse().ok()).and_then(|n| usize::try_from(n).ok())
    };
    let (start, end) = number("start").zip(number("end")).ok_or(OTHER)?;
    let span = match within {
        None => text.chars(start, end),
        Some(outer) => inside(outer, start, end),
    };
    let Some(exact) = exact else { return span.ok_or(BEYOND) };
    let exact = kept(exact);
    let wide = if within.is_none() { text.utf16(start, end) } else { None };
    [span, wide].into_iter().flatten().find(|s| text.words(*s) == exact).ok_or(LOST)
}

/// Quoted words as they stand in a text that is kept: line ends are LF, but a mark at their start stays.
fn kept(words: &str) -> String {
    let rest = words.trim_start_matches('\u{feff}');
    words[..words.len() - rest.len()].to_owned() + &normalise(rest)
}

fn inside(outer: CharSpan, start: usize, end: usize) -> Option<CharSpan> {
    let at = |n: usize| outer.start.0.checked_add(n).filter(|n| *n <= outer.end.0);
    let (start, end) = at(start).zip(at(end))?;
    (start <= end).then(|| CharSpan::chars(start, end))
}

/// `char=3,12`, as RFC 5147 writes a place in a plain text.
fn fragment(text: &Text, selector: &Json, within: Option<CharSpan>) -> Result<CharSpan, Why> {
    let value = selector["value"].as_str().and_then(|v| v.strip_prefix("char=")).ok_or(OTHER)?;
    let value = value.split(';').next().unwrap_or_default();
    let (start, end) = value.split_once(',').ok_or(OTHER)?;
    let (start, end) = start.parse().ok().zip(end.parse().ok()).ok_or(OTHER)?;
    match within {
        None => text.chars(start, end).ok_or(BEYOND),
        Some(outer) => inside(outer, start, end).ok_or(BEYOND),
    }
}

/// The only place where quoted words stand, or the only one with what is said to stand around them.
fn quoted(text: &Text, quote: &Json, within: Option<CharSpan>) -> Result<CharSpan, Why> {
    let part = |key: &str| kept(quote[key].as_str().unwrap_or_default());
    let (exact, prefix, suffix) = (part("exact"), part("prefix"), part("suffix"));
    if exact.is_empty() {
        return Err(LOST);
    }
    let all = text.as_str();
    let bounds = within.and_then(|w| text.map().bytes(w)).map_or(0..all.len(), ByteSpan::range);
    let mut found = Vec::new();
    for (at, _) in all[bounds.clone()].match_indices(exact.as_str()) {
        let (start, end) = (bounds.start + at, bounds.start + at + exact.len());
        let fits = all[..start].ends_with(&prefix) && all[end..].starts_with(&suffix);
        found.push((fits, start, end));
    }
    let only = |fitting: bool| {
        let mut some = found.iter().filter(|(fits, ..)| *fits || !fitting);
        some.next().filter(|_| some.next().is_none())
    };
    let (_, start, end) = match only(true).or_else(|| only(false)) {
        Some(place) => *place,
        None if found.is_empty() => return Err(LOST),
        None => return Err(SEVERAL),
    };
    text.map().chars(ByteSpan::bytes(start, end)).ok_or(LOST)
}
