//! One document of Nexis: its lines become an article.

use super::labels::{Label, is_body, meaning};
use crate::import::dates::{Leading, leading};
use crate::import::news::lines::{Line, is_copyright, label};
use crate::import::news::{joined, languages, names};
use crate::import::{Block, Draft, known};

/// What Nexis prints where it has no document.
const SORRY: &str = "it is not possible to display it";
/// The longest line behind a date that is an edition, in code points.
const LONGEST_EDITION: usize = 80;

/// Whether Nexis put its excuses in place of a document; what it says.
pub fn excuse(lines: &[Line]) -> Option<String> {
    lines.iter().take(3).map(Line::flat).find(|l| l.contains(SORRY))
}

/// Whether the lines are those of a document: there is a date above, or a label.
pub fn is_document(lines: &[Line]) -> bool {
    lines.iter().any(|l| is_body(&l.text) || header_label(l).is_some() || tail_label(l).is_some())
}

/// A document in the order of the older service: outlet, date, title, fields, text, more fields.
pub fn old(lines: &[Line]) -> Draft {
    let mut draft = Draft::default();
    let start = lines.iter().position(|l| header_label(l).is_some() || is_body(&l.text)).unwrap_or(lines.len());
    let (above, below) = lines.split_at(start);
    let mut set: Vec<&Line> = Vec::new();
    for line in above {
        if is_copyright(&line.text) {
            draft.also(known::COPYRIGHT, &line.text);
        } else {
            set.push(line);
        }
    }
    let dated = set.iter().position(|l| date_of(&l.text).is_some());
    if let Some(at) = dated {
        draft.outlet = at.checked_sub(1).and_then(|b| set.get(b)).map(|l| l.flat()).unwrap_or_default();
        if let Some(line) = set.get(at) {
            let mut parts = line.text.lines();
            let first = parts.next().and_then(leading);
            let edition = first.as_ref().map(|f| f.rest.to_owned()).unwrap_or_default();
            draft.published = first.map(|f| f.iso);
            draft.also(known::EDITION, joined([edition].into_iter().chain(parts.map(str::to_owned))));
        }
        let rest = set.get(at + 1..).unwrap_or_default();
        let marked = rest.iter().any(|l| l.centred);
        let named = below.iter().any(|l| header_label(l).is_some_and(|(label, _)| label == Label::Headline));
        let mut title = Vec::new();
        for (n, line) in rest.iter().enumerate() {
            let is_edition = named || line.centred || (!marked && n + 1 < rest.len() && is_edition(&line.text));
            if is_edition { draft.also(known::EDITION, line.flat()) } else { title.push(line.flat()) }
        }
        draft.title = title.join(" ");
    } else {
        draft.title = set.iter().map(|l| l.flat()).collect::<Vec<_>>().join(" ");
    }
    let mut rest = below;
    while let Some((line, after)) = rest.split_first() {
        let Some((label, value)) = header_label(line) else { break };
        rest = after;
        if label == Label::Body {
            if !value.is_empty() {
                draft.body.push(Block::body(value));
            }
            break;
        }
        header(label, value, &mut draft);
    }
    body_and_tail(rest, &mut draft);
    draft
}

/// A document in the order of the newer services: title, outlet, date, rights, fields, `Body`, text, more fields. `cover`:
/// whether the file's cover may stand before it.
pub fn new(lines: &[Line], cover: bool) -> Draft {
    let mut draft = Draft::default();
    let is_field = |l: &Line| header_label(l).is_some() || is_body(&l.text) || is_copyright(&l.text);
    let dated = |l: &Line| date_of(&l.text).is_some();
    // The cover may name a span of time; the document's date is the last one before its fields.
    let first_date = lines.iter().position(dated).unwrap_or(0);
    let start = lines.iter().skip(first_date).position(is_field).map_or(lines.len(), |at| at + first_date);
    let (above, below) = lines.split_at(start);
    match above.iter().rposition(dated) {
        Some(at) => {
            if let Some(Leading { iso, rest }) = above.get(at).and_then(|l| l.text.lines().next()).and_then(leading) {
                draft.published = Some(iso);
                draft.also(known::EDITION, rest);
            }
            for line in above.get(at + 1..).unwrap_or_default() {
                draft.also(known::EDITION, line.flat());
            }
            let before = above.get(..at).unwrap_or_default();
            if let Some((outlet, title)) = before.split_last().filter(|(_, title)| !title.is_empty()) {
                draft.outlet = outlet.flat();
                let from = if cover { title.len() - 1 } else { 0 };
                draft.title = title.iter().skip(from).map(Line::flat).collect::<Vec<_>>().join(" ");
            } else if let Some(only) = before.first() {
                draft.title = only.flat();
            }
        }
        None => draft.title = above.last().filter(|_| cover).or(above.first()).map(Line::flat).unwrap_or_default(),
    }
    let mut rest = below;
    let has_body = below.iter().any(|l| is_body(&l.text));
    while let Some((line, after)) = rest.split_first() {
        if is_body(&line.text) {
            rest = after;
            break;
        }
        if is_copyright(&line.text) {
            draft.also(known::COPYRIGHT, &line.text);
        } else if let Some((label, value)) = header_label(line) {
            header(label, value, &mut draft);
        } else if tail_label(line).is_some() || !has_body {
            break;
        }
        rest = after;
    }
    body_and_tail(rest, &mut draft);
    draft
}

fn date_of(text: &str) -> Option<Leading<'_>> {
    let first = text.lines().next()?;
    leading(first).filter(|l| l.rest.chars().count() <= LONGEST_EDITION)
}

fn is_edition(text: &str) -> bool {
    let small = text.to_lowercase();
    ["edition", "ausgabe", "édition", "edición", "edizione", "editie", "final"].iter().any(|w| small.contains(w))
}

