//! An article: its text, which changes only together with all work on it, and what is known of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ArticleId, Placement, Value, slug};
use crate::text::{CharOffset, CharSpan, Document};

/// One article of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct Article {
    pub id: ArticleId,
    /// UTF-8 with LF line ends; headline, standfirst and byline are lines of it, marked in `parts`.
    pub text: Arc<str>,
    /// Where the text ends.
    pub end: CharOffset,
    /// BLAKE3 of the text, in hex: by it a changed text is noticed and the same article recognised.
    pub hash: String,
    pub metadata: Metadata,
    /// The parts that are not plain body text, in order, without overlap.
    pub parts: Vec<Part>,
    pub source: Source,
}

/// What is known of an article. Every field may be empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    pub title: String,
    pub outlet: String,
    pub authors: Vec<String>,
    /// When it was published, in ISO 8601, as precisely as it is known: `2025-03-04` or `2025-03-04T09:30+01:00`.
    pub published: Option<String>,
    pub url: Option<String>,
    /// BCP 47: `en`, `de-AT`.
    pub language: Option<String>,
    pub section: Option<String>,
    /// The project's own variables, by name.
    pub variables: BTreeMap<String, Value>,
}

/// What a stretch of the text is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PartKind {
    Headline,
    Standfirst,
    Byline,
    Caption,
}

/// A marked stretch of the text. What is not marked is body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]

pub struct Part {
    pub kind: PartKind,
    pub span: CharSpan,
}

/// Where an article came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The file's name, without its folder.
    pub file: String,
    /// What it was read as: `text`, `html`.
    pub format: String,
    /// BLAKE3 of the file's bytes, in hex.
    pub hash: String,
    /// The encoding it was read in, where it was not UTF-8 or had to be guessed.
    pub encoding: Option<String>,
}

/// An article as one value in a file. Where the text ends is counted anew.
#[derive(Serialize, Deserialize)]
struct Record {
    id: ArticleId,
    text: Arc<str>,
    hash: String,
    metadata: Metadata,
    parts: Vec<Part>,
    source: Source,
}

impl From<Article> for Record {
    fn from(a: Article) -> Self {
        Self { id: a.id, text: a.text, hash: a.hash, metadata: a.metadata, parts: a.parts, source: a.source }
    }
}

impl TryFrom<Record> for Article {
    type Error = String;
    fn try_from(r: Record) -> Result<Self, String> {
        let end = CharOffset(r.text.chars().count());
        fit(&r.parts, end)?;
        Ok(Self { id: r.id, text: r.text, end, hash: r.hash, metadata: r.metadata, parts: r.parts, source: r.source })
    }
}

/// Whether parts are those of a text that ends at `end`: in order, not empty, not overlapping.
///
/// # Errors
/// Names the part that does not fit.
pub fn fit(parts: &[Part], end: CharOffset) -> Result<(), String> {
    let mut last = CharOffset::ZERO;
    for part in parts {
        if part.span.is_empty() || part.span.start < last || part.span.end > end {
            return Err(format!("the part {:?} at {} does not fit the text", part.kind, part.span));
        }
        last = part.span.end;
    }
    Ok(())
}

impl Article {
    /// An article with the id that its title and text give it.
    pub fn new(text: impl Into<Arc<str>>, metadata: Metadata, parts: Vec<Part>, source: Source) -> Self {
        let text = text.into();
        let hash = Self::hash_of(&text);
        let end = CharOffset(text.chars().count());
        Self { id: Self::id_of(&metadata.title, &text, &hash), text, end, hash, metadata, parts, source }
    }

    /// BLAKE3 of a text, in hex.
    pub fn hash_of(text: &str) -> String {
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    fn id_of(title: &str, text: &str, hash: &str) -> ArticleId {
        let name = if title.trim().is_empty() { text.trim_start() } else { title };
        let name: String = name.chars().take(80).collect();
        let id = format!("{}-{}", slug(&name, 48), &hash[..8]);
        id.parse().unwrap_or_else(|_| unreachable!("a slug and eight hex digits are an id: {id}"))
    }

    /// What a list calls the article: its title, else the first words of its text, else "Untitled".
    pub fn display_title(&self) -> String {
        let title = self.metadata.title.trim();
        if !title.is_empty() {
            return title.to_owned();
        }
        let line = self.text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("Untitled");
        let mut words = String::new();
        for word in line.split_whitespace() {
            if words.chars().count() + word.chars().count() > 60 {
                return format!("{words} …");
            }
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        if words.is_empty() { line.chars().take(60).collect() } else { words }
    }

    /// What the text is at `at`; `None` is body.
    pub fn part_at(&self, at: CharOffset) -> Option<PartKind> {
        part_at(&self.parts, at)
    }
}

pub(super) fn part_at(parts: &[Part], at: CharOffset) -> Option<PartKind> {
    parts.iter().find(|p| p.span.contains(at)).map(|p| p.kind)
}

impl Placement {
    /// Where a position stands: in the headline, in the lede (standfirst or first paragraph of the body), in the last
    /// paragraph of the body, or between them. An article of one paragraph is all lede.
    pub fn of(document: &Document, parts: &[Part], at: CharOffset) -> Self {
        match part_at(parts, at) {
            Some(PartKind::Headline) => return Self::Headline,
            Some(PartKind::Standfirst) => return Self::Lede,
            Some(PartKind::Byline | PartKind::Caption) => return Self::Body,
            None => {}
        }
        let is_body = |p: &&CharSpan| part_at(parts, p.start).is_none();
        let here = document.paragraph_at(at);
        let paragraphs = document.paragraphs();
        if here == paragraphs.iter().find(is_body).copied() {
            Self::Lede
        } else if here == paragraphs.iter().rfind(is_body).copied() {
            Self::Last
        } else {
            Self::Body
        }
    }
}
