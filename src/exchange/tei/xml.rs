//! XML as a tree with words between the elements, read with distrust.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::exchange::Problem;
use crate::exchange::adapt::is_in_xml;

/// How deep elements may stand in one another.
const DEEPEST: usize = 400;

/// An element.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Without the name space.
    pub name: String,
    /// Without the name space, but for `xml:id`, `xml:space` and `xml:lang`.
    pub attributes: Vec<(String, String)>,
    pub inside: Vec<Piece>,
}

/// What stands in an element.
#[derive(Clone, Debug)]
pub enum Piece {
    Element(Node),
    Words(String),
}

impl Node {
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }

    /// The elements right in it.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.inside.iter().filter_map(|piece| if let Piece::Element(node) = piece { Some(node) } else { None })
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.nodes().filter(move |node| node.name == name)
    }

    /// The element at the end of a way of names.
    pub fn at(&self, way: &[&str]) -> Option<&Node> {
        way.iter().try_fold(self, |here, name| here.nodes().find(|node| node.name == *name))
    }

    /// All words in it, as they stand.
    pub fn words(&self) -> String {
        let mut out = String::new();
        self.add_words(&mut out);
        out
    }

    fn add_words(&self, out: &mut String) {
        for piece in &self.inside {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Element(node) => node.add_words(out),
            }
        }
    }

    /// All words in it, with single spaces between them.
    pub fn tidy(&self) -> String {
        self.words().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// It and all elements in it, each before those in it.
    pub fn each<'a>(&'a self, see: &mut dyn FnMut(&'a Node)) {
        see(self);
        for node in self.nodes() {
            node.each(see);
        }
    }
}

/// Reads a file. Line ends become LF, as XML has it; entities that a document type declares are not known.
///
/// # Errors
/// Where it is no well-formed XML, or nested deeper than anything honest.
pub fn parse(file: &str, text: &str) -> Result<Node, Problem> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut root: Option<Node> = None;
    loop {
        let event = reader.read_event();
        let place = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let wrong = |what: &dyn std::fmt::Display| {
            Problem::at(file, text.as_bytes()[..place].iter().filter(|b| **b == b'\n').count() + 1, what)
        };
        let done = match event.map_err(|e| wrong(&e))? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(wrong(&"elements are nested too deep"));
                }
                open.push(element(&start).map_err(|e| wrong(&e))?);
                continue;
            }
            Event::Empty(start) => element(&start).map_err(|e| wrong(&e))?,
            Event::End(_) => open.pop().ok_or_else(|| wrong(&"an element ends that did not begin"))?,
            Event::Text(words) => {
                add(&mut open, &words.xml10_content());
                continue;
            }
            Event::CData(words) => {
                add(&mut open, &words.xml10_content());
                continue;
            }
            Event::GeneralRef(name) => {
                add(&mut open, &reference(&name).map_err(|e| wrong(&e))?);
                continue;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            Event::Eof if open.is_empty() => return root.ok_or_else(|| wrong(&"it holds no element")),
            Event::Eof => return Err(wrong(&"it ends in the middle")),
        };
        match open.last_mut() {
            Some(parent) => parent.inside.push(Piece::Element(done)),
            None if root.is_none() => root = Some(done),
            None => return Err(wrong(&"it holds two elements side by side where one is the whole")),
        }
    }
}

fn add(open: &mut [Node], words: &str) {
    let Some(node) = open.last_mut() else { return };
    match node.inside.last_mut() {
        Some(Piece::Words(all)) => all.push_str(words),
        _ => node.inside.push(Piece::Words(words.to_owned())),
    }
}

fn element(start: &BytesStart<'_>) -> Result<Node, String> {
    let mut node = Node { name: start.local_name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|e| e.to_string())?;
        let full = attribute.key.as_ref();
        let name = if full.starts_with("xml:") { full } else { attribute.key.local_name().into_inner() };
        node.attributes.push((name.to_owned(), value.into_owned()));
    }
    Ok(node)
}

fn reference(name: &BytesRef<'_>) -> Result<String, String> {
    if let Some(c) = name.resolve_char_ref().map_err(|e| e.to_string())? {
        return Ok(c.to_string());
    }
    let name = name.xml10_content();
    let plain = quick_xml::escape::resolve_predefined_entity(&name);
    plain.map(str::to_owned).ok_or_else(|| format!("the entity “{name}” is not known"))
}

/// Words as they may stand between tags and in attributes; what XML has no place for becomes a space.
pub fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader would make it LF.
            '\r' => out.push_str("&#13;"),
            c if is_in_xml(c) => out.push(c),
            _ => out.push(' '),
        }
    }
    out
}
