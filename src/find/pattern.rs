//! One thing to look for in a text.

use regex::{Regex, RegexBuilder};

use crate::text::ByteSpan;

/// How large a regular expression may become when it is made ready, in bytes.
const LARGEST: usize = 4 << 20;

/// What is looked for. Searching takes time in proportion to the text, whatever the expression.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    /// Only where no letter stands right before or behind.
    whole: bool,
}

impl Pattern {
    pub fn new(expression: &str, case: bool, whole: bool) -> Result<Self, regex::Error> {
        let regex =
            RegexBuilder::new(expression).case_insensitive(!case).multi_line(true).size_limit(LARGEST).build()?;
        Ok(Self { regex, whole })
    }

    /// Where it stands, in order; never overlapping, never empty.
    pub fn spans<'t>(&'t self, text: &'t str) -> impl Iterator<Item = ByteSpan> + 't {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at <= text.len() {
                let found = self.regex.find_at(text, at)?;
                if found.is_empty() {
                    at = step(text, found.end());
                } else if self.whole && is_within(text, found.start()) {
                    at = Self::further(text, found.start());
                } else if self.whole && is_within_end(text, found.end()) {
                    at = step(text, found.start());
                } else {
                    at = found.end();
                    return Some(ByteSpan::bytes(found.start(), found.end()));
                }
            }
            None
        })
    }

    /// From where to go on after a find that begins within a word: nothing else that begins in that word will do, if it
    /// begins with a letter.
    fn further(text: &str, start: usize) -> usize {
        let rest = &text[start..];
        let word: usize = rest.chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum();
        if word == 0 { step(text, start) } else { start + word }
    }
}

/// The place one character further on, or behind the end of the text.
fn step(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

/// What a word is made of, as regular expressions have it.
pub(super) fn is_word(c: char) -> bool {
    regex_syntax::is_word_character(c)
}

/// Whether a letter stands right before.
fn is_within(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(is_word)
}

/// Whether a letter stands right behind.
fn is_within_end(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(is_word)
}
