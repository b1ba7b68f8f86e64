//! JSON Lines: one article a line.
//!
//! ```text
//! {"id":"…","text":"…","title":"…","outlet":"…","authors":["…"],"published":"2025-03-04","url":"…","language":"en",
//!  "section":"…","parts":[{"kind":"headline","start":0,"end":9}]}
//! ```
//!
//! Only `text` is needed. A line with `parts` is taken as it stands; `start` and `end` count Unicode code points,
//! end-exclusive. What `framelens export --format jsonl` writes is read, but of it only the articles. Lines without
//! `parts` may have any keys: they are rows of a [table](super::table).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::dates::iso;
use super::table::{self, Table};
use super::text::{authors, parts_with_title};
use super::{Intake, Problem, Raw, Reader, Sample};
use crate::model::{Article, Metadata, Part, PartKind};
use crate::text::{CharSpan, normalise};

/// The reader of JSON Lines.
#[derive(Debug)]
pub struct JsonLines;

impl Reader for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "JSON Lines, one article a line: {\"text\":…,\"title\":…}"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        is_json_lines(sample.head) || begins_with_record(sample.bytes)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let source = raw.source(self.name(), None);
        let bytes = raw.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&raw.bytes);
        let mut table = Table::new("line");
        let mut bad = 0;
        for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if line.windows(PARTS.len()).any(|w| w == PARTS)
                && let Ok(record) = Record::parse(line)
                && record.parts.is_some()
                && !record.text.trim().is_empty()
            {
                table.made(number, record.into_article(source.clone()));
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(Value::Object(object)) => {
                    let cells = table::record(&mut table, &object)?;
                    table.row(number, cells)?;
                    continue;
                }
                _ if bad >= MOST_BAD => {
                    return Err(Problem::TooMany { what: "lines that are no JSON", most: MOST_BAD });
                }
                Ok(_) => intake.skip("", Problem::BadLine { line: number, reason: "no record {…}".to_owned() }),
                Err(error) => intake.skip("", Problem::BadLine { line: number, reason: told(&error) }),
            }
            bad += 1;
        }
        table.lay_down(&source, intake)
    }
}

/// By what a line is seen to mark its parts.
const PARTS: &[u8] = b"\"parts\"";
/// How many lines that are no JSON are told.
const MOST_BAD: usize = 100;

/// Whether a file begins with two lines that are records.
fn begins_with_record(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    let mut lines = bytes.split(|b| *b == b'\n').filter(|l| !l.iter().all(u8::is_ascii_whitespace)).take(2);
    let begins = |line: &[u8]| line.trim_ascii_start().starts_with(b"{");
    let first = lines.next().unwrap_or_default();
    begins(first) && lines.next().is_some_and(begins) && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
}

/// Whether a text, of which only the start may be given, is JSON Lines of articles: its first line is one.
pub fn is_json_lines(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let Some((line, _)) = head.split_once('\n') else {
        // One long line: its start is all there is to see.
        return head.starts_with('{') && (Record::parse(head.as_bytes()).is_ok() || is_cut(head));
    };
    line.starts_with('{') && Record::parse(line.as_bytes()).is_ok()
}

/// Whether a line that was cut off looks like an article so far.
fn is_cut(head: &str) -> bool {
    head.len() >= super::SAMPLE / 2
        && head.contains("\"text\"")
        && serde_json::from_str::<Value>(head).is_err_and(|e| e.is_eof())
}

/// What is read of a line; other fields are left alone.
#[derive(Debug, Deserialize)]
pub struct Record {
    #[serde(default)]
    id: Value,
    pub text: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    outlet: Option<String>,
    #[serde(default)]
    authors: Value,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    section: Option<String>,
    #[serde(default)]
    parts: Option<Vec<PartIn>>,
}

#[derive(Debug, Deserialize)]
struct PartIn {
    kind: String,
    start: usize,
    end: usize,
}

