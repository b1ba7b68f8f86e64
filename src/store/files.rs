//! What stands in each file of a project, in RON.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::layout::Role;
use super::{FORMAT, plain};
use crate::model::{
    Annotation, Article, ArticleId, Code, Codebook, Coder, CoderId, Coding, Decision, DocumentCoding, Entity, EntityId,
    Metadata, NothingFound, Part, Project, Relation, Settings, Source, Suggested, Variable, fit,
};
use crate::text::CharOffset;

/// One kind of file of a project.
pub trait Kind: DeserializeOwned {
    /// The version of the project folder that the file was written for.
    fn format(&self) -> u32;

    /// The first id that stands in the file twice: one of the two would be lost.
    fn twice(&self) -> Option<String>;
}

fn first_twice<I: Ord + ToString>(ids: impl IntoIterator<Item = I>) -> Option<String> {
    let mut ids: Vec<I> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_string())
}

/// How many unknown fields are told by name.
const NAMED: usize = 8;

/// What a file holds that this program does not know.
#[derive(Debug, Default)]
pub struct Unknown {
    /// The paths of the first few fields.
    pub paths: Vec<String>,
    /// How many there are besides.
    pub more: usize,
}

/// Reads a RON file. Returns the value and the fields that were not understood.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<(T, Unknown), String> {
    match plain::read(text) {
        Some(value) => Ok((value, Unknown::default())),
        None => parse_with_care(text),
    }
}

/// [`parse`] for all of RON, with an account of what is wrong or unknown. What nests too deep for the stack is refused
/// by the reader (at 128 levels).
pub fn parse_with_care<T: DeserializeOwned>(text: &str) -> Result<(T, Unknown), String> {
    let mut unknown = Unknown::default();
    let mut reader = ron::Deserializer::from_str(text).map_err(|e| e.to_string())?;
    let value = serde_ignored::deserialize(&mut reader, |path| {
        if unknown.paths.len() < NAMED {
            unknown.paths.push(path.to_string());
        } else {
            unknown.more += 1;
        }
    })
    .map_err(|e| reader.span_error(e).to_string())?;
    reader.end().map_err(|e| reader.span_error(e).to_string())?;
    Ok((value, unknown))
}

/// The format that a file says it has, where the rest of it cannot be read.
pub fn format_of(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Only {
        format: u32,
    }
    parse::<Only>(text).ok().map(|(only, _)| only.format)
}

/// RON with a field a line, for files that people read and compare.
pub fn pretty<T: Serialize>(value: &T) -> String {
    let config = ron::ser::PrettyConfig::new().new_line("\n").struct_names(false);
    ron::ser::to_string_pretty(value, config).map(|s| s + "\n").unwrap_or_else(|e| unreachable!("plain data: {e}"))
}

/// RON on one line.
pub fn line<T: Serialize>(value: &T) -> String {
    ron::ser::to_string(value).unwrap_or_else(|e| unreachable!("plain data: {e}"))
}

/// `project.ron`
#[derive(Debug, Serialize, Deserialize)]
pub struct ProjectFile {
    format: u32,
    id: Uuid,
    title: String,
    coders: Vec<Coder>,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    #[serde(default)]
    settings: Settings,
}

impl Kind for ProjectFile {
    fn format(&self) -> u32 {
        self.format
    }

    fn twice(&self) -> Option<String> {
        first_twice(self.coders.iter().map(|c| c.id.clone()))
    }
}

impl ProjectFile {
    pub fn of(p: &Project) -> Self {
        Self {
            format: FORMAT,
            id: p.id,
            title: p.title.clone(),
            coders: p.coders.values().cloned().collect(),
            variables: p.variables.clone(),
            settings: p.settings.clone(),
        }
    }

    pub fn to_ron(&self) -> String {
        pretty(self)
    }

    /// The project without its codes, articles and codings.
    pub fn into_project(self) -> Project {
        let mut project = Project::new(self.title);
        project.id = self.id;
        project.coders = self.coders.into_iter().map(|c| (c.id.clone(), c)).collect();
        project.variables = self.variables;
        project.settings = self.settings;
        project
    }
}

