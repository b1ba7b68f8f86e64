//! Rich text (RTF 1.9).
//!
//! Read is what is printed: deleted and hidden words, comments, page headers and footers, and the numbers of lists are
//! left out. Notes stand behind the rest, with the same raised number as in the text.

mod encoding;
mod setter;
mod token;
mod words;

use super::paragraph::{Document, Paragraph};
use super::{Intake, Problem, Raw, Reader, Sample};

/// The reader of rich text.
#[derive(Debug)]
pub struct Rtf;

impl Reader for Rtf {
    fn name(&self) -> &'static str {
        "rtf"
    }

    fn about(&self) -> &'static str {
        "rich text (RTF); comments, deleted words, page headers and footers are left out"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        is_rtf(sample.bytes)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        document(&raw.bytes)?.lay_down(raw.source(self.name(), None), intake)
    }
}

/// Whether a file is rich text.
pub(super) fn is_rtf(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{\\rtf")
}

/// The paragraphs of a file in order, none of them empty.
///
/// # Errors
/// Where it is damaged.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Paragraph>, Problem> {
    document(bytes).map(|document| document.paragraphs)
}

/// A document of rich text.
///
/// # Errors
/// Where it is damaged.
pub(super) fn document(bytes: &[u8]) -> Result<Document, Problem> {
    let mut setter = setter::Setter::default();
    for token in token::Tokens::new(bytes) {
        if !setter.take(token)? {
            return Ok(setter.done());
        }
    }
    Err(Problem::Damaged { reason: "it ends in the middle".to_owned() })
}