/// A field above the text.
fn header_label(line: &Line) -> Option<(Label, &str)> {
    let (name, value) = label(&line.text)?;
    let label = meaning(name)?;
    let above = [
        Label::Section,
        Label::Page,
        Label::Length,
        Label::Byline,
        Label::Headline,
        Label::Highlight,
        Label::Dateline,
        Label::Body,
    ];
    above.contains(&label).then_some((label, value))
}

/// A field below the text: `LOAD-DATE: …`, `Load-Date: …`, or the name of a part alone.
fn tail_label(line: &Line) -> Option<(Label, &str, &str)> {
    let alone = line.text.trim();
    if matches!(
        alone,
        "Graphic" | "Graphique" | "Grafik" | "Gráfico" | "Classification" | "Klassifizierung" | "Notes" | "Correction"
    ) {
        return meaning(alone).or(Some(Label::Tail)).map(|label| (label, alone, ""));
    }
    let (name, value) = label(&line.text)?;
    let below =
        [Label::LoadDate, Label::Language, Label::Graphic, Label::Subject, Label::Tail, Label::Url, Label::Copyright];
    let meant = meaning(name).filter(|l| below.contains(l))?;
    // In a text there are lines that begin like fields: the service's are in capitals, or have small letters only where
    // it has none.
    let set = name.chars().all(|c| !c.is_lowercase()) || matches!(meant, Label::LoadDate) || name.contains('-');
    (set || matches!(meant, Label::Language | Label::Subject)).then_some((meant, name, value))
}

fn header(label: Label, value: &str, draft: &mut Draft) {
    match label {
        Label::Section => section(value, draft),
        Label::Page => draft.also(known::PAGE, value),
        Label::Length => draft.words(value),
        Label::Byline => {
            draft.authors = names(value, &[&draft.outlet]);
            draft.byline = Some(value.to_owned());
        }
        Label::Headline => draft.title = value.to_owned(),
        Label::Highlight => draft.standfirst = Some(value.to_owned()),
        Label::Dateline => draft.also(known::DATELINE, value.trim_end_matches([' ', '-', '–', '—'])),
        _ => {}
    }
}

/// `Section A; Page 5; Column 2; National Desk`: the page is a field of its own.
fn section(value: &str, draft: &mut Draft) {
    let mut kept = Vec::new();
    for piece in value.split(';').flat_map(|p| {
        p.split(", Column").enumerate().map(|(n, c)| if n == 0 { c.to_owned() } else { format!("Column{c}") })
    }) {
        let piece = piece.trim();
        let page = ["Pg.", "Page ", "Pages ", "S. ", "Seite ", "p. ", "pg ", "Pág.", "Blz."]
            .iter()
            .find_map(|w| piece.strip_prefix(w));
        match page {
            Some(page) => draft.also(known::PAGE, page),
            None if !piece.is_empty() => kept.push(piece.to_owned()),
            None => {}
        }
    }
    draft.section = (!kept.is_empty()).then(|| kept.join("; "));
}

/// The text, and the fields behind it.
fn body_and_tail(lines: &[Line], draft: &mut Draft) {
    let end = lines.iter().position(|l| tail_label(l).is_some()).unwrap_or(lines.len());
    let (text, tail) = lines.split_at(end);
    // Older documents end in the notice of rights, without a label.
    let rights = text.len() - text.iter().rev().take(2).take_while(|l| is_copyright(&l.text)).count();
    for (n, line) in text.iter().enumerate() {
        if n >= rights {
            draft.also(known::COPYRIGHT, &line.text);
        } else {
            draft.body.push(Block::body(&*line.text));
        }
    }
    let mut open: Option<(String, Vec<String>)> = None;
    let mut graphics: Vec<String> = Vec::new();
    let mut in_graphics = false;
    for line in tail {
        if is_copyright(&line.text) && tail_label(line).is_none_or(|(l, ..)| l == Label::Copyright) {
            close(open.take(), draft);
            draft.also(known::COPYRIGHT, &line.text);
            in_graphics = false;
        } else if let Some((label, name, value)) = tail_label(line).or_else(|| any_label(line)) {
            close(open.take(), draft);
            in_graphics = label == Label::Graphic;
            if in_graphics {
                graphics.extend((!value.is_empty()).then(|| value.to_owned()));
            } else {
                tail_field(label, name, value, draft, &mut open);
            }
        } else if in_graphics {
            graphics.push(line.text.clone());
        } else if let Some((_, values)) = &mut open {
            values.push(line.text.clone());
        }
    }
    close(open, draft);
    draft.body.extend(graphics.into_iter().map(Block::caption));
}

/// Behind the text every label counts.
fn any_label(line: &Line) -> Option<(Label, &str, &str)> {
    label(&line.text).map(|(name, value)| (meaning(name).unwrap_or(Label::Tail), name, value))
}

fn tail_field(label: Label, name: &str, value: &str, draft: &mut Draft, open: &mut Option<(String, Vec<String>)>) {
    match label {
        Label::LoadDate => draft.updated(value),
        Label::Language => draft.language = languages::code(value),
        Label::Subject => draft.also(known::KEYWORDS, value),
        Label::Url => draft.url = Some(value.to_owned()),
        Label::Length => draft.words(value),
        Label::Section | Label::Page | Label::Byline | Label::Dateline => header(label, value, draft),
        _ => *open = Some((name.to_owned(), vec![value.to_owned()])),
    }
}

fn close(open: Option<(String, Vec<String>)>, draft: &mut Draft) {
    if let Some((name, values)) = open {
        draft.also(&name.to_lowercase(), values.join(" "));
    }
}
