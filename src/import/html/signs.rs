//! What stands on a page in places that machines know, gathered in one walk over it: a selector for each place would
//! be a walk for each.

use dom_query::{Document, NodeRef};

/// The marks of a byline, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Byline {
    Rel,
    Itemprop,
    Class,
    AuthorName,
    Article,
}

/// By what sites mark a standfirst, as a class or as the name of a component, the surest first.
const STANDFIRST: &[&str] = &[
    "standfirst",
    "article-standfirst",
    "article__standfirst",
    "article-subtitle",
    "article__subtitle",
    "subheadline",
    "sub-headline",
    "subheading",
    "article-dek",
    "dek",
    "deck",
    "article-summary",
    "article__summary",
    "article-lead",
    "article__lead",
    "article-teaser",
];

/// The places of one page, each in the order of the page.
#[derive(Debug, Default)]
pub struct Signs<'a> {
    /// The names that a `<meta>` goes by, and its content.
    metas: Vec<([Option<String>; 3], String)>,
    bylines: Vec<(Byline, NodeRef<'a>)>,
    standfirsts: Vec<(usize, NodeRef<'a>)>,
    /// The scripts that hold JSON-LD.
    pub json_ld: Vec<NodeRef<'a>>,
    /// The headings of the first rank.
    pub headings: Vec<NodeRef<'a>>,
    /// The first time that is given to the machine as well.
    pub time: Option<String>,
    /// The page's address as it gives it itself.
    pub canonical: Option<String>,
    pub language: Option<String>,
}

impl<'a> Signs<'a> {
    pub fn of(document: &'a Document) -> Self {
        let mut signs = Self::default();
        for node in document.root().descendants_it() {
            signs.look(node);
        }
        signs.bylines.sort_by_key(|(mark, _)| *mark);
        signs.standfirsts.sort_by_key(|(mark, _)| *mark);
        signs
    }

    /// What the page says under one of these names: the first that says something.
    pub fn named<'s>(&'s self, names: &'s [&str]) -> impl Iterator<Item = &'s str> {
        names.iter().flat_map(|name| {
            let called = move |names: &[Option<String>; 3]| names.iter().flatten().any(|n| n == name);
            self.metas.iter().filter(move |(names, _)| called(names)).map(|(_, content)| content.as_str())
        })
    }

    /// What may be a byline, the likeliest first.
    pub fn bylines(&self) -> impl Iterator<Item = &NodeRef<'a>> {
        self.bylines.iter().map(|(_, node)| node)
    }

    /// What may be a standfirst, the likeliest first.
    pub fn standfirsts(&self) -> impl Iterator<Item = &NodeRef<'a>> {
        self.standfirsts.iter().map(|(_, node)| node)
    }

    fn look(&mut self, node: NodeRef<'a>) {
        let (mut bylines, mut standfirsts) = (Vec::new(), Vec::new());
        let is_heading = node.query_or(false, |found| {
            let Some(element) = found.as_element() else { return false };
            let attribute = |name: &str| element.attrs.iter().find(|a| *a.name.local == *name).map(|a| &*a.value);
            let is = |name: &str, value: &str| attribute(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
            match &*element.name.local {
                "meta" => {
                    let names = ["property", "name", "itemprop"].map(|n| attribute(n).map(str::to_owned));
                    self.metas.extend(attribute("content").map(|content| (names, content.to_owned())));
                }
                "time" if self.time.is_none() => self.time = attribute("datetime").map(str::to_owned),
                "link" if self.canonical.is_none() && is("rel", "canonical") => {
                    self.canonical = Some(attribute("href").unwrap_or_default().to_owned());
                }
                "html" if self.language.is_none() => self.language = attribute("lang").map(str::to_owned),
                "script" if is("type", "application/ld+json") => self.json_ld.push(node),
                _ => {}
            }
            if is("rel", "author") {
                bylines.push(Byline::Rel);
            }
            if attribute("itemprop") == Some("author") {
                bylines.push(Byline::Itemprop);
            }
            for class in attribute("class").unwrap_or_default().split_ascii_whitespace() {
                match class {
                    "byline" => bylines.push(Byline::Class),
                    "author-name" => bylines.push(Byline::AuthorName),
                    "article-byline" => bylines.push(Byline::Article),
                    _ => standfirsts.extend(STANDFIRST.iter().position(|mark| *mark == class)),
                }
            }
            let components = ["data-component", "data-testid"].into_iter().filter_map(attribute);
            standfirsts.extend(components.filter_map(|name| STANDFIRST.iter().position(|mark| *mark == name)));
            &*element.name.local == "h1"
        });
        self.bylines.extend(bylines.into_iter().map(|mark| (mark, node)));
        self.standfirsts.extend(standfirsts.into_iter().map(|mark| (mark, node)));
        if is_heading {
            self.headings.push(node);
        }
    }
}