/// `codebook.ron`
#[derive(Debug, Serialize, Deserialize)]
pub struct CodebookFile {
    format: u32,
    codes: Vec<Code>,
}

impl Kind for CodebookFile {
    fn format(&self) -> u32 {
        self.format
    }

    fn twice(&self) -> Option<String> {
        first_twice(self.codes.iter().map(|c| c.id.clone()))
    }
}

impl CodebookFile {
    pub fn of(book: &Codebook) -> Self {
        Self { format: FORMAT, codes: book.tree().into_iter().map(|(_, c)| c.clone()).collect() }
    }

    pub fn to_ron(&self) -> String {
        pretty(self)
    }

    pub fn into_codebook(self) -> Codebook {
        Codebook { codes: self.codes.into_iter().map(|c| (c.id.clone(), c)).collect() }
    }
}

/// `entities.ron`
#[derive(Debug, Serialize, Deserialize)]
pub struct EntitiesFile {
    format: u32,
    entities: Vec<Entity>,
}

impl Kind for EntitiesFile {
    fn format(&self) -> u32 {
        self.format
    }

    fn twice(&self) -> Option<String> {
        first_twice(self.entities.iter().map(|e| e.id))
    }
}

impl EntitiesFile {
    pub fn of(entities: &BTreeMap<EntityId, Entity>) -> Self {
        Self { format: FORMAT, entities: entities.values().cloned().collect() }
    }

    pub fn to_ron(&self) -> String {
        pretty(self)
    }

    pub fn into_entities(self) -> BTreeMap<EntityId, Entity> {
        self.entities.into_iter().map(|e| (e.id, e)).collect()
    }
}

/// `articles/<id>.ron`
#[derive(Debug, Serialize, Deserialize)]
pub struct ArticleFile {
    format: u32,
    hash: String,
    metadata: Metadata,
    #[serde(default)]
    parts: Vec<Part>,
    #[serde(default)]
    source: Source,
}

impl Kind for ArticleFile {
    fn format(&self) -> u32 {
        self.format
    }

    fn twice(&self) -> Option<String> {
        None
    }
}

impl ArticleFile {
    pub fn of(a: &Article) -> Self {
        Self {
            format: FORMAT,
            hash: a.hash.clone(),
            metadata: a.metadata.clone(),
            parts: a.parts.clone(),
            source: a.source.clone(),
        }
    }

    pub fn to_ron(&self) -> String {
        pretty(self)
    }

    /// Its parts, by their places in the text that was coded.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The hash of the text that was coded.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The article as far as this file knows it: its text is empty, and whether the parts fit it is not asked.
    pub fn without_text(self, id: ArticleId) -> Article {
        Article {
            id,
            text: "".into(),
            end: CharOffset::ZERO,
            hash: self.hash,
            metadata: self.metadata,
            parts: self.parts,
            source: self.source,
        }
    }

    /// The article, or why its parts cannot be those of its text.
    pub fn into_article(self, id: ArticleId, text: String) -> Result<Article, String> {
        let hash = Article::hash_of(&text);
        self.into_article_of(id, text, &hash)
    }

    /// As [`into_article`](Self::into_article), where the text's hash is known.
    pub fn into_article_of(self, id: ArticleId, text: String, hash: &str) -> Result<Article, String> {
        let end = CharOffset(text.chars().count());
        // Where the text is not the one that was coded, parts may lie behind its end: they stay in the file until somebody
        // says what is to become of them.
        let changed = hash != self.hash;
        let parts = if changed && fit(&self.parts, end).is_err() { Vec::new() } else { self.parts };
        fit(&parts, end)?;
        Ok(Article { id, text: text.into(), end, hash: self.hash, metadata: self.metadata, parts, source: self.source })
    }
}

/// `coding/<coder>/<article>.ron`
#[derive(Debug, Serialize, Deserialize)]
pub struct CodingFile {
    format: u32,
    pub coder: CoderId,
    pub article: ArticleId,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    orphans: Vec<Annotation>,
    #[serde(default)]
    relations: Vec<Relation>,
    #[serde(default)]
    document: DocumentCoding,
    #[serde(default)]
    nothing_found: BTreeSet<NothingFound>,
    #[serde(default)]
    decisions: Vec<(Suggested, Decision)>,
}

