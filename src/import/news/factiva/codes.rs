//! Factiva's fields by their codes.

use crate::import::news::lines::Line;
use crate::import::news::{joined, languages, names};
use crate::import::{Block, Draft, known};

/// A field: its code, and what stands behind it.
#[derive(Debug)]
pub struct Record {
    pub code: String,
    pub paragraphs: Vec<String>,
}

/// The codes. Other words of two letters are words.
const CODES: &[&str] = &[
    "SE", "HD", "CR", "WC", "PD", "ET", "SN", "SC", "NGC", "GC", "ED", "PG", "VOL", "LA", "CY", "LP", "TD", "ART",
    "CT", "RF", "CO", "IN", "NS", "RE", "IPC", "IPD", "PUB", "AN", "BY", "CLM", "DLN", "CX", "RIC", "RST", "PUBLI",
    "DE",
];

/// A code, where the word is one.
pub fn code(word: &str) -> Option<String> {
    CODES.contains(&word).then(|| word.to_owned())
}

/// The code that a line begins with and what follows it: `HD`, `HD  Ferry to stop`, a code and a tab.
pub fn begins(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let end = line.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    let set_off = rest.is_empty() || rest.starts_with(['\t', '\u{a0}', '\n']) || rest.starts_with("  ");
    (set_off && CODES.contains(&word)).then(|| (word, rest.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}')))
}

/// The fields in the lines of an article.
pub fn records(lines: &[Line]) -> Vec<Record> {
    let mut found: Vec<Record> = Vec::new();
    for line in lines {
        if let Some((code, rest)) = begins(&line.text) {
            let paragraphs = rest.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
            found.push(Record { code: code.to_owned(), paragraphs });
        } else if let Some(last) = found.last_mut() {
            last.paragraphs.push(line.text.clone());
        }
    }
    found
}

/// An article of its fields.
pub fn draft(records: Vec<Record>) -> Draft {
    let mut draft = Draft::default();
    let (mut day, mut time) = (String::new(), String::new());
    let mut captions = Vec::new();
    for Record { code, paragraphs } in records {
        let line = paragraphs.join(" ");
        let line = line.trim();
        match code.as_str() {
            "HD" => draft.title = line.to_owned(),
            "SE" => draft.section = Some(line.to_owned()),
            "BY" => draft.byline = Some(line.to_owned()),
            "WC" => draft.words(line),
            "PD" => day = line.to_owned(),
            "ET" => time = line.to_owned(),
            "SN" => draft.outlet = line.to_owned(),
            "ED" => draft.also(known::EDITION, line),
            "PG" => draft.also(known::PAGE, line),
            "LA" => draft.language = languages::code(line),
            "CY" => draft.also(known::COPYRIGHT, line),
            "LP" | "TD" => draft.body.extend(paragraphs.into_iter().map(Block::body)),
            "ART" => captions.extend(paragraphs.into_iter().map(Block::caption)),
            "DLN" => draft.also(known::DATELINE, line),
            "NS" => draft.also(known::KEYWORDS, named(line)),
            "AN" => draft.also(known::IDENTIFIER, line.split_whitespace().last().unwrap_or_default()),
            "RE" | "CO" | "IN" => draft.also(&code, named(line)),
            "IPC" | "IPD" => draft.also(&code, joined(line.split('|').map(str::to_owned))),
            _ => draft.also(&code, line),
        }
    }
    draft.body.extend(captions);
    let written = format!("{day} {time}");
    draft.published = (!day.is_empty()).then(|| written.trim().to_owned());
    draft.authors = draft.byline.as_deref().map(|b| names(b, &[&draft.outlet])).unwrap_or_default();
    draft.also(known::DATABASE, "Factiva");
    draft
}

/// `gvote : Elections | gpol : Domestic Politics` without the codes.
fn named(line: &str) -> String {
    joined(line.split('|').map(|entry| entry.split_once(" : ").map_or(entry, |(_, name)| name).to_owned()))
}
