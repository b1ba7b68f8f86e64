//! Positions in a text. A bare `usize` is never one: each unit has a type of its own, and the only way from one
//! unit to another is an [`OffsetMap`](super::OffsetMap).

use std::fmt;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

macro_rules! offset {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub usize);

        impl $name {
            /// The start of every text.
            pub const ZERO: Self = Self(0);

            /// This position moved back by `n` units, stopping at the start of the text.
            #[must_use]
            pub fn saturating_sub(self, n: usize) -> Self {
                Self(self.0.saturating_sub(n))
            }
        }

        impl Add<usize> for $name {
            type Output = Self;
            fn add(self, n: usize) -> Self {
                Self(self.0 + n)
            }
        }

        /// The distance between two positions, in their unit. The right one must not lie behind the left one.
        impl Sub for $name {
            type Output = usize;
            fn sub(self, other: Self) -> usize {
                self.0 - other.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

offset! {
    /// A position counted in UTF-8 bytes: what Rust slices with.
    ByteOffset
}
offset! {
    /// A position counted in Unicode code points: what the model, the project files, the commands and egui count in.
    CharOffset
}
offset! {
    /// A position counted in UTF-16 code units: what Java, JavaScript and several exchange formats count in.
    Utf16Offset
}

/// A stretch of text from `start` up to, and not including, `end`. `start` never lies behind `end` in a span made
/// by [`Span::new`]; one read from a file is checked before it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span<O> {
    pub start: O,
    pub end: O,
}

/// A stretch counted in code points.
pub type CharSpan = Span<CharOffset>;
/// A stretch counted in bytes.
pub type ByteSpan = Span<ByteOffset>;
/// A stretch counted in UTF-16 units.
pub type Utf16Span = Span<Utf16Offset>;

impl<O: Copy + Ord> Span<O> {
    /// The stretch between two positions, given in either order.
    pub fn new(a: O, b: O) -> Self {
        Self { start: a.min(b), end: a.max(b) }
    }

    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `at` lies in the span (its end does not).
    pub fn contains(self, at: O) -> bool {
        self.start <= at && at < self.end
    }

    /// Whether `other` lies wholly in this span.
    pub fn encloses(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one unit.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What the two share, if they share anything.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let both = Self { start: self.start.max(other.start), end: self.end.min(other.end) };
        (!both.is_empty()).then_some(both)
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl<O: Copy + Ord + Sub<Output = usize>> Span<O> {
    /// How many units the span holds.
    pub fn len(self) -> usize {
        if self.is_empty() { 0 } else { self.end - self.start }
    }
}

impl CharSpan {
    /// A span of code points from plain numbers, for literals and for files.
    pub fn chars(start: usize, end: usize) -> Self {
        Self::new(CharOffset(start), CharOffset(end))
    }
}

impl ByteSpan {
    /// A span of bytes from plain numbers, as Rust's string methods return them.
    pub fn bytes(start: usize, end: usize) -> Self {
        Self::new(ByteOffset(start), ByteOffset(end))
    }

    /// The span as the range that a `str` is sliced with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start.0..self.end.0
    }
}

impl<O: fmt::Display> fmt::Display for Span<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.start, self.end)
    }
}
