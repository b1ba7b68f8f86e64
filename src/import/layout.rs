//! A text put together from a headline, a standfirst, a byline and a body, with its parts marked.

use std::fmt::Write as _;

use crate::model::{Part, PartKind};
use crate::text::{CharOffset, CharSpan, normalise};

/// Builds a text paragraph by paragraph, with a blank line between them.
#[derive(Debug, Default)]
pub struct Layout {
    text: String,
    end: CharOffset,
    parts: Vec<Part>,
}

impl Layout {
    /// Adds a paragraph; `kind` says what it is where it is not body. Paragraphs of white space are left out.
    pub fn add(&mut self, kind: Option<PartKind>, paragraph: &str) {
        let paragraph = normalise(paragraph);
        let paragraph = paragraph.trim();
        if paragraph.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
            self.end = self.end + 2;
        }
        let start = self.end;
        // Writing to a string cannot fail.
        let _ = self.text.write_str(paragraph);
        self.end = start + paragraph.chars().count();
        if let Some(kind) = kind {
            self.parts.push(Part { kind, span: CharSpan::new(start, self.end) });
        }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a body as it stands, with parts of its own. What was added before is set off by a blank line.
    pub fn body(&mut self, body: &str, parts: Vec<Part>) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
            self.end = self.end + 2;
        }
        let start = self.end.0;
        self.text.push_str(body);
        self.end = self.end + body.chars().count();
        self.parts.extend(parts.into_iter().map(|part| Part {
            kind: part.kind,
            span: CharSpan::chars(part.span.start.0 + start, part.span.end.0 + start),
        }));
    }

    /// The text and its parts.
    pub fn done(self) -> (String, Vec<Part>) {
        (self.text, self.parts)
    }
}
