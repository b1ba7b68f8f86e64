//! Floor 0: positions, paragraphs, sentences, words. Knows nothing of articles or codes.

mod alignment;
mod anchor;
mod distance;
mod document;
mod fold;
mod grams;
mod map;
mod offset;
mod reanchor;
mod sentences;
mod shingles;
mod words;

pub use alignment::Alignment;
pub use anchor::{Anchor, CONTEXT};
pub use document::{Document, normalise};
pub use map::OffsetMap;
pub use offset::{ByteOffset, ByteSpan, CharOffset, CharSpan, Span, Utf16Offset, Utf16Span};
pub use reanchor::{Finder, Found, find};
pub use sentences::sentences;
pub use shingles::{Shingles, near_duplicates};
pub use words::{Extent, words};
