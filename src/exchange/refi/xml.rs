//! XML as far as REFI-QDA needs it: a small tree that is read with distrust, and a writer.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::exchange::Problem;
use crate::exchange::adapt::is_in_xml;

/// How deep elements may stand in one another.
const DEEPEST: usize = 1000;

/// An element with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Without the name space.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub nodes: Vec<Node>,
    /// The words right in it.
    pub text: String,
}

impl Node {
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }

    /// The first element that is called so.
    pub fn first(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The elements that are called so.
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Node> {
        self.nodes.iter().filter(move |node| node.name == name)
    }

    /// The elements within the first element that is called so.
    pub fn within<'a>(&'a self, list: &str, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.first(list).into_iter().flat_map(move |list| list.all(name))
    }

    /// The words in the first element that is called so.
    pub fn words(&self, name: &str) -> Option<&str> {
        self.first(name).map(|node| node.text.as_str())
    }
}

/// Reads a file. Line ends become LF, as XML has it.
///
/// # Errors
/// Where it is no well-formed XML, declares a document type, or is nested deeper than anything honest.
pub fn parse(file: &str, text: &str) -> Result<Node, Problem> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    loop {
        let at = |reader: &quick_xml::Reader<&[u8]>| {
            let place = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
            text.as_bytes()[..place].iter().filter(|b| **b == b'\n').count() + 1
        };
        let event = reader.read_event().map_err(|e| Problem::at(file, at(&reader), e))?;
        let wrong = |what: &dyn std::fmt::Display| Problem::at(file, at(&reader), what);
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST || root.is_some() {
                    return Err(wrong(&"elements stand where none can be, or are nested too deep"));
                }
                open.push(element(&start).map_err(|e| wrong(&e))?);
            }
            Event::Empty(start) => {
                let node = element(&start).map_err(|e| wrong(&e))?;
                close(node, &mut open, &mut root).map_err(|e| wrong(&e))?;
            }
            Event::End(_) => {
                let node = open.pop().ok_or_else(|| wrong(&"an element ends that did not begin"))?;
                close(node, &mut open, &mut root).map_err(|e| wrong(&e))?;
            }
            Event::Text(words) => add(&mut open, &words.xml10_content()),
            Event::CData(words) => add(&mut open, &words.xml10_content()),
            Event::GeneralRef(name) => add(&mut open, &reference(&name).map_err(|e| wrong(&e))?),
            Event::DocType(_) => return Err(wrong(&"a document type is declared, which is not read")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if open.is_empty() => return root.ok_or_else(|| wrong(&"it holds no element")),
            Event::Eof => return Err(wrong(&"it ends in the middle")),
        }
    }
}

fn add(open: &mut [Node], words: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(words);
    }
}

fn close(node: Node, open: &mut [Node], root: &mut Option<Node>) -> Result<(), &'static str> {
    match open.last_mut() {
        Some(parent) => parent.nodes.push(node),
        None if root.is_none() => *root = Some(node),
        None => return Err("it holds two elements side by side where one is the whole"),
    }
    Ok(())
}

fn element(start: &BytesStart<'_>) -> Result<Node, String> {
    let mut node = Node { name: start.local_name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|e| e.to_string())?;
        node.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
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

/// Writes elements, each on a line of its own.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    pub fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned(), open: Vec::new() }
    }

    fn start(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(value, true, &mut self.out);
            self.out.push('"');
        }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.open.len().min(20)));
    }

    /// Begins an element.
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element that was begun last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element with nothing in it.
    pub fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.out.push_str("/>\n");
    }

    /// An element with words in it.
    pub fn words(&mut self, name: &'static str, words: &str) {
        self.start(name, &[]);
        self.out.push('>');
        escape(words, false, &mut self.out);
        self.out.push_str(&format!("</{name}>\n"));
    }

    /// Ends what is open.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }
}

fn escape(text: &str, attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            // White space in an attribute is read as a plain space, and CR anywhere as LF, where it is not written so.
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' if attribute => out.push_str(&format!("&#{};", c as u32)),
            c if is_in_xml(c) => out.push(c),
            _ => out.push(' '),
        }
    }
}
