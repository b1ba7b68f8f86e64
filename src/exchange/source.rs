//! The text of an article as it stands in another program’s file, and the way from its offsets to places.

use std::sync::Arc;

use crate::model::ArticleId;
use crate::text::{ByteOffset, ByteSpan, CharOffset, CharSpan, OffsetMap, Utf16Offset};

/// A text that has just been read. Offsets that a file gives count the text as it stands there, with its line ends and
/// its byte-order mark; places count the text that is kept, in which line ends are LF.
#[derive(Clone, Debug)]
pub struct Text {
    article: ArticleId,
    hash: String,
    map: OffsetMap,
    /// The text as it stands in the file, where it differs.
    raw: Option<OffsetMap>,
    /// The code points of the raw text that are not in the kept one, in order.
    gone: Vec<usize>,
}

impl Text {
    pub(super) fn new(article: ArticleId, hash: String, raw: &str, kept: Arc<str>) -> Self {
        let map = OffsetMap::new(kept);
        if raw == map.as_str() {
            return Self { article, hash, map, raw: None, gone: Vec::new() };
        }
        let marks = raw.chars().take_while(|c| *c == '\u{feff}').count();
        let mut gone: Vec<usize> = (0..marks).collect();
        let pairs = raw.chars().zip(raw.chars().skip(1)).enumerate().skip(marks);
        gone.extend(pairs.filter(|(_, pair)| *pair == ('\r', '\n')).map(|(at, _)| at));
        Self { article, hash, map, raw: Some(OffsetMap::new(raw)), gone }
    }

    pub fn article(&self) -> &ArticleId {
        &self.article
    }

    /// BLAKE3 of the kept text, in hex.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The text that is kept.
    pub fn map(&self) -> &OffsetMap {
        &self.map
    }

    /// The text that is kept.
    pub fn as_str(&self) -> &str {
        self.map.as_str()
    }

    fn raw(&self) -> &OffsetMap {
        self.raw.as_ref().unwrap_or(&self.map)
    }

    /// From code points of the file’s text.
    pub fn chars(&self, start: usize, end: usize) -> Option<CharSpan> {
        let fits = start <= end && end <= self.raw().char_len().0;
        let kept = |at: usize| at - self.gone.partition_point(|gone| *gone < at);
        fits.then(|| CharSpan::chars(kept(start), kept(end)))
    }

    /// From UTF-16 units of the file’s text.
    pub fn utf16(&self, start: usize, end: usize) -> Option<CharSpan> {
        let at = |n| self.raw().utf16_to_char(Utf16Offset(n)).map(|CharOffset(c)| c);
        self.chars(at(start)?, at(end)?)
    }

    /// From UTF-8 bytes of the file’s text.
    pub fn bytes(&self, start: usize, end: usize) -> Option<CharSpan> {
        if start > end {
            return None;
        }
        let span = self.raw().chars(ByteSpan { start: ByteOffset(start), end: ByteOffset(end) })?;
        self.chars(span.start.0, span.end.0)
    }

    /// The words of a place.
    pub fn words(&self, span: CharSpan) -> &str {
        self.map.slice(span).unwrap_or_default()
    }
}
