//! What is known of an article while a reader puts it together.

use std::collections::BTreeMap;

use super::dates::iso;
use super::language;
use super::layout::Layout;
use super::text::authors;
use super::{Block, Problem};
use crate::model::{Article, Metadata, PartKind, Source, Value};
use crate::text::normalise;

/// An article in the making. Every field may be empty; what a reader does not know it leaves alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub title: String,
    pub standfirst: Option<String>,
    /// The line that names the authors, as it is printed: “By Ada Brandt, transport editor”.
    pub byline: Option<String>,
    /// The names alone; taken from the byline where this is empty.
    pub authors: Vec<String>,
    /// The paragraphs below headline, standfirst and byline.
    pub body: Vec<Block>,
    pub outlet: String,
    /// When it was published, in any way of writing that [`iso`] knows.
    pub published: Option<String>,
    pub url: Option<String>,
    /// BCP 47; found out from the words where it is not said.
    pub language: Option<String>,
    pub section: Option<String>,
    /// What else is known of it, by name; [`known`] has the names of what most sources tell.
    pub more: BTreeMap<String, Value>,
}

/// The names under which a source's further fields become variables of the article, so that they are filtered, tabulated
/// and exported like the project's own.
pub mod known {
    /// The edition of the paper: `Late City Final`.
    pub const EDITION: &str = "edition";
    /// The page or pages it was printed on, as text: `A1`, `12-13`.
    pub const PAGE: &str = "page";
    /// When it was last changed, in ISO 8601.
    pub const UPDATED: &str = "updated";
    /// How many words it has, as the source says.
    pub const WORDS: &str = "words";
    /// The database it came from: `Factiva`.
    pub const DATABASE: &str = "database";
    /// By what the source knows it: an accession number, a GUID.
    pub const IDENTIFIER: &str = "identifier";
    /// The place that the report is from: `LONDON`.
    pub const DATELINE: &str = "dateline";
    /// When a page was fetched or saved, in ISO 8601; not when it was published.
    pub const CAPTURED: &str = "captured";
    /// Who holds the rights, as the source says.
    pub const COPYRIGHT: &str = "copyright";
    /// Subjects and the like, with `; ` between them.
    pub const KEYWORDS: &str = "keywords";
}

impl Draft {
    /// Sets a further field, where it says something and is not set yet.
    pub fn also(&mut self, name: &str, value: impl AsRef<str>) {
        let value = one_line(value.as_ref());
        if !value.is_empty() && !name.is_empty() {
            self.more.entry(name.to_owned()).or_insert(Value::Text(value));
        }
    }

    /// Sets how many words the source says there are. `said` may have other words around the number: `1,204 words`.
    pub fn words(&mut self, said: &str) {
        let digits: String = said
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '\u{a0}' | '\u{202f}' | '\''))
            .filter(char::is_ascii_digit)
            .collect();
        if let Ok(count) = digits.parse::<u32>() {
            self.more.entry(known::WORDS.to_owned()).or_insert(Value::Number(f64::from(count)));
        }
    }

    /// Sets when the article was last changed.
    pub fn updated(&mut self, said: &str) {
        if let Some(moment) = iso(said) {
            self.also(known::UPDATED, moment);
        }
    }

    /// The article: headline, standfirst, byline and body, one below the other. What is set above the body is not
    /// repeated in it.
    ///
    /// # Errors
    /// Where there are no words.
    pub fn article(mut self, source: Source) -> Result<Article, Problem> {
        self.title = one_line(&self.title);
        let byline = self.byline.as_deref().map(one_line).filter(|b| !b.is_empty());
        let standfirst = self.standfirst.as_deref().map(one_line).filter(|s| !s.is_empty());
        for set in [Some(&self.title), standfirst.as_ref(), byline.as_ref()].into_iter().flatten() {
            let again = self.body.iter().take(6).position(|b| b.kind.is_none() && same(&b.text, set));
            if let Some(at) = again.filter(|_| self.body.iter().filter(|b| b.kind.is_none()).count() > 1) {
                self.body.remove(at);
            }
        }
        if self.authors.is_empty() {
            self.authors = byline.as_deref().map(authors).unwrap_or_default();
        }
        let mut layout = Layout::default();
        layout.add(Some(PartKind::Headline), &self.title);
        layout.add(Some(PartKind::Standfirst), &standfirst.unwrap_or_default());
        layout.add(Some(PartKind::Byline), &byline.unwrap_or_default());
        for block in &self.body {
            layout.add(block.kind, &block.text);
        }
        let (text, parts) = layout.done();
        if text.trim().is_empty() {
            return Err(Problem::Empty);
        }
        let full = |field: Option<String>| field.map(|f| one_line(&f)).filter(|f| !f.is_empty());
        let mut names: Vec<String> = Vec::new();
        for name in self.authors.iter().map(|a| one_line(a)).filter(|a| !a.is_empty()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let metadata = Metadata {
            title: self.title,
            outlet: one_line(&self.outlet),
            authors: names,
            published: self.published.as_deref().and_then(iso),
            url: full(self.url),
            language: full(self.language).map(|l| l.replace('_', "-")).or_else(|| language::of(&text)),
            section: full(self.section),
            variables: self.more,
        };
        Ok(Article::new(text, metadata, parts, source))
    }
}

/// Words on one line, with single spaces.
pub fn one_line(text: &str) -> String {
    normalise(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two texts have the same words, however they are set.
fn same(one: &str, other: &str) -> bool {
    let small = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_lowercase).collect() };
    small(one) == small(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_above_is_not_repeated() {
        let draft = Draft {
            title: "Last ferry\n to leave at dusk".to_owned(),
            byline: Some("By Ada Brandt and Bo Lund".to_owned()),
            body: vec![Block::body("Last ferry to leave at  dusk"), Block::body("The council said so.")],
            published: Some("4 March 2025".to_owned()),
            ..Draft::default()
        };
        let article = draft.article(Source::default()).unwrap();
        assert_eq!(&*article.text, "Last ferry to leave at dusk\n\nBy Ada Brandt and Bo Lund\n\nThe council said so.");
        assert_eq!(article.metadata.authors, ["Ada Brandt", "Bo Lund"]);
        assert_eq!(article.metadata.published.as_deref(), Some("2025-03-04"));
        assert_eq!(article.parts.len(), 2);
        assert!(Draft::default().article(Source::default()).is_err());
    }

    #[test]
    fn lengths_are_numbers() {
        for (said, count) in [("Length: 1,204 words", 1204.0), ("823 mots", 823.0), ("1\u{202f}034 mots", 1034.0)] {
            let mut draft = Draft::default();
            draft.words(said);
            assert_eq!(draft.more[known::WORDS], Value::Number(count), "{said}");
        }
        let mut draft = Draft::default();
        draft.words("some words");
        assert!(draft.more.is_empty());
    }
}
