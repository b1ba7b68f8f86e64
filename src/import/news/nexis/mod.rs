//! What Nexis gives away, in the layouts of LexisNexis, Nexis Uni and Lexis+: as web pages and plain text, and as Word,
//! RTF and PDF documents.

mod fields;
mod labels;

use super::lines::{self, Line, label};
use super::{Haul, read_lines};
use crate::import::html::{blocks, parse};
use crate::import::{Intake, Problem, Raw, Reader, Sample};
use labels::{is_end, numbered};

/// The reader of Nexis.
#[derive(Debug)]
pub struct Nexis;

/// The mark that begins a document in the older web pages, and what stands for it among the lines.
const PAGE_MARK: &str = "<DOCFULL> -->";
const MARK: &str = "\u{2}document\u{2}";

impl Reader for Nexis {
    fn name(&self) -> &'static str {
        "nexis"
    }

    fn about(&self) -> &'static str {
        "documents of Nexis (LexisNexis, Nexis Uni, Lexis+), one or many to a file"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        sample.head.contains(PAGE_MARK) || is_export(sample.head)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_lines(self.name(), raw, intake, documents, |text| Ok(documents(&text_lines(&text)?)))
    }
}

/// Whether the start of a text is that of an export: a document's number, or the fields that stand around every document.
pub(super) fn is_export(head: &str) -> bool {
    let mut fields = 0;
    for line in head.lines().take(4000).map(|l| l.trim_matches(|c: char| c.is_whitespace() || c == '\u{c}')) {
        if line.len() < 60 && numbered(line).is_some() && line.to_lowercase().contains("do") {
            return true;
        }
        // The cover of many documents may be all that there is to see.
        fields |= usize::from(count(line).is_some()) << 4;
        fields |= usize::from(line.starts_with("Client/Matter:") || line.starts_with("Job Number:")) << 5;
        if fields >> 4 == 3 {
            return true;
        }
        fields |= usize::from(is_end(line));
        fields |= usize::from(labels::is_body(line)) << 1;
        let field = label(line).and_then(|(l, v)| labels::meaning(l).filter(|_| !v.is_empty()));
        fields |= usize::from(field == Some(labels::Label::LoadDate)) << 2;
        fields |= usize::from(field == Some(labels::Label::Length)) << 3;
    }
    // The end of the first document and a field of it, or all fields but the end.
    (fields & 1 == 1 && fields & 0b1100 != 0) || fields & 0b1110 == 0b1110
}

/// The lines of a web page or a plain text.
fn text_lines(text: &str) -> Result<Vec<Line>, Problem> {
    let small = text.get(..text.floor_char_boundary(4096)).unwrap_or_default().to_ascii_lowercase();
    if text.contains(PAGE_MARK) || small.contains("<html") {
        let text = text.replace(PAGE_MARK, &format!("{PAGE_MARK}<p>{MARK}</p>"));
        let page = parse(&rows(&text))?;
        return Ok(page.body().map(|b| blocks(&b)).unwrap_or_default().into_iter().map(Line::from).collect());
    }
    Ok(lines::of(&text.replace('\u{c}', "\n\n")))
}

/// A page whose tables have no paragraphs in their cells, so that a row is a line.
fn rows(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<TD") {
        let (before, cell) = rest.split_at(at);
        out.push_str(before);
        let (cell, after) = cell.split_at(cell.find("</TD>").unwrap_or(cell.len()));
        let mut parts = cell.split("<P");
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            out.push(' ');
            out.push_str(&part.split_once('>').map_or("", |(_, words)| words).replace("</P>", ""));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Splits the lines into documents and reads each.
pub(super) fn documents(lines: &[Line]) -> Haul {
    let mut haul = Haul::default();
    let old = lines.iter().any(|l| l.text == MARK || numbered(&l.flat()).is_some());
    let mut pieces: Vec<Vec<Line>> = vec![Vec::new()];
    let mut said = None;
    let mut after_page = false;
    for line in lines {
        let flat = line.flat();
        if line.text == MARK || (old && numbered(&flat).is_some()) {
            // A page has both marks for one document.
            if pieces.last().is_some_and(|p| !p.is_empty()) || pieces.len() == 1 {
                pieces.push(Vec::new());
            }
        } else if !old && is_end(&flat) {
            pieces.push(Vec::new());
        } else if is_page_number(&flat) {
            after_page = true;
            continue;
        } else if flat.is_empty() || is_furniture(&flat) {
            continue;
        } else {
            said = said.or_else(|| count(&flat));
            // The title is printed again at the head of every page.
            let again =
                after_page && pieces.last().is_some_and(|p| p.len() > 2 && p.iter().take(3).any(|l| l.flat() == flat));
            if !again && let Some(piece) = pieces.last_mut() {
                piece.push(line.clone());
            }
        }
        after_page = false;
    }
    for (n, piece) in pieces.iter().enumerate() {
        if (old && n == 0) || piece.is_empty() {
            continue;
        }
        let number = if old { n } else { n + 1 };
        if let Some(said) = fields::excuse(piece) {
            haul.skip(format!("document {number}"), Problem::NotGiven { said });
        } else if old {
            haul.article(fields::old(piece));
        } else if fields::is_document(piece) {
            haul.article(fields::new(piece, n == 0));
        }
    }
    haul.said = said.filter(|_| !haul.pieces.is_empty());
    haul
}

/// How many documents the cover says there are: `Documents (32)`, `Download Request: Selected Items: 1-32`.
fn count(line: &str) -> Option<usize> {
    let digits = |text: &str| text.trim().replace([',', '.'], "").parse::<usize>().ok();
    for word in ["Documents", "Document", "Dokumente", "Documentos", "Documenti", "Documenten"] {
        let inner = line.strip_prefix(word).and_then(|r| r.trim().strip_prefix('(')).and_then(|r| r.strip_suffix(')'));
        if let Some(count) = inner.and_then(digits) {
            return Some(count);
        }
    }
    let (_, items) = line.split_once("Selected Items: ")?;
    let items = items.split_whitespace().next()?;
    items.split(',').try_fold(0usize, |sum, part| match part.split_once('-') {
        Some((from, to)) => Some(sum + (digits(to)? + 1).checked_sub(digits(from)?)?),
        None => digits(part).map(|_| sum + 1),
    })
}

fn is_page_number(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit());
    matches!(words.as_slice(), ["Page" | "Seite", a, "of" | "von" | "sur" | "de", b] if number(a) && number(b))
}

/// Lines that the service prints around its documents.
fn is_furniture(line: &str) -> bool {
    let small = line.to_lowercase();
    matches!(small.as_str(), "link to image" | "bildlink" | "| about lexisnexis | privacy policy | terms & conditions")
        || small.starts_with("about lexisnexis")
        || small.starts_with("| about lexisnexis")
        || (lines::is_copyright(line) && small.contains("lexisnexis") && small.len() < 80)
}
