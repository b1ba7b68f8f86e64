//! What a page says of itself: JSON-LD, OpenGraph, `<meta>` and what is set on the page.

use dom_query::Document;
use serde_json::Value;

use super::super::dates::iso;
use super::signs::Signs;
use super::{LONGEST_STANDFIRST, authors, flat, is_byline, line};
use crate::model::Metadata;

/// What is known of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    pub title: String,
    /// The words in which the page names the authors.
    pub byline: Option<String>,
    pub authors: Vec<String>,
    pub outlet: Option<String>,
    pub published: Option<String>,
    pub url: Option<String>,
    pub language: Option<String>,
    pub section: Option<String>,
    /// What the page says of itself to machines; often its first words, sometimes its standfirst.
    description: Option<String>,
    /// The headings of the first rank.
    headings: Vec<String>,
}

impl Meta {
    /// What a page says of itself in the places that its publishers fill by hand or by rule.
    pub fn of(signs: &Signs<'_>, html: &str) -> Self {
        let mut meta = Self::default();
        for script in &signs.json_ld {
            if let Ok(value) = serde_json::from_str::<Value>(script.text().trim()) {
                meta.add_json_ld(&value, 0);
            }
        }
        let or = |slot: &mut Option<String>, names: &[&str]| {
            if slot.is_none() {
                *slot = signs.named(names).map(line).find(|c| !c.is_empty());
            }
        };
        or(&mut meta.outlet, &["og:site_name", "application-name", "publisher", "dc.publisher"]);
        or(
            &mut meta.published,
            &[
                "article:published_time",
                "datePublished",
                "date",
                "dc.date",
                "dc.date.issued",
                "pubdate",
                "parsely-pub-date",
            ],
        );
        or(&mut meta.section, &["article:section", "section", "parsely-section"]);
        or(&mut meta.description, &["og:description", "description", "twitter:description"]);
        meta.published = meta.published.or_else(|| signs.time.clone());
        let link = signs.canonical.as_deref().map(str::trim).filter(|l| is_url(l));
        meta.url = link.map(str::to_owned).or(meta.url);
        or(&mut meta.url, &["og:url"]);
        meta.url = meta.url.filter(|u| is_url(u)).or_else(|| saved_from(html));
        meta.language = signs.language.clone();
        or(&mut meta.language, &["content-language", "og:locale", "dc.language"]);
        meta.headings = signs.headings.iter().map(|h| line(&h.text())).filter(|h| !h.is_empty()).collect();
        let mut bylines = signs.bylines().map(|n| line(&n.text()));
        meta.byline = bylines.find(|b| is_byline(b) && !authors(b).is_empty());
        meta
    }

    /// Takes what an article object of schema.org holds; goes into lists and graphs.
    fn add_json_ld(&mut self, value: &Value, depth: usize) {
        if depth > 4 {
            return;
        }
        if let Value::Array(list) = value {
            list.iter().for_each(|v| self.add_json_ld(v, depth + 1));
            return;
        }
        let Value::Object(object) = value else { return };
        if let Some(graph) = object.get("@graph") {
            self.add_json_ld(graph, depth + 1);
        }
        let types = object.get("@type").map(texts).unwrap_or_default();
        if !types.iter().any(|t| t.ends_with("Article") || t == "BlogPosting" || t == "Report") {
            return;
        }
        let one = |key: &str| object.get(key).and_then(|v| names(v).into_iter().next());
        if self.title.is_empty() {
            self.title = one("headline").unwrap_or_default();
        }
        if self.authors.is_empty() {
            self.authors = object.get("author").map(names).unwrap_or_default();
        }
        let put = |slot: &mut Option<String>, found: Option<String>| {
            if slot.is_none() {
                *slot = found;
            }
        };
        put(&mut self.outlet, one("publisher"));
        put(&mut self.published, one("datePublished"));
        put(&mut self.section, one("articleSection"));
        put(&mut self.description, one("description"));
        put(&mut self.url, one("url"));
        put(&mut self.language, one("inLanguage"));
    }

    /// Takes what the library found, where nothing is known yet.
    pub fn add(&mut self, found: &dom_smoothie::Article) {
        if self.title.is_empty() {
            self.title = line(&found.title);
        }
        let or = |slot: &mut Option<String>, found: &Option<String>| {
            if slot.is_none() {
                *slot = found.as_deref().map(line).filter(|f| !f.is_empty());
            }
        };
        // A comment form's "Name *" is taken for a byline now and then.
        let byline = found.byline.clone().filter(|b| !b.contains(['*', ':']));
        or(&mut self.byline, &byline);
        or(&mut self.outlet, &found.site_name);
        or(&mut self.published, &found.published_time);
        or(&mut self.language, &found.lang);
        or(&mut self.url, &found.url);
    }

