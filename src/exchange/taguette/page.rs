//! A document’s HTML and its text.

use dom_query::Document;

use crate::text::{ByteOffset, OffsetMap};

/// Elements that begin on a line of their own.
const BLOCKS: [&str; 28] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// A text as HTML: a paragraph a line, so that the text between the tags is the text itself.
pub fn html(text: &str) -> String {
    text.split('\n').map(|line| format!("<p>{}</p>", escaped(line))).collect::<Vec<_>>().join("\n")
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A document’s text as people read it, and the way to it from places in what stands between the tags.
pub struct Page {
    /// What stands between the tags.
    bare: OffsetMap,
    /// The same with line ends where blocks meet.
    pub text: String,
    /// Before which code points of the bare text a line end was put.
    put: Vec<usize>,
}

impl Page {
    pub fn of(html: &str) -> Self {
        let document = Document::fragment(html);
        let (mut bare, mut text, mut put) = (String::new(), String::new(), Vec::new());
        let mut chars = 0;
        for node in document.root().descendants_it() {
            if node.is_text() {
                let words = node.text();
                chars += words.chars().count();
                bare.push_str(&words);
                text.push_str(&words);
            } else if node.is_element()
                && node.node_name().is_some_and(|name| BLOCKS.contains(&&*name))
                && !text.is_empty()
                && !text.ends_with('\n')
            {
                text.push('\n');
                put.push(chars);
            }
        }
        Self { bare: OffsetMap::new(bare), text, put }
    }

    /// The code points of `text` for a place in bytes of what stands between the tags.
    pub fn place(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let start = self.bare.byte_to_char(ByteOffset(start))?.0;
        let end = self.bare.byte_to_char(ByteOffset(end))?.0;
        Some((start + self.put.partition_point(|at| *at <= start), end + self.put.partition_point(|at| *at < end)))
    }
}
