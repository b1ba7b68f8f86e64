//! Factiva's articles without codes: what a line is, is told by where it stands.

use crate::import::dates::leading;
use crate::import::news::lines::{Line, is_copyright};
use crate::import::news::{languages, names};
use crate::import::text::is_byline;
use crate::import::{Block, Draft, known};

/// The word “words” in the languages of the service.
const WORDS: &[&str] = &[
    "words", "word", "mots", "wörter", "palabras", "parole", "palavras", "woorden", "ord", "słów", "слов", "sanaa",
    "slov", "字",
];

/// Whether a line says how long an article is: `823 words`.
pub fn is_length(line: &str) -> bool {
    let Some((number, word)) = line.trim().rsplit_once(|c: char| c.is_whitespace()) else { return false };
    let number = number.trim();
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\u{202f}'))
        && WORDS.contains(&word.to_lowercase().as_str())
}

/// An article of its lines, without the one that has its number.
pub fn draft(lines: &[Line]) -> Draft {
    let mut draft = Draft::default();
    // Pages that have line breaks where others have paragraphs.
    let split: Vec<Line> = lines.iter().flat_map(spread).collect();
    let lines = split.as_slice();
    draft.also(known::DATABASE, "Factiva");
    let Some(at) = lines.iter().position(|l| is_length(&l.text)) else {
        let mut rest = lines.iter();
        draft.title = rest.next().map(Line::flat).unwrap_or_default();
        draft.body = rest.map(|l| Block::body(&*l.text)).collect();
        return draft;
    };
    let (above, below) = lines.split_at(at);
    head(above, &mut draft);
    draft.words(&below.first().map(Line::flat).unwrap_or_default());
    let mut rest = below.get(1..).unwrap_or_default();
    let mut written = String::new();
    let mut place = 0;
    while let Some((line, after)) = rest.split_first() {
        let flat = line.flat();
        if is_copyright(&flat) {
            draft.also(known::COPYRIGHT, flat);
            rest = after;
            break;
        }
        // A paragraph of the text: the notice of rights is missing.
        if flat.chars().count() > 150 || place > 10 {
            break;
        }
        if written.is_empty() && leading(&flat).is_some_and(|l| l.rest.is_empty()) {
            written = flat;
        } else if !written.is_empty() && is_clock(&flat) {
            written = format!("{written} {flat}");
        } else if draft.outlet.is_empty() {
            draft.outlet = flat;
        } else if flat.len() <= 10
            && !flat.contains(' ')
            && flat.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        {
            // The source's code, and then the page.
            let is_page = flat.chars().all(|c| c.is_ascii_digit()) || draft.more.contains_key("SC");
            draft.also(if is_page { known::PAGE } else { "SC" }, flat);
        } else if let Some(language) =
            languages::code(&flat).filter(|_| draft.language.is_none() && !flat.contains('.'))
        {
            draft.language = Some(language);
        } else if flat.chars().any(|c| c.is_ascii_digit()) && flat.chars().count() < 20 {
            draft.also(known::PAGE, flat);
        } else {
            draft.also(known::EDITION, flat);
        }
        place += 1;
        rest = after;
    }
    draft.published = (!written.is_empty()).then_some(written);
    draft.body.extend(rest.iter().map(|l| Block::body(&*l.text)));
    if let Some(byline) = &draft.byline {
        draft.authors = names(byline, &[&draft.outlet]);
    }
    draft
}

/// The lines of a paragraph, where it is fields that stand below each other.
fn spread(line: &Line) -> Vec<Line> {
    let fields = line.text.contains('\n') && line.text.lines().any(is_length);
    if fields {
        line.text.lines().map(|l| Line { text: l.to_owned(), ..line.clone() }).collect()
    } else {
        vec![line.clone()]
    }
}

/// Section, headline and byline, of which the first and the last may be missing.
fn head(lines: &[Line], draft: &mut Draft) {
    let mut lines: Vec<&Line> = lines.iter().collect();
    let strong = lines.iter().position(|l| l.strong);
    if let Some(at) = strong.filter(|_| !lines.iter().all(|l| l.strong)) {
        draft.section = lines.get(..at).and_then(|s| s.last()).map(|l| l.flat());
        draft.title = lines.get(at).map(|l| l.flat()).unwrap_or_default();
        draft.byline = lines.get(at + 1).map(|l| l.flat());
        return;
    }
    let named = |l: &&Line| is_byline(&l.flat());
    if lines.len() > 1
        && let Some(byline) = lines.pop_if(|l| named(l))
    {
        draft.byline = Some(byline.flat());
    }
    match lines.as_slice() {
        [section, title] if section.text.chars().count() < 40 && section.text.len() < title.text.len() => {
            draft.section = Some(section.flat());
            draft.title = title.flat();
        }
        [title, byline] if draft.byline.is_none() => {
            draft.title = title.flat();
            draft.byline = Some(byline.flat());
        }
        [section, title, byline] if draft.byline.is_none() => {
            draft.section = Some(section.flat());
            draft.title = title.flat();
            draft.byline = Some(byline.flat());
        }
        lines => draft.title = lines.iter().map(|l| l.flat()).collect::<Vec<_>>().join(" "),
    }
}

/// Whether a line is a time of day: `15:32`, `03:32 PM`.
fn is_clock(line: &str) -> bool {
    line.len() <= 14 && line.contains(':') && line.starts_with(|c: char| c.is_ascii_digit())
}
