//! A span remembered by its words, so that it can be checked against a text and found again.

use serde::{Deserialize, Serialize};

use super::{CharSpan, OffsetMap};

/// How many code points of context an [`Anchor`] keeps on each side.
pub const CONTEXT: usize = 32;

/// The words of a span with a little of what stands around them (W3C's TextQuoteSelector).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]

pub struct Anchor {
    /// The words themselves.
    pub exact: String,
    /// Up to [`CONTEXT`] code points before them.
    pub before: String,
    /// Up to [`CONTEXT`] code points after them.
    pub after: String,
}

impl Anchor {
    /// The anchor of a span, or `None` where the span does not fit the text.
    pub fn of(map: &OffsetMap, span: CharSpan) -> Option<Self> {
        let bytes = map.bytes(span)?;
        let text = map.as_str();
        let before = text[..bytes.start.0].char_indices().rev().take(CONTEXT).last().map_or(bytes.start.0, |(i, _)| i);
        let after = text[bytes.end.0..].char_indices().nth(CONTEXT).map_or(text.len(), |(i, _)| bytes.end.0 + i);
        Some(Self {
            exact: text[bytes.range()].to_owned(),
            before: text[before..bytes.start.0].to_owned(),
            after: text[bytes.end.0..after].to_owned(),
        })
    }

    /// Whether the anchor's words stand at `span` in this text.
    pub fn fits(&self, map: &OffsetMap, span: CharSpan) -> bool {
        map.slice(span) == Some(self.exact.as_str())
    }
}
