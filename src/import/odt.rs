//! OpenDocument texts (ODT, OTT, and FODT that is not packed).
//!
//! Read is what is printed: deleted words of tracked changes, comments, page headers and footers, hidden sections and
//! tables of contents are left out. Notes stand behind the rest, with the same raised number as in the text.

use std::collections::{BTreeMap, BTreeSet};

use super::paragraph::{About, Document, Paragraph, Role, mark, role_of, row};
use super::xml::{Element, Met, walk};
use super::{Intake, Problem, Raw, Reader, Sample, unzip};

/// How many spaces one element may stand for.
const MOST_SPACES: usize = 1000;
/// How many styles may stand upon one another.
const DEEPEST: usize = 12;

/// The reader of OpenDocument texts.
#[derive(Debug)]
pub struct Odt;

impl Reader for Odt {
    fn name(&self) -> &'static str {
        "odt"
    }

    fn about(&self) -> &'static str {
        "an OpenDocument text (ODT); comments, deleted words, page headers and footers are left out"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        const KIND: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.text";
        let packed = sample.bytes.starts_with(b"PK") && sample.bytes.get(30..).is_some_and(|b| b.starts_with(KIND));
        let names = sample.names();
        packed
            || sample.is_broken(&["odt", "ott"])
            || (names.iter().any(|n| n == "content.xml") && matches!(&*sample.ending(), "odt" | "ott"))
            || (is_flat(sample.bytes) && sample.head.contains("opendocument.text"))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        document(&raw.bytes)?.lay_down(raw.source(self.name(), None), intake)
    }
}

fn is_flat(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(2000)).unwrap_or_default();
    let name = b"<office:document ";
    head.windows(name.len()).any(|w| w == name)
}

fn document(bytes: &[u8]) -> Result<Document, Problem> {
    let mut setter = Setter::default();
    if !bytes.starts_with(b"PK") {
        walk(bytes.to_vec(), |met| setter.meet(&met))?;
        return Ok(setter.done());
    }
    let mut zip = unzip(bytes)?;
    let mut part = |name: &str| -> Result<Option<Vec<u8>>, Problem> {
        let Some(entry) = zip.entries().iter().find(|e| e.name == name).cloned() else { return Ok(None) };
        zip.read(&entry).map(Some).map_err(|e| Problem::Damaged { reason: e.to_string() })
    };
    if let Ok(Some(manifest)) = part("META-INF/manifest.xml") {
        let mut protected = false;
        let looked = walk(manifest, |met| {
            protected |= matches!(met, Met::Open(element) if element.name == "encryption-data");
        });
        if looked.is_ok() && protected {
            return Err(Problem::Protected);
        }
    }
    for name in ["styles.xml", "meta.xml"] {
        if let Ok(Some(bytes)) = part(name) {
            // What it looks like and who wrote it is not worth losing the words for.
            let _ = walk(bytes, |met| setter.meet(&met));
            setter.settle();
        }
    }
    let content = part("content.xml")?;
    let content = content.ok_or_else(|| Problem::Damaged { reason: "the text itself is missing in it".to_owned() })?;
    walk(content, |met| setter.meet(&met))?;
    Ok(setter.done())
}

/// One style, as far as it says something itself.
#[derive(Debug, Default)]
struct Style {
    shown: String,
    parent: String,
    bold: Option<bool>,
    size: Option<f32>,
    breaks: bool,
}

/// A paragraph that is being set.
#[derive(Debug, Default)]
struct Open {
    text: String,
    style: String,
    level: Option<u8>,
    bold: Option<bool>,
    /// White space was met, and is set when a word follows.
    space: bool,
}

/// A note that is open: where its paragraphs go, and how many paragraphs were open around it.
#[derive(Debug)]
struct Note {
    around: usize,
    paragraphs: Vec<Paragraph>,
}

#[derive(Debug, Default)]
struct Setter {
    document: Document,
    notes: Vec<Vec<Paragraph>>,
    styles: BTreeMap<String, Style>,
    style: Option<(String, Style)>,
    /// Bold pieces of lines that are open, by the styles of their elements.
    spans: Vec<Option<bool>>,
    paragraphs: Vec<Open>,
    rows: Vec<Vec<Vec<Paragraph>>>,
    note: Vec<Note>,
    left_out: usize,
    in_body: bool,
    in_meta: bool,
    words: String,
    hidden: BTreeSet<String>,
}

