//! XML as a tree, so that a reader finds what it looks for in whatever order it comes. Nothing is walked by recursion.

use super::super::Problem;
use super::super::xml::{Met, walk};

/// How many elements a file may have.
const MOST: usize = 4_000_000;

/// The elements of a file.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    /// What was wrong behind the part that was read.
    pub broken: Option<Problem>,
}

#[derive(Debug)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
    /// Whether its end was met.
    whole: bool,
}

#[derive(Debug)]
enum Child {
    Element(usize),
    Words(String),
}

impl Tree {
    /// Reads a file as far as it goes. What is wrong with it stands in [`Tree::broken`].
    pub fn read(text: String) -> Self {
        let mut tree = Self::default();
        let mut open: Vec<usize> = Vec::new();
        let mut full = false;
        let read = walk(text.into_bytes(), |met| match met {
            Met::Open(element) => {
                full |= tree.nodes.len() >= MOST;
                if full {
                    return;
                }
                let at = tree.nodes.len();
                tree.nodes.push(Node {
                    name: element.name.clone(),
                    attributes: element.attributes().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
                    children: Vec::new(),
                    whole: false,
                });
                if let Some(parent) = open.last().and_then(|p| tree.nodes.get_mut(*p)) {
                    parent.children.push(Child::Element(at));
                }
                open.push(at);
            }
            Met::Words(words) if !full => {
                if let Some(parent) = open.last().and_then(|p| tree.nodes.get_mut(*p)) {
                    match parent.children.last_mut() {
                        Some(Child::Words(before)) => before.push_str(words),
                        _ => parent.children.push(Child::Words(words.to_owned())),
                    }
                }
            }
            Met::Close(_) if !full => {
                if let Some(node) = open.pop().and_then(|at| tree.nodes.get_mut(at)) {
                    node.whole = true;
                }
            }
            Met::Words(_) | Met::Close(_) => {}
        });
        tree.broken = read.err().or(full.then_some(Problem::TooMany { what: "elements", most: MOST }));
        tree
    }

    /// The outermost element.
    pub fn root(&self) -> Option<Element<'_>> {
        (!self.nodes.is_empty()).then_some(Element { tree: self, at: 0 })
    }
}

/// An element of a tree. Names are without their name space.
#[derive(Clone, Copy)]
pub struct Element<'t> {
    tree: &'t Tree,
    at: usize,
}

/// Elements of NITF and XHTML that run on in the line, and those that stand for themselves, by what they are in HTML.
/// Others run on.
const SET: &[(&str, &str)] = &[
    ("p", "p"),
    ("br", "br"),
    ("hl1", "h1"),
    ("hl2", "h2"),
    ("h1", "h1"),
    ("h2", "h2"),
    ("h3", "h3"),
    ("h4", "h4"),
    ("h5", "h5"),
    ("h6", "h6"),
    ("block", "div"),
    ("div", "div"),
    ("section", "div"),
    ("article", "div"),
    ("paragraph", "p"),
    ("ul", "ul"),
    ("ol", "ol"),
    ("li", "li"),
    ("dl", "dl"),
    ("dt", "dt"),
    ("dd", "dd"),
    ("pre", "pre"),
    ("bq", "blockquote"),
    ("blockquote", "blockquote"),
    ("table", "table"),
    ("nitf-table", "div"),
    ("thead", "thead"),
    ("tbody", "tbody"),
    ("tr", "tr"),
    ("td", "td"),
    ("th", "th"),
    ("caption", "caption"),
    ("figure", "figure"),
    ("figcaption", "figcaption"),
    ("media", "figure"),
    ("media-caption", "figcaption"),
    ("credit", "p"),
    ("tagline", "p"),
    ("note", "p"),
    ("q", "q"),
];

/// Elements whose words are not the article's.
const SILENT: &[&str] = &[
    "media-reference",
    "media-metadata",
    "media-producer",
    "media-object",
    "head",
    "script",
    "style",
    "header",
    "footer",
    "nav",
    "nitf-table-metadata",
    "nitf-colgroup",
];

