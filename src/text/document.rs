//! A text cut into paragraphs.

use std::borrow::Cow;
use std::sync::Arc;

use super::{ByteSpan, CharOffset, CharSpan, OffsetMap, sentences};

/// A text with its offsets and its paragraphs: what a reading surface and a detector work on.
///
/// A paragraph is a line that holds more than white space; its span leaves out the line's end and the white space
/// around it.
#[derive(Clone, Debug)]
pub struct Document {
    map: OffsetMap,
    paragraphs: Vec<CharSpan>,
}

impl Document {
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let map = OffsetMap::new(text);
        let mut paragraphs = Vec::new();
        let mut start = 0;
        for line in map.as_str().split('\n') {
            let chars = line.chars().count();
            let body = line.trim();
            if !body.is_empty() {
                let lead = line[..line.len() - line.trim_start().len()].chars().count();
                paragraphs.push(CharSpan::chars(start + lead, start + lead + body.chars().count()));
            }
            start += chars + 1;
        }
        Self { map, paragraphs }
    }

    pub fn map(&self) -> &OffsetMap {
        &self.map
    }

    pub fn as_str(&self) -> &str {
        self.map.as_str()
    }

    /// The paragraphs in order; none for a text of white space.
    pub fn paragraphs(&self) -> &[CharSpan] {
        &self.paragraphs
    }

    /// The number of the paragraph that holds `at` (its end counts), or else of the last one before it.
    pub fn paragraph_index(&self, at: CharOffset) -> Option<usize> {
        if self.paragraphs.is_empty() {
            return None;
        }
        Some(self.paragraphs.partition_point(|p| p.start <= at).saturating_sub(1))
    }

    /// The span of the paragraph that [`paragraph_index`](Self::paragraph_index) names.
    pub fn paragraph_at(&self, at: CharOffset) -> Option<CharSpan> {
        self.paragraph_index(at).map(|i| self.paragraphs[i])
    }

    /// The sentences of a stretch, in order; see [`sentences`] for how they are cut.
    pub fn sentences_in(&self, span: CharSpan) -> Vec<CharSpan> {
        let Some(bytes) = self.map.bytes(span) else { return Vec::new() };
        sentences(&self.as_str()[bytes.range()])
            .into_iter()
            .filter_map(|s| self.map.chars(ByteSpan::bytes(s.start.0 + bytes.start.0, s.end.0 + bytes.start.0)))
            .collect()
    }
}

/// The one rule by which a text from outside becomes a text that is stored and coded: leading byte-order marks go,
/// CRLF and lone CR become LF, and control characters other than tab and LF become spaces. Nothing else changes: soft
/// hyphens, no-break spaces, ligatures and combining marks stay as they came.
pub fn normalise(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches('\u{feff}');
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.chars().any(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            c if odd(c) => out.push(' '),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}
