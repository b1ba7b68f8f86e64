//! The text of a TEI document: which of its characters are kept, and where each element stands in it.

use std::collections::HashMap;

use super::xml::{Node, Piece};
use crate::exchange::adapt::is_in_xml;
use crate::text::CharSpan;

/// Elements that are parted from others by an empty line.
const PARAGRAPHS: &[&str] = &[
    "p",
    "head",
    "ab",
    "lg",
    "sp",
    "stage",
    "list",
    "table",
    "figure",
    "front",
    "body",
    "back",
    "group",
    "text",
    "div",
    "div1",
    "div2",
    "div3",
    "div4",
    "div5",
    "div6",
    "div7",
    "epigraph",
    "argument",
    "opener",
    "closer",
    "byline",
    "dateline",
    "salute",
    "signed",
    "trailer",
    "titlePage",
    "docTitle",
    "titlePart",
    "docAuthor",
    "docImprint",
    "castList",
    "desc",
    "floatingText",
    "postscript",
    "listBibl",
];
/// Elements that are parted from others by the end of a line.
const LINES: &[&str] = &["l", "item", "speaker", "row", "castItem", "u", "label", "bibl"];
/// Elements whose words are no words of the text: notes by editors in another place, other readings, stand-off marks.
const PASSED: &[&str] = &[
    "teiHeader",
    "standOff",
    "fw",
    "del",
    "corr",
    "reg",
    "expan",
    "rdg",
    "spanGrp",
    "interpGrp",
    "interp",
    "span",
    "linkGrp",
    "link",
    "join",
    "joinGrp",
    "timeline",
    "listPerson",
    "listPlace",
    "listOrg",
    "listAnnotation",
    "figDesc",
    "xenoData",
    "annotation",
];
/// Grammar, which is not read.
const GRAMMAR: &[&str] = &["w", "c", "pc", "s", "phr", "cl", "m", "mw"];

/// An element of the text: its name, what it is in, and its characters from one up to another.
#[derive(Debug)]
pub struct Mark<'a> {
    pub node: &'a Node,
    pub within: Vec<&'a str>,
    pub from: usize,
    pub to: usize,
}

/// A text in the making.
#[derive(Debug, Default)]
pub struct Body<'a> {
    pub text: String,
    /// For each character of the file’s text, where it is kept; `None` for white space that is not.
    kept: Vec<Option<usize>>,
    chars: usize,
    pending: &'static str,
    /// Elements by `xml:id`.
    places: HashMap<&'a str, (usize, usize)>,
    /// Elements that may say something, in the order in which they begin.
    pub marks: Vec<Mark<'a>>,
    /// How many elements of grammar there are.
    pub grammar: usize,
    open: Vec<&'a str>,
}

impl<'a> Body<'a> {
    /// The text of a `text` element.
    pub fn of(text: &'a Node) -> Self {
        let mut new = Self::default();
        new.add(text, false);
        new
    }

    fn add(&mut self, node: &'a Node, exact: bool) {
        let name = node.name.as_str();
        if PASSED.contains(&name) {
            return;
        }
        let exact = match node.get("xml:space") {
            Some("preserve") => true,
            Some(_) => false,
            None => exact,
        };
        if name == "lb" {
            // By the Guidelines an end of line counts as one character.
            if node.get("break") != Some("no") {
                self.words("\n", exact);
            }
            return;
        }
        let part = if PARAGRAPHS.contains(&name) {
            "\n\n"
        } else if LINES.contains(&name) {
            "\n"
        } else if name == "cell" {
            " "
        } else {
            ""
        };
        if !exact {
            self.part(part);
        }
        let (from, mark) = (self.kept.len(), self.marks.len());
        if GRAMMAR.contains(&name) && node.get("ana").is_none() {
            self.grammar += 1;
        } else {
            self.marks.push(Mark { node, within: self.open.clone(), from, to: from });
        }
        self.open.push(name);
        for piece in &node.inside {
            match piece {
                Piece::Words(words) => self.words(words, exact),
                Piece::Element(node) => self.add(node, exact),
            }
        }
        self.open.pop();
        let to = self.kept.len();
        if let Some(mark) = self.marks.get_mut(mark).filter(|mark| std::ptr::eq(mark.node, node)) {
            mark.to = to;
        }
        if let Some(id) = node.get("xml:id") {
            self.places.entry(id).or_insert((from, to));
        }
        if !exact {
            self.part(part);
        }
    }

    fn part(&mut self, by: &'static str) {
        if by.len() > self.pending.len() || self.pending == " " && !by.is_empty() {
            self.pending = by;
        }
    }

    fn words(&mut self, words: &str, exact: bool) {
        for c in words.chars() {
            if !exact && c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}') {
                self.kept.push(None);
                if self.pending.is_empty() {
                    self.pending = " ";
                }
                continue;
            }
            if !self.text.is_empty() {
                self.text.push_str(self.pending);
                self.chars += self.pending.len();
            }
            self.pending = "";
            self.kept.push(Some(self.chars));
            self.text.push(c);
            self.chars += 1;
        }
    }

    /// The kept characters of a stretch of the file’s text; `None` where there are none.
    pub fn span(&self, from: usize, to: usize) -> Option<CharSpan> {
        let some = self.kept.get(from..to)?;
        let first = some.iter().flatten().next()?;
        let last = some.iter().rev().flatten().next()?;
        Some(CharSpan::chars(*first, last + 1))
    }

    /// What a pointer means: an element by its id, or stretches of one; places in the file’s text.
    pub fn pointed(&self, pointer: &str) -> Option<Vec<(usize, usize)>> {
        let pointer = pointer.rsplit_once('#')?.1;
        let Some(rest) = pointer.strip_prefix("string-range(").and_then(|r| r.strip_suffix(')')) else {
            return self.places.get(pointer).map(|place| vec![*place]);
        };
        let mut parts = rest.split(',').map(str::trim);
        let (start, end) = *self.places.get(parts.next()?)?;
        let numbers: Vec<usize> = parts.map(|n| n.parse().ok()).collect::<Option<_>>()?;
        if numbers.is_empty() || !numbers.len().is_multiple_of(2) {
            return None;
        }
        let place = |pair: &[usize]| {
            let from = start.checked_add(pair[0])?;
            let to = from.checked_add(pair[1])?;
            (to <= end).then_some((from, to))
        };
        numbers.chunks(2).map(place).collect()
    }

    /// Whether the text is another one but for characters that XML has no place for.
    pub fn is(&self, text: &str) -> bool {
        let mut both = self.text.chars().zip(text.chars());
        self.chars == text.chars().count() && both.all(|(here, there)| here == there || !is_in_xml(there))
    }
}
