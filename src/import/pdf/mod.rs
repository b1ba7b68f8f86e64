//! PDF: the words of its pages in the order in which they are read.
//!
//! A PDF knows glyphs and where they stand, and hardly ever words, paragraphs or columns; all of these are made out
//! here by where things stand. What is found is not the text letter for letter as it was printed: words that were
//! divided at the end of a line are joined again, ligatures become the letters they stand for, and page numbers and
//! the lines that come back at the edge of each page are left out.

mod glyphs;
mod lines;
mod paragraphs;
mod reading_order;

use std::sync::Arc;

use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf as File};

use super::paragraph::{About, Document, Paragraph};
use super::{Intake, Problem, Raw, Reader, Sample, isolated};

/// How far into a file its first line may stand, in bytes.
const START: usize = 1024;
/// How many pages are read.
const MOST_PAGES: usize = 5000;

/// The reader of PDF.
#[derive(Debug)]
pub struct Pdf;

impl Reader for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn about(&self) -> &'static str {
        "a PDF with text in it; page numbers and running heads are left out"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        is_pdf(sample.bytes)
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let source = raw.source(self.name(), None);
        document(std::mem::take(&mut raw.bytes))?.lay_down(source, intake)
    }
}

/// Whether a file is a PDF.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    let start = bytes.get(..START.min(bytes.len())).unwrap_or_default().trim_ascii_start();
    start.starts_with(b"%PDF-")
}

/// The paragraphs of a PDF in the order in which they are read, none of them empty. `size` and `bold` tell headlines;
/// `breaks` is set on the first paragraph of each page.
///
/// # Errors
/// Where it is damaged, protected, or holds pictures only.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Paragraph>, Problem> {
    document(bytes.to_vec()).map(|document| document.paragraphs)
}

/// The document in a PDF.
///
/// # Errors
/// Where it is damaged, protected, or holds pictures only.
pub(super) fn document(bytes: Vec<u8>) -> Result<Document, Problem> {
    isolated(move || {
        let file = File::new(Arc::new(bytes)).map_err(|error| match error {
            LoadPdfError::Decryption(_) => Problem::Protected,
            LoadPdfError::Invalid => damaged("it ends in the middle, or is no PDF"),
        })?;
        if file.pages().is_empty() {
            return Err(damaged("it has no pages"));
        }
        if file.pages().len() > MOST_PAGES {
            return Err(Problem::TooMany { what: "pages", most: MOST_PAGES });
        }
        let (pages, pictures) = glyphs::pages(&file)?;
        let paragraphs = paragraphs::of(pages.into_iter().map(lines::page).collect());
        if paragraphs.is_empty() && pictures {
            return Err(Problem::OnlyPictures);
        }
        Ok(Document { paragraphs, about: about(&file), pictures })
    })
}

fn damaged(reason: &str) -> Problem {
    Problem::Damaged { reason: reason.to_owned() }
}

fn about(file: &File) -> About {
    let meta = file.metadata();
    let said = |field: &Option<Box<[u8]>>| field.as_deref().map(text).unwrap_or_default();
    let author = said(&meta.author);
    let made = meta.creation_date.map(|d| format!("{:04}-{:02}-{:02}", d.year, d.month, d.day));
    About {
        title: said(&meta.title),
        authors: author.split(';').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
        made,
        language: None,
        keywords: said(&meta.keywords),
    }
}

/// A string of the properties: UTF-16 or UTF-8 with a byte-order mark, else Latin letters.
fn text(bytes: &[u8]) -> String {
    use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
    let encoding = match bytes {
        [0xfe, 0xff, ..] => UTF_16BE,
        [0xff, 0xfe, ..] => UTF_16LE,
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => WINDOWS_1252,
    };
    encoding.decode(bytes).0.trim_matches(['\0', ' ']).to_owned()
}
