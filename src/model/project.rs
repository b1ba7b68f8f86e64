//! A project: articles, codebook, and what each coder said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Annotation, AnnotationId, Article, ArticleId, CodeId, Codebook, CoderId, Coding, Entity, EntityId};

/// Everything of one study, in memory. Articles and codings are shared, so that a copy for saving costs little.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    pub id: Uuid,
    pub title: String,
    pub coders: BTreeMap<CoderId, Coder>,
    /// The variables that articles and document codings may carry, by name.
    pub variables: BTreeMap<String, Variable>,
    pub settings: Settings,
    pub codebook: Codebook,
    pub articles: BTreeMap<ArticleId, Arc<Article>>,
    pub entities: BTreeMap<EntityId, Entity>,
    pub codings: BTreeMap<(CoderId, ArticleId), Arc<Coding>>,
}

/// Somebody who codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]

pub struct Coder {
    pub id: CoderId,
    pub name: String,
}

/// What holds for the whole project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Suggestions are hidden from coders.
    pub blind: bool,
    /// What is kept of the project's past.
    pub backups: Backups,
    /// The coders whose work settles where others differ: the adjudicated version of the corpus.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub settled_by: BTreeSet<CoderId>,
    /// Articles that are the same as another one or nearly so: an agency's report in several papers, a later version.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub same: BTreeMap<ArticleId, SameAs>,
    /// What the columns of imported tables were taken for, by the names of the columns: the next table of the same
    /// making is read in the same way.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, BTreeMap<String, String>>,
}

/// That an article is the same as another one, or nearly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameAs {
    /// The article that stands for all that are the same.
    pub article: ArticleId,
    /// What is coded there holds here too; this one is not coded apart.
    pub once: bool,
}

/// Which copies of its past a project keeps in its folder. The oldest go first where there are more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Backups {
    /// How many; none are made where it is 0.
    pub keep: u32,
    /// How large they may be together, in MB (a million bytes).
    pub megabytes: u32,
    /// How long the project was worked on since the last one, in minutes, before another is made.
    pub minutes: u32,
}

impl Default for Backups {
    fn default() -> Self {
        Self { keep: 10, megabytes: 200, minutes: 30 }
    }
}

/// A variable that the project's schema knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]

pub struct Variable {
    pub kind: VariableKind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VariableKind {
    Text,
    Number,
    YesNo,
    /// ISO 8601.
    Date,
    OneOf(Vec<String>),
}

/// The value of a variable or of a custom attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Text(String),
    Number(f64),
    YesNo(bool),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(t) => f.write_str(t),
            Self::Number(n) => write!(f, "{n}"),
            Self::YesNo(b) => f.write_str(if *b { "yes" } else { "no" }),
        }
    }
}

/// Something in a project that does not fit together. None of them makes a project unreadable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the text of article “{0}” is not the one that was coded (its hash differs)")]
    TextChanged(ArticleId),
    #[error("“{coder}” coded article “{article}”, which is not in the project")]
    ArticleMissing { coder: CoderId, article: ArticleId },
    #[error("“{0}” has codings but is not among the project's coders")]
    CoderMissing(CoderId),
    #[error("“{coder}” used the code “{code}” in “{article}”, which is not in the codebook")]
    CodeMissing { coder: CoderId, article: ArticleId, code: CodeId },
    #[error("annotation {annotation} by “{coder}” does not stand at its words in “{article}”")]
    Misplaced { coder: CoderId, article: ArticleId, annotation: AnnotationId },
    #[error("code “{code}” has the parent “{parent}”, which is not in the codebook")]
    ParentMissing { code: CodeId, parent: CodeId },
    #[error("code “{0}” is its own ancestor")]
    ParentLoop(CodeId),
}