impl<'t> Element<'t> {
    fn node(self) -> Option<&'t Node> {
        self.tree.nodes.get(self.at)
    }

    pub fn name(self) -> &'t str {
        self.node().map_or("", |n| n.name.as_str())
    }

    /// Whether the file does not break off within it.
    pub fn is_whole(self) -> bool {
        self.node().is_some_and(|n| n.whole)
    }

    /// An attribute, where it says something.
    pub fn get(self, attribute: &str) -> Option<&'t str> {
        let found = self.node()?.attributes.iter().find(|(name, _)| name == attribute);
        found.map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }

    /// The elements right within it.
    pub fn inner(self) -> impl Iterator<Item = Self> + use<'t> {
        let children = self.node().map(|n| n.children.as_slice()).unwrap_or_default();
        children.iter().filter_map(move |child| match child {
            Child::Element(at) => Some(Self { tree: self.tree, at: *at }),
            Child::Words(_) => None,
        })
    }

    /// The elements right within it that have a name.
    pub fn named<'n>(self, name: &'n str) -> impl Iterator<Item = Self> + use<'t, 'n> {
        self.inner().filter(move |e| e.name() == name)
    }

    /// The first element on a path of names: `body/body.head/byline`.
    pub fn at(self, path: &str) -> Option<Self> {
        path.split('/').try_fold(self, |here, name| here.named(name).next())
    }

    /// All elements below it that have a name, in order.
    pub fn all(self, name: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut open: Vec<Self> = self.inner().collect();
        open.reverse();
        while let Some(element) = open.pop() {
            if element.name() == name {
                found.push(element);
            }
            let from = open.len();
            open.extend(element.inner());
            open[from..].reverse();
        }
        found
    }

    /// All words in it, with single spaces.
    pub fn text(self) -> String {
        self.text_without("")
    }

    /// All words in it but those of inner elements of a name, with single spaces.
    pub fn text_without(self, silent: &str) -> String {
        let mut words = String::new();
        let mut open = vec![Child::Element(self.at)];
        while let Some(child) = open.pop() {
            match child {
                Child::Words(more) => words.push_str(&more),
                Child::Element(at) => {
                    let Some(node) = self.tree.nodes.get(at).filter(|n| silent.is_empty() || n.name != silent) else {
                        continue;
                    };
                    open.extend(node.children.iter().rev().map(|child| match child {
                        Child::Element(at) => Child::Element(*at),
                        Child::Words(words) => Child::Words(words.clone()),
                    }));
                }
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The words right in it as they stand.
    pub fn raw(self) -> String {
        let children = self.node().map(|n| n.children.as_slice()).unwrap_or_default();
        let words = children.iter().filter_map(|child| match child {
            Child::Words(words) => Some(words.as_str()),
            Child::Element(_) => None,
        });
        words.collect()
    }

    /// The words at a path, where there are any.
    pub fn said(self, path: &str) -> Option<String> {
        self.at(path).map(Self::text).filter(|t| !t.is_empty())
    }

    /// What is in it as HTML, to be set as a page is. Where it has paragraphs, words outside of them are left out.
    pub fn markup(self) -> String {
        enum Step<'t> {
            Open(usize),
            Words(&'t str),
            Close(&'static str),
        }
        let mut out = String::new();
        let strict = self.named("p").next().is_some();
        let mut steps = vec![Step::Open(self.at)];
        while let Some(step) = steps.pop() {
            let at = match step {
                Step::Open(at) => at,
                Step::Words(words) => {
                    escape(words, &mut out);
                    continue;
                }
                Step::Close(tag) => {
                    out.extend(["</", tag, ">"]);
                    continue;
                }
            };
            let outermost = at == self.at;
            let Some(node) = self.tree.nodes.get(at).filter(|n| outermost || !SILENT.contains(&n.name.as_str())) else {
                continue;
            };
            let html = SET.iter().find(|(name, _)| !outermost && *name == node.name).map(|(_, html)| *html);
            if let Some(html) = html {
                out.extend(["<", html, ">"]);
                if html != "br" {
                    steps.push(Step::Close(html));
                }
            }
            steps.extend(node.children.iter().rev().filter_map(|child| match child {
                Child::Element(inner) => Some(Step::Open(*inner)),
                Child::Words(words) => (!(strict && outermost)).then_some(Step::Words(words)),
            }));
        }
        out
    }
}

fn escape(words: &str, out: &mut String) {
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_and_set() {
        let tree = Tree::read(
            "<a x:k='1'><b>One <i>two</i></b><c><b> </b></c><p>T &amp;<br/><Company>Co</Company></p>stray<p>U</p></a>"
                .to_owned(),
        );
        let root = tree.root().unwrap();
        assert!(tree.broken.is_none() && root.is_whole());
        assert_eq!((root.get("k"), root.said("b").as_deref(), root.said("c/b")), (Some("1"), Some("One two"), None));
        assert_eq!(root.all("b").len(), 2);
        assert_eq!(root.at("b").unwrap().text_without("i"), "One");
        assert_eq!(root.markup(), "One two <p>T &amp;<br>Co</p><p>U</p>");
    }

    #[test]
    fn what_breaks_off_is_read_as_far_as_it_goes() {
        let tree = Tree::read("<a><b>One</b><b>Tw".to_owned());
        assert!(tree.broken.is_some());
        let whole: Vec<bool> = tree.root().unwrap().named("b").map(Element::is_whole).collect();
        assert_eq!(whole, [true, false]);
        assert!(Tree::read("no".to_owned()).root().is_none());
    }
}
