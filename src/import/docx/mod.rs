//! Word documents (DOCX, also DOCM, DOTX; ISO/IEC 29500, transitional and strict).
//!
//! What is read is what a reader of the printed page sees: deleted words, hidden words, comments, page headers and
//! footers and tables of contents are left out, inserted words and the words of links are kept. Notes stand behind the
//! rest, with the same raised number as in the text. Numbers of lists are not in the file as words, and are left out.

mod body;
mod styles;

use std::collections::BTreeMap;
use std::io::Cursor;

use super::paragraph::{About, Document, Paragraph};
use super::xml::{Met, walk};
use super::{Intake, Problem, Raw, Reader, Sample, unzip};
use crate::archive::Reader as Zip;
use styles::Styles;

/// How an old Office file begins, which is also what one with a password is packed in.
pub(super) const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The reader of Word documents.
#[derive(Debug)]
pub struct Docx;

impl Reader for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn about(&self) -> &'static str {
        "a Word document (DOCX); comments, deleted words, page headers and footers are left out"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        is_docx(sample)
            || sample.is_broken(&["docx", "docm", "dotx", "dotm"])
            || (is_protected(sample.bytes) && sample.ending().starts_with("do"))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        document(&raw.bytes)?.lay_down(raw.source(self.name(), None), intake)
    }
}

/// Whether a file is a Word document.
pub(super) fn is_docx(sample: &Sample<'_>) -> bool {
    let names = sample.names();
    names.iter().any(|n| n == "[Content_Types].xml") && names.iter().any(|n| n.starts_with("word/"))
}

/// Whether a file is an Office document that is packed up with a password.
fn is_protected(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    bytes.starts_with(COMPOUND) && bytes.windows(NAME.len()).any(|window| window == NAME)
}

/// The paragraphs of a Word document in order, none of them empty.
///
/// # Errors
/// Where it is damaged or protected.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Paragraph>, Problem> {
    document(bytes).map(|document| document.paragraphs)
}

/// A Word document.
///
/// # Errors
/// Where it is damaged or protected.
pub(super) fn document(bytes: &[u8]) -> Result<Document, Problem> {
    if is_protected(bytes) {
        return Err(Problem::Protected);
    }
    let mut package = Package::open(bytes)?;
    let root = package.relations("")?;
    let main = root.get("officeDocument").cloned().unwrap_or_else(|| "word/document.xml".to_owned());
    let of_main = package.relations(&main)?;
    let mut styles = Styles::default();
    // What a style looks like is not worth losing the words for.
    if let Ok(Some(bytes)) = package.part(of_main.get("styles").map_or("word/styles.xml", String::as_str)) {
        styles = Styles::read(bytes).unwrap_or_default();
    }
    let mut document = Document::default();
    if let Ok(Some(bytes)) = package.part(root.get("core-properties").map_or("docProps/core.xml", String::as_str)) {
        document.about = about(bytes).unwrap_or_default();
    }
    let bytes = package.part(&main)?.ok_or_else(|| damaged("the document itself is missing in it"))?;
    let mut found = body::read(bytes, &styles)?;
    for (kind, notes) in [("footnotes", false), ("endnotes", true)] {
        if !found.notes.iter().any(|n| n.end == notes) {
            continue;
        }
        if let Ok(Some(bytes)) = package.part(of_main.get(kind).map_or("", String::as_str)) {
            body::add_notes(bytes, &styles, notes, &mut found)?;
        }
    }
    document.pictures = found.pictures;
    document.paragraphs = found.finish();
    Ok(document)
}

fn damaged(reason: &str) -> Problem {
    Problem::Damaged { reason: reason.to_owned() }
}

/// The zip file with its parts.
struct Package<'a> {
    zip: Zip<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        Ok(Self { zip: unzip(bytes)? })
    }

    /// A part by its name; `None` where there is no such part.
    fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        let name = name.trim_start_matches('/');
        let Some(entry) = self.zip.entries().iter().find(|e| e.name.eq_ignore_ascii_case(name)).cloned() else {
            return Ok(None);
        };
        self.zip.read(&entry).map(Some).map_err(|e| damaged(&e.to_string()))
    }

    /// What a part refers to, by the last word of the kind of reference; the first of each kind. `""`: the package.
    fn relations(&mut self, part: &str) -> Result<BTreeMap<String, String>, Problem> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let sep = if folder.is_empty() { "" } else { "/" };
        let Some(bytes) = self.part(&format!("{folder}{sep}_rels/{file}.rels"))? else { return Ok(BTreeMap::new()) };
        let mut found = BTreeMap::new();
        walk(bytes, |met| {
            if let Met::Open(element) = met
                && element.name == "Relationship"
                && element.get("TargetMode") != Some("External")
                && let (Some(kind), Some(target)) = (element.get("Type"), element.get("Target"))
            {
                let kind = kind.rsplit('/').next().unwrap_or(kind);
                found.entry(kind.to_owned()).or_insert_with(|| resolve(folder, target));
            }
        })?;
        Ok(found)
    }
}

/// A path that is given from a folder on.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|s| !s.is_empty()).collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn about(bytes: Vec<u8>) -> Result<About, Problem> {
    let mut about = About::default();
    let mut words = String::new();
    walk(bytes, |met| match met {
        Met::Open(_) => words.clear(),
        Met::Words(more) => words.push_str(more),
        Met::Close(name) => {
            let said = std::mem::take(&mut words).trim().to_owned();
            if said.is_empty() {
                return;
            }
            match name {
                "title" => about.title = said,
                "creator" => about.authors = said.split(';').map(|a| a.trim().to_owned()).collect(),
                "created" => about.made = Some(said),
                "language" => about.language = Some(said),
                "keywords" => about.keywords = said,
                _ => {}
            }
        }
    })?;
    Ok(about)
}