impl Record {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, and what is needed.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|error| told(&error))
    }

    /// The id, where the line has one.
    ///
    /// # Errors
    /// Where it is neither a string nor a number.
    pub fn id(&self) -> Result<Option<String>, String> {
        match &self.id {
            serde_json::Value::Null => Ok(None),
            serde_json::Value::String(id) => Ok(Some(id.clone())),
            serde_json::Value::Number(id) => Ok(Some(id.to_string())),
            _ => Err("\"id\" must be a string or a number".to_owned()),
        }
    }

    /// The parts that the line marks, without those that do not fit its text; else what the layout tells.
    pub fn parts(&self) -> Vec<Part> {
        let Some(given) = &self.parts else {
            return parts_with_title(&self.text, self.title.as_deref().unwrap_or_default());
        };
        let length = self.text.chars().count();
        let mut parts: Vec<Part> = given
            .iter()
            .filter(|p| p.start < p.end && p.end <= length)
            .filter_map(|p| Some(Part { kind: kind(&p.kind)?, span: CharSpan::chars(p.start, p.end) }))
            .collect();
        parts.sort_by_key(|p| p.span);
        parts.dedup_by(|later, earlier| later.span.overlaps(earlier.span));
        parts
    }
}

impl Record {
    fn into_article(self, source: crate::model::Source) -> Article {
        let parts = match normalise(&self.text) {
            // Marks count in the text as it came; where that had to be changed, they would be off.
            Cow::Borrowed(same) if same.len() == self.text.len() => self.parts(),
            _ => Vec::new(),
        };
        let text = normalise(&self.text).into_owned();
        let parts =
            if parts.is_empty() { parts_with_title(&text, self.title.as_deref().unwrap_or_default()) } else { parts };
        let full = |field: Option<String>| field.map(|f| f.trim().to_owned()).filter(|f| !f.is_empty());
        let names = match &self.authors {
            Value::String(byline) => authors(byline),
            Value::Array(list) => list.iter().filter_map(|a| full(a.as_str().map(str::to_owned))).collect(),
            _ => Vec::new(),
        };
        let metadata = Metadata {
            title: full(self.title).unwrap_or_default(),
            outlet: full(self.outlet).unwrap_or_default(),
            authors: names,
            published: self.published.as_deref().and_then(iso),
            url: full(self.url),
            language: full(self.language),
            section: full(self.section),
            ..Metadata::default()
        };
        Article::new(text, metadata, parts, source)
    }
}

/// What is wrong with a line. The line is known; the library counts within it and calls it line 1.
fn told(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
    format!("not an article ({said}, column {}). Needed is {{\"id\":…,\"text\":\"…\"}}", error.column())
}

fn kind(word: &str) -> Option<PartKind> {
    match word {
        "headline" => Some(PartKind::Headline),
        "standfirst" => Some(PartKind::Standfirst),
        "byline" => Some(PartKind::Byline),
        "caption" => Some(PartKind::Caption),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_texts() {
        let is = |head: &str| JsonLines.recognises(&Sample::new("x", head, head.as_bytes()));
        assert!(is("{\"text\":\"a\"}") && is("\u{feff}{\"text\":\"a\"}\nbroken"));
        assert!(is(&format!("{{\"text\":\"{}", "long ".repeat(20_000))));
        assert!(is("{\"a\":1}\n{\"a\":2}") && !is("{\"a\":1}\n"));
        assert!(!is("{ is a brace.\nText") && !is("{\"text\":") && !is(""));
    }

    #[test]
    fn lines_are_read_leniently_and_refused_clearly() {
        let record = Record::parse(br#"{"id":7,"text":"Ferry row\n\nBody.","more":[1],"title":null}"#).unwrap();
        assert_eq!(record.id().unwrap().as_deref(), Some("7"));
        assert_eq!(record.parts()[0].kind, PartKind::Headline);
        let marked =
            br#"{"text":"Row","parts":[{"kind":"headline","start":0,"end":9},{"kind":"x","start":0,"end":1}]}"#;
        assert!(Record::parse(marked).unwrap().parts().is_empty());
        let titled = Record::parse(br#"{"text":"It stops.\nBody.","title":"It stops."}"#).unwrap();
        assert_eq!(titled.parts()[0].span, CharSpan::chars(0, 9));
        assert!(Record::parse(br#"{"id":1}"#).unwrap_err().contains("missing field `text`"));
        assert!(Record::parse(b"{\"text\":\"\xff\"}").unwrap_err().contains("column"));
        assert!(Record::parse(br#"{"id":[],"text":""}"#).unwrap().id().is_err());
    }
}
