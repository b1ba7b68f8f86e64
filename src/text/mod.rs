//! Floor 0: positions, paragraphs, sentences, words. Knows nothing of articles or codes.

mod anchor;
mod document;
mod map;
mod offset;
mod sentences;
mod words;

pub use anchor::{Anchor, CONTEXT};
pub use document::{Document, normalise};
pub use map::OffsetMap;
pub use offset::{ByteOffset, ByteSpan, CharOffset, CharSpan, Span, Utf16Offset, Utf16Span};
pub use sentences::sentences;
pub use words::{Extent, words};
