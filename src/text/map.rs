//! The way between bytes, code points and UTF-16 units.

use std::sync::Arc;

use super::{ByteOffset, ByteSpan, CharOffset, CharSpan, Span, Utf16Offset, Utf16Span};

/// Bytes between two marks. Smaller is faster and larger in memory: 64 costs 12 bytes for every 64 of text.
const STRIDE: usize = 64;

/// A text together with the marks by which a position in one unit is turned into another in about constant time.
///
/// Every conversion answers `None` for a position that lies behind the end or inside a character, so an offset that
/// came from outside can be tried without fear.
#[derive(Clone, Debug)]
pub struct OffsetMap {
    text: Arc<str>,
    /// One mark at the first character boundary at or after every `STRIDE` bytes; the first one is zero.
    marks: Vec<Mark>,
    end: Mark,
}

/// One place in the text in all three units.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    byte: usize,
    char: usize,
    utf16: usize,
}

impl Mark {
    fn step(&mut self, c: char) {
        self.byte += c.len_utf8();
        self.char += 1;
        self.utf16 += c.len_utf16();
    }
}

impl OffsetMap {
    /// Reads the text once.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut here = Mark::default();
        for c in text.chars() {
            if here.byte >= marks.len() * STRIDE {
                marks.push(here);
            }
            here.step(c);
        }
        if marks.is_empty() {
            marks.push(Mark::default());
        }
        Self { text, marks, end: here }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text itself, shared.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The end of the text in bytes.
    pub fn byte_len(&self) -> ByteOffset {
        ByteOffset(self.end.byte)
    }

    /// The end of the text in code points.
    pub fn char_len(&self) -> CharOffset {
        CharOffset(self.end.char)
    }

    /// The end of the text in UTF-16 units.
    pub fn utf16_len(&self) -> Utf16Offset {
        Utf16Offset(self.end.utf16)
    }

    /// Walks from the last mark whose `unit` is not behind `target` to the place where `unit` equals it.
    fn find(&self, target: usize, unit: impl Fn(&Mark) -> usize) -> Option<Mark> {
        if target > unit(&self.end) {
            return None;
        }
        let after = self.marks.partition_point(|m| unit(m) <= target);
        let mut here = self.marks[after.saturating_sub(1)];
        for c in self.text[here.byte..].chars() {
            if unit(&here) >= target {
                break;
            }
            here.step(c);
        }
        (unit(&here) == target).then_some(here)
    }

    pub fn byte_to_char(&self, at: ByteOffset) -> Option<CharOffset> {
        self.find(at.0, |m| m.byte).map(|m| CharOffset(m.char))
    }

    pub fn char_to_byte(&self, at: CharOffset) -> Option<ByteOffset> {
        self.find(at.0, |m| m.char).map(|m| ByteOffset(m.byte))
    }

    pub fn char_to_utf16(&self, at: CharOffset) -> Option<Utf16Offset> {
        self.find(at.0, |m| m.char).map(|m| Utf16Offset(m.utf16))
    }

    pub fn utf16_to_char(&self, at: Utf16Offset) -> Option<CharOffset> {
        self.find(at.0, |m| m.utf16).map(|m| CharOffset(m.char))
    }

    pub fn chars(&self, span: ByteSpan) -> Option<CharSpan> {
        Some(Span { start: self.byte_to_char(span.start)?, end: self.byte_to_char(span.end)? })
    }

    pub fn bytes(&self, span: CharSpan) -> Option<ByteSpan> {
        Some(Span { start: self.char_to_byte(span.start)?, end: self.char_to_byte(span.end)? })
    }

    pub fn utf16(&self, span: CharSpan) -> Option<Utf16Span> {
        Some(Span { start: self.char_to_utf16(span.start)?, end: self.char_to_utf16(span.end)? })
    }

    /// From bytes to UTF-16 units at once, without counting code points.
    pub fn bytes_to_utf16(&self, span: ByteSpan) -> Option<Utf16Span> {
        let at = |at: ByteOffset| self.find(at.0, |m| m.byte).map(|m| Utf16Offset(m.utf16));
        Some(Span { start: at(span.start)?, end: at(span.end)? })
    }

    /// The words a span covers, or `None` where it does not fit this text.
    pub fn slice(&self, span: CharSpan) -> Option<&str> {
        self.text.get(self.bytes(span)?.range())
    }
}