impl Kind for CodingFile {
    fn format(&self) -> u32 {
        self.format
    }

    fn twice(&self) -> Option<String> {
        let annotations = first_twice(self.annotations.iter().chain(&self.orphans).map(|a| a.id));
        let relations = || first_twice(self.relations.iter().map(|r| r.id));
        let mut decisions: Vec<_> = self.decisions.iter().map(|(about, _)| about).collect();
        decisions.sort();
        let decision = decisions.windows(2).find(|w| w[0] == w[1]).map(|w| format!("the answer on {}", w[0].span));
        annotations.or_else(relations).or(decision)
    }
}

impl CodingFile {
    pub fn of(coder: &CoderId, article: &ArticleId, coding: &Coding) -> Self {
        Self {
            format: FORMAT,
            coder: coder.clone(),
            article: article.clone(),
            annotations: coding.in_order().into_iter().cloned().collect(),
            orphans: coding.orphans.values().map(|a| (**a).clone()).collect(),
            relations: coding.relations.values().cloned().collect(),
            document: coding.document.clone(),
            nothing_found: coding.nothing_found.clone(),
            decisions: coding.decisions.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        }
    }

    /// One annotation, relation or decision a line, so that a comparison of two versions shows what a coder did.
    pub fn to_ron(&self) -> String {
        fn list<'a, T: Serialize + 'a>(name: &str, items: impl IntoIterator<Item = &'a T>) -> String {
            let lines: String = items.into_iter().map(|i| format!("        {},\n", line(i))).collect();
            if lines.is_empty() { format!("    {name}: [],\n") } else { format!("    {name}: [\n{lines}    ],\n") }
        }
        let mut out = format!(
            "(\n    format: {},\n    coder: {},\n    article: {},\n",
            self.format,
            line(&self.coder),
            line(&self.article)
        );
        out += &list("annotations", &self.annotations);
        if !self.orphans.is_empty() {
            out += &list("orphans", &self.orphans);
        }
        out += &list("relations", &self.relations);
        out += &format!("    document: {},\n", line(&self.document));
        out += &list("nothing_found", &self.nothing_found);
        out += &list("decisions", &self.decisions);
        out + ")\n"
    }

    /// The work itself, or what in it cannot be.
    pub fn into_coding(self) -> Result<Coding, String> {
        for annotation in self.annotations.iter().chain(&self.orphans) {
            if annotation.spans.is_empty()
                || annotation.spans.len() != annotation.anchors.len()
                || annotation.spans.iter().any(|s| s.is_empty())
            {
                return Err(format!("annotation {} has no stretch of text, or not the words of each", annotation.id));
            }
        }
        Ok(Coding {
            annotations: self.annotations.into_iter().map(|a| (a.id, Arc::new(a))).collect(),
            orphans: self.orphans.into_iter().map(|a| (a.id, Arc::new(a))).collect(),
            relations: self.relations.into_iter().map(|r| (r.id, r)).collect(),
            document: self.document,
            nothing_found: self.nothing_found,
            decisions: self.decisions.into_iter().collect(),
        })
    }
}

/// Reads what would stand in a file of a project, and returns it as it would be written.
///
/// # Errors
/// Why it could not be read.
pub fn rewritten(role: &Role, bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|e| format!("byte {} is not UTF-8", e.valid_up_to()))?;
    Ok(match role {
        Role::Text(_) => text.to_owned(),
        Role::Project => ProjectFile::of(&parse::<ProjectFile>(text)?.0.into_project()).to_ron(),
        Role::Codebook => CodebookFile::of(&parse::<CodebookFile>(text)?.0.into_codebook()).to_ron(),
        Role::Entities => EntitiesFile::of(&parse::<EntitiesFile>(text)?.0.into_entities()).to_ron(),
        Role::Article(_) => ArticleFile { format: FORMAT, ..parse::<ArticleFile>(text)?.0 }.to_ron(),
        Role::Coding(coder, article) => {
            CodingFile::of(coder, article, &parse::<CodingFile>(text)?.0.into_coding()?).to_ron()
        }
    })
}