    /// Brings everything into the form in which it is kept.
    pub fn tidy(&mut self) {
        self.title = line(&self.title);
        // A headline on the page is the article's own; a title for machines often has the site's name behind it, or is
        // a shorter one for search engines.
        let title = flat(&self.title);
        let same = |h: &&String| {
            let heading = flat(h);
            !heading.is_empty() && (title.is_empty() || title.contains(&heading) || heading.contains(&title))
        };
        let close = self.headings.iter().find(same).or_else(|| {
            // Different words, but the only heading of its rank and long enough to be one.
            (self.headings.len() == 1 && self.headings[0].split_whitespace().count() > 3).then(|| &self.headings[0])
        });
        if let Some(heading) = close {
            self.title = heading.clone();
        } else if let Some(outlet) = &self.outlet {
            for mark in [" | ", " - ", " – ", " — ", " · "] {
                if let Some((words, site)) = self.title.rsplit_once(mark)
                    && flat(site) == flat(outlet)
                {
                    self.title = words.trim().to_owned();
                    break;
                }
            }
        }
        if self.authors.is_empty() {
            self.authors = self.byline.as_deref().map(authors).unwrap_or_default();
        }
        for author in &mut self.authors {
            if let [name] = authors(author).as_slice() {
                name.clone_into(author);
            }
        }
        if self.outlet.is_none() {
            self.outlet = self.url.as_deref().and_then(host);
        }
        if self.byline.is_none() && !self.authors.is_empty() {
            self.byline = Some(self.authors.join(", "));
        }
        self.published = self.published.as_deref().and_then(iso);
        self.language = self
            .language
            .take()
            .map(|l| l.trim().replace('_', "-"))
            .filter(|l| (2..=35).contains(&l.len()) && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    }

    /// The standfirst, where the page sets one: by the class that marks it, or as the paragraph under the headline that
    /// the page also gives as its description.
    pub fn standfirst_on_page(&self, document: &Document, signs: &Signs<'_>) -> Option<String> {
        let marked = signs.standfirsts().map(|n| line(&n.text())).find(|t| fits(t));
        if marked.is_some() {
            return marked;
        }
        let description = flat(self.description.as_deref()?);
        let near = document.select("h1 + p, h1 + h2, h1 + div, header p, header h2");
        near.iter().map(|n| line(&n.text())).find(|t| fits(t) && flat(t) == description)
    }

    pub fn into_metadata(self) -> Metadata {
        Metadata {
            title: self.title,
            outlet: self.outlet.unwrap_or_default(),
            authors: self.authors,
            published: self.published,
            url: self.url,
            language: self.language,
            section: self.section,
            ..Metadata::default()
        }
    }
}

fn fits(standfirst: &str) -> bool {
    standfirst.split_whitespace().count() > 3 && standfirst.chars().count() <= LONGEST_STANDFIRST
}

fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The site of an address, as readers call it: `https://www.post.example/x` is `post.example`.
fn host(url: &str) -> Option<String> {
    let host = url.split_once("://")?.1.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (host.contains('.') && !host.contains('@')).then(|| host.to_owned())
}

/// The address in the comment that browsers put into a page they save: `<!-- saved from url=(0021)https://… -->`.
fn saved_from(html: &str) -> Option<String> {
    let start = &html[..html.floor_char_boundary(4096)];
    // As browsers, SingleFile and monolith write it.
    let after = |mark: &str| start.find(mark).and_then(|at| start.get(at + mark.len()..));
    let said = after("saved from url=(")
        .and_then(|rest| Some(rest.split_once(')')?.1))
        .or_else(|| after("Page saved with SingleFile").and_then(|rest| Some(rest.split_once("url:")?.1)))
        .or_else(|| after("<!-- Saved from "))?;
    let url = said.split_whitespace().next()?;
    is_url(url).then(|| url.to_owned())
}

/// The strings in a JSON value that is one or a list of them.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(s) => vec![line(s)],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The names in a JSON value: strings, or objects that have a `name`. Addresses are no names.
fn names(value: &Value) -> Vec<String> {
    let mut found = match value {
        Value::Object(object) => object.get("name").map(texts).unwrap_or_default(),
        Value::Array(list) => list.iter().flat_map(names).collect(),
        other => texts(other),
    };
    found.retain(|n| !n.is_empty());
    found
}