impl Project {
    /// A project with nothing in it.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            id: Uuid::now_v7(),
            title: title.into(),
            coders: BTreeMap::new(),
            variables: BTreeMap::new(),
            settings: Settings::default(),
            codebook: Codebook::default(),
            articles: BTreeMap::new(),
            entities: BTreeMap::new(),
            codings: BTreeMap::new(),
        }
    }

    /// What a coder said of an article; `None` where nothing was said.
    pub fn coding(&self, coder: &CoderId, article: &ArticleId) -> Option<&Coding> {
        self.codings.get(&(coder.clone(), article.clone())).map(|c| &**c)
    }

    /// One annotation.
    pub fn annotation(&self, coder: &CoderId, article: &ArticleId, id: AnnotationId) -> Option<&Annotation> {
        self.coding(coder, article)?.annotations.get(&id).map(|a| &**a)
    }

    /// The article that stands for this one and all that are the same: itself, where none other does.
    pub fn stands_for<'a>(&'a self, article: &'a ArticleId) -> &'a ArticleId {
        match self.settings.same.get(article) {
            Some(same) if self.articles.contains_key(&same.article) && same.article != *article => &same.article,
            _ => article,
        }
    }

    /// Whether an article is coded by way of another one, because it is the same.
    pub fn is_coded_elsewhere(&self, article: &ArticleId) -> bool {
        self.settings.same.get(article).is_some_and(|same| same.once) && self.stands_for(article) != article
    }

    /// The articles that are the same as this one, or nearly, without itself.
    pub fn alike(&self, article: &ArticleId) -> Vec<ArticleId> {
        let head = self.stands_for(article);
        let others = self.settings.same.keys().filter(|id| self.articles.contains_key(*id));
        let group = std::iter::once(head).chain(others.filter(|id| self.stands_for(id) == head && *id != head));
        group.filter(|id| *id != article).cloned().collect()
    }

    /// Every annotation with who made it and where, coder by coder and article by article.
    pub fn annotations(&self) -> impl Iterator<Item = (&CoderId, &ArticleId, &Annotation)> {
        self.codings
            .iter()
            .flat_map(|((coder, article), coding)| coding.annotations.values().map(move |a| (coder, article, &**a)))
    }

    /// How many codings use each code, by all coders.
    pub fn code_counts(&self) -> BTreeMap<&CodeId, usize> {
        let mut counts = BTreeMap::new();
        for (_, _, annotation) in self.annotations() {
            if let Some(code) = annotation.tag.code() {
                *counts.entry(code).or_insert(0) += 1;
            }
        }
        counts
    }

    /// What does not fit together, in a stable order.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let loops = self.codebook.loops();
        for code in self.codebook.codes.values() {
            let Some(parent) = &code.parent else { continue };
            if !self.codebook.codes.contains_key(parent) {
                faults.push(Fault::ParentMissing { code: code.id.clone(), parent: parent.clone() });
            } else if loops.contains(&code.id) {
                faults.push(Fault::ParentLoop(code.id.clone()));
            }
        }
        for article in self.articles.values() {
            if Article::hash_of(&article.text) != article.hash {
                faults.push(Fault::TextChanged(article.id.clone()));
            }
        }
        let mut strangers = BTreeSet::new();
        for ((coder, article), coding) in &self.codings {
            if !self.coders.contains_key(coder) && strangers.insert(coder) {
                faults.push(Fault::CoderMissing(coder.clone()));
            }
            let Some(text) = self.articles.get(article).map(|a| &a.text) else {
                faults.push(Fault::ArticleMissing { coder: coder.clone(), article: article.clone() });
                continue;
            };
            let map = crate::text::OffsetMap::new(text.clone());
            for annotation in coding.annotations.values() {
                if let Some(code) = annotation.tag.code()
                    && !self.codebook.codes.contains_key(code)
                {
                    faults.push(Fault::CodeMissing {
                        coder: coder.clone(),
                        article: article.clone(),
                        code: code.clone(),
                    });
                }
                let placed = annotation.spans.len() == annotation.anchors.len()
                    && !annotation.spans.is_empty()
                    && annotation.spans.iter().zip(&annotation.anchors).all(|(s, a)| a.fits(&map, *s));
                if !placed {
                    faults.push(Fault::Misplaced {
                        coder: coder.clone(),
                        article: article.clone(),
                        annotation: annotation.id,
                    });
                }
            }
        }
        faults
    }
}
