//! Framing phrases in a text and whose words they are.

use std::ops::Range;

use super::lexicon::{Lexicon, parts};
use super::scan::Scan;
use crate::text::ByteSpan;

/// A framing phrase before its voice is known.
pub(super) struct Hit {
    pub bytes: ByteSpan,
    pub code: String,
    pub phrase: String,
    pub manner: Manner,
}

/// How a phrase is put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Manner {
    pub negated: bool,
    /// "so-called", "what critics call"
    pub distanced: bool,
}

/// How the phrase that begins at a token is put, by the words before it.
pub(super) fn manner(scan: &Scan<'_>, first: usize) -> Manner {
    Manner { negated: negated(scan, first), distanced: distanced(scan, first) }
}

/// A word of a token: hyphens cut it.
struct Part<'t> {
    word: &'t str,
    bytes: ByteSpan,
    token: usize,
}

/// All phrases of the lexicon in a text, longest first where they overlap.
pub(super) fn hits(scan: &Scan<'_>, lexicon: &Lexicon) -> Vec<Hit> {
    let mut out = Vec::new();
    for paragraph in &scan.paragraphs {
        let words = words(scan, paragraph);
        let mut i = 0;
        while i < words.len() {
            // Only white space or a hyphen may stand between two words of a phrase.
            let next = |k: usize| {
                let (a, b) = (words.get(i + k - 1)?, words.get(i + k)?);
                let between = scan.text.get(a.bytes.end.0..b.bytes.start.0)?;
                (!between.is_empty()
                    && between.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2011}')))
                .then_some(b.word)
            };
            let word = words[i].word.strip_suffix("'s").unwrap_or(words[i].word);
            let Some((count, entry)) = lexicon.longest(word, next) else {
                i += 1;
                continue;
            };
            let (first, last) = (&words[i], &words[i + count - 1]);
            let tokens = first.token..last.token + 1;
            let bytes = ByteSpan::bytes(first.bytes.start.0, last.bytes.end.0);
            let manner = manner(scan, tokens.start);
            out.push(Hit { bytes, code: entry.code.clone(), phrase: entry.phrase.clone(), manner });
            i += count;
        }
    }
    out
}

fn words<'t>(scan: &'t Scan<'_>, paragraph: &Range<usize>) -> Vec<Part<'t>> {
    let mut out = Vec::with_capacity(paragraph.len());
    for token in paragraph.clone().filter(|i| scan.tokens[*i].is_word()) {
        let Some(t) = scan.tokens.get(token) else { continue };
        let (low, raw) = (scan.low(token), scan.raw(token));
        if low.len() == raw.len() && low.contains('-') {
            let base = low.as_ptr() as usize;
            for word in parts(low) {
                let at = t.start + (word.as_ptr() as usize - base);
                out.push(Part { word, bytes: ByteSpan::bytes(at, at + word.len()), token });
            }
        } else {
            out.push(Part { word: low, bytes: ByteSpan::bytes(t.start, t.end), token });
        }
    }
    out
}

/// Whether a phrase is denied by the words before it: "not a", "no", "never a", "denied a", "without any".
fn negated(scan: &Scan<'_>, first: usize) -> bool {
    let Some(token) = scan.tokens.get(first) else { return false };
    let floor = scan.sentences[token.sentence].start;
    let mut steps = 0;
    for i in (floor..first).rev() {
        if !scan.tokens[i].is_word() {
            if matches!(scan.low(i), "," | ";" | ":" | "—" | "–" | ".") {
                return false;
            }
            continue;
        }
        let word = scan.low(i);
        steps += 1;
        if steps > 6 {
            return false;
        }
        let denies = matches!(word, "not" | "no" | "never" | "without" | "neither" | "nor" | "hardly" | "cannot")
            || word.ends_with("n't")
            || matches!(
                word,
                "denied"
                    | "denies"
                    | "deny"
                    | "denying"
                    | "rejected"
                    | "rejects"
                    | "rejecting"
                    | "dismissed"
                    | "dismisses"
                    | "disputed"
                    | "refuted"
                    | "rebutted"
            );
        if denies {
            // "no longer a purge" and "not only a purge" deny nothing.
            return !matches!(scan.low(i + 1), "only" | "just" | "merely");
        }
        if matches!(word, "but" | "because" | "when" | "while" | "who" | "which") {
            return false;
        }
    }
    false
}

/// Whether the outlet holds the words at arm's length: "so-called", "what critics call", "dubbed".
fn distanced(scan: &Scan<'_>, first: usize) -> bool {
    let Some(token) = scan.tokens.get(first) else { return false };
    let floor = scan.sentences[token.sentence].start.max(first.saturating_sub(6));
    let mut call = false;
    for i in (floor..first).rev() {
        let word = scan.low(i);
        match word {
            "so-called" | "alleged" | "supposed" | "purported" | "self-styled" | "ostensible" => return true,
            "called" if i > floor && scan.low(i - 1) == "so" => return true,
            "call" | "calls" | "called" | "calling" | "dubbed" | "dub" | "describe" | "describes" | "described"
            | "term" | "termed" | "label" | "labelled" | "branded" => call = true,
            "what" if call => return true,
            "," | ";" | ":" => return false,
            _ => {}
        }
    }
    false
}