/// What is left out with all that is in it.
const LEFT_OUT: &[&str] = &[
    "tracked-changes",
    "annotation",
    "note-citation",
    "table-of-content",
    "ruby-text",
    "title",
    "desc",
    "forms",
    "sequence-decls",
    "user-field-decls",
    "variable-decls",
    "master-styles",
    "binary-data",
    "script",
    "event-listeners",
    "illustration-index",
    "table-index",
    "alphabetical-index",
    "user-index",
    "object-index",
];

impl Setter {
    fn meet(&mut self, met: &Met<'_>) {
        match met {
            Met::Open(element) => {
                if self.left_out > 0 {
                    self.left_out += 1;
                } else if self.is_silent(element) {
                    self.left_out = 1;
                } else {
                    self.open(element);
                }
            }
            Met::Words(words) => {
                if self.left_out == 0 {
                    if self.in_meta {
                        self.words.push_str(words);
                    } else if self.in_body {
                        self.say(words);
                    }
                }
            }
            Met::Close(name) => {
                if self.left_out > 0 {
                    self.left_out -= 1;
                } else {
                    self.close(name);
                }
            }
        }
    }

    /// Whether an element is left out with all that is in it.
    fn is_silent(&self, element: &Element) -> bool {
        match element.name.as_str() {
            "title" if self.in_meta => false,
            "section" => element.get("display") == Some("none"),
            "hidden-text" | "hidden-paragraph" => true,
            name => LEFT_OUT.contains(&name),
        }
    }

    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            "meta" => self.in_meta = true,
            "body" => self.in_body = true,
            _ if self.in_meta => self.words.clear(),
            "style" => {
                let style = Style {
                    shown: element.get("display-name").or(element.get("name")).unwrap_or_default().replace("_20_", " "),
                    parent: element.get("parent-style-name").unwrap_or_default().to_owned(),
                    ..Style::default()
                };
                self.style = element.get("name").map(|name| (name.to_owned(), style));
            }
            "text-properties" => {
                if let Some((_, style)) = &mut self.style {
                    style.bold =
                        element.get("font-weight").map(|w| w == "bold" || w.parse::<u32>().is_ok_and(|w| w > 500));
                    style.size =
                        element.get("font-size").and_then(|s| s.strip_suffix("pt")).and_then(|s| s.parse().ok());
                    if element.get("display") == Some("none") {
                        let name = self.style.as_ref().map(|(name, _)| name.clone());
                        self.hidden.extend(name);
                    }
                }
            }
            "paragraph-properties" => {
                if let Some((_, style)) = &mut self.style {
                    style.breaks = element.get("break-before") == Some("page");
                }
            }
            _ if !self.in_body => {}
            "p" | "h" => {
                let level = (element.name == "h").then(|| element.get("outline-level").and_then(|l| l.parse().ok()));
                let style = element.get("style-name").unwrap_or_default().to_owned();
                self.paragraphs.push(Open { style, level: level.map(|l| l.unwrap_or(1)), ..Open::default() });
            }
            "span" => {
                let style = element.get("style-name").unwrap_or_default();
                if self.hidden.contains(style) {
                    self.left_out = 1;
                } else {
                    self.spans.push(self.look(style, |s| s.bold));
                }
            }
            "s" => {
                let count = element.get("c").and_then(|c| c.parse::<usize>().ok()).unwrap_or(1).min(MOST_SPACES);
                self.put(&" ".repeat(count));
            }
            "tab" => self.put("\t"),
            "line-break" => self.put("\n"),
            "note" => {
                self.notes.push(Vec::new());
                self.put(&mark(self.notes.len()));
            }
            "note-body" => self.note.push(Note { around: self.paragraphs.len(), paragraphs: Vec::new() }),
            "table-row" => self.rows.push(Vec::new()),
            "table-cell" => {
                if let Some(cells) = self.rows.last_mut() {
                    cells.push(Vec::new());
                }
            }
            "image" => self.document.pictures = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if self.in_meta {
            let said = std::mem::take(&mut self.words).trim().to_owned();
            let about: &mut About = &mut self.document.about;
            match name {
                "meta" => self.in_meta = false,
                _ if said.is_empty() => {}
                "title" => about.title = said,
                // Who made it stands above who changed it last.
                "initial-creator" => about.authors.insert(0, said),
                "creator" if about.authors.is_empty() => about.authors.push(said),
                "creation-date" => about.made = Some(said),
                "language" => about.language = Some(said),
                "keyword" if about.keywords.is_empty() => about.keywords = said,
                "keyword" => about.keywords = format!("{}; {said}", about.keywords),
                _ => {}
            }
            return;
        }
        match name {
            "style" => self.styles.extend(self.style.take()),
            "body" => self.in_body = false,
            "span" => drop(self.spans.pop()),
            "p" | "h" => {
                if let Some(open) = self.paragraphs.pop() {
                    self.end(open);
                }
            }
            "table-row" => {
                if let Some(cells) = self.rows.pop() {
                    row(cells).into_iter().for_each(|paragraph| self.lay(paragraph));
                }
            }
            "note-body" => {
                if let Some(note) = self.note.pop()
                    && let Some(list) = self.notes.iter_mut().rev().find(|list| list.is_empty())
                {
                    *list = note.paragraphs;
                }
            }
            _ => {}
        }
    }

    /// White space of the file is one space; more is said by elements.
    fn say(&mut self, words: &str) {
        for word in words.split_inclusive([' ', '\n', '\t', '\r']) {
            let bare = word.trim_end_matches([' ', '\n', '\t', '\r']);
            if !bare.is_empty() {
                self.put(bare);
            }
            if bare.len() < word.len()
                && let Some(open) = self.paragraphs.last_mut()
            {
                open.space = true;
            }
        }
    }

    fn put(&mut self, words: &str) {
        let bold = self.spans.iter().rev().find_map(|bold| *bold);
        let Some(style) = self.paragraphs.last().map(|open| open.style.clone()) else { return };
        let bold = bold.or_else(|| self.look(&style, |s| s.bold)) == Some(true);
        if let Some(open) = self.paragraphs.last_mut() {
            if std::mem::take(&mut open.space) && !open.text.is_empty() && !open.text.ends_with(['\n', '\t', ' ']) {
                open.text.push(' ');
            }
            if !words.trim().is_empty() {
                open.bold = Some(open.bold.unwrap_or(true) && bold);
            }
            open.text.push_str(words);
        }
    }

    /// What a style says, or else the one that it is based on.
    fn look<T>(&self, style: &str, says: impl Fn(&Style) -> Option<T>) -> Option<T> {
        let first = self.styles.get(style);
        std::iter::successors(first, |s| self.styles.get(&s.parent)).take(DEEPEST).find_map(says)
    }

    fn end(&mut self, open: Open) {
        let text = open.text.trim();
        if text.is_empty() {
            return;
        }
        let role = self.look(&open.style, |s| Some(role_of(&s.shown)).filter(|role| *role != Role::Body));
        let role = role.unwrap_or_else(|| role_of(&open.style.replace("_20_", " ")));
        let role = match open.level {
            Some(level) if !matches!(role, Role::Title | Role::Subtitle) => Role::Heading(level.clamp(1, 9)),
            _ => role,
        };
        // A paragraph's own settings are a style without a name that anybody sees.
        let shown = self.look(&open.style, |s| Some(s.shown.clone()).filter(|n| !is_automatic(n)));
        self.lay(Paragraph {
            text: text.to_owned(),
            role,
            style: shown.unwrap_or_else(|| open.style.clone()),
            bold: open.bold == Some(true),
            breaks: self.styles.get(&open.style).is_some_and(|s| s.breaks),
            size: self.look(&open.style, |s| s.size).unwrap_or(0.0),
        });
    }

    fn lay(&mut self, mut paragraph: Paragraph) {
        if let Some(note) = self.note.last_mut().filter(|n| self.paragraphs.len() >= n.around) {
            paragraph.role = Role::Note;
            note.paragraphs.push(paragraph);
        } else if let Some(cell) = self.rows.last_mut().and_then(|cells| cells.last_mut()) {
            cell.push(paragraph);
        } else {
            self.document.paragraphs.push(paragraph);
        }
    }

    /// A part that was read to its end, or to where it is broken.
    fn settle(&mut self) {
        (self.left_out, self.in_meta, self.in_body, self.style) = (0, false, false, None);
    }

    fn done(mut self) -> Document {
        for (number, note) in self.notes.into_iter().enumerate() {
            for (at, mut paragraph) in note.into_iter().enumerate() {
                if at == 0 {
                    paragraph.text = format!("{} {}", mark(number + 1), paragraph.text);
                }
                self.document.paragraphs.push(paragraph);
            }
        }
        self.document
    }
}

/// Whether a style's name was given by the program: `P1`, `T12`.
fn is_automatic(name: &str) -> bool {
    name.strip_prefix(['P', 'T']).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}
