//! Floor 2: the closed set of changes, each with its inverse, and the history of what was done.

mod compose;
mod difference;
mod history;
pub mod merge;
mod retext;
mod slot;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{
    Annotation, AnnotationId, Article, ArticleId, Code, CodeId, Coder, CoderId, Coding, Decision, DocumentCoding,
    Entity, EntityId, Metadata, NothingFound, Project, Relation, RelationId, Settings, Suggested, Tag, Variable,
};
use crate::text::CharSpan;

pub use compose::{delete_code, move_code, put_code};
pub use difference::difference;
pub use history::{Group, History, Step};
pub use retext::{Moved, Retexted, Told, retext};
pub use slot::Slot;

/// One change of a project: the slot that is meant, and what stands in it from now on (`None`: nothing). The inverse
/// of an edit is the same slot with what stood there before, so applying an edit twice is the same as once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    Title(String),
    Settings(Settings),
    Variable {
        name: String,
        to: Option<Variable>,
    },
    Coder {
        id: CoderId,
        to: Option<Coder>,
    },
    Code {
        id: CodeId,
        to: Option<Box<Code>>,
    },
    Entity {
        id: EntityId,
        to: Option<Box<Entity>>,
    },
    Article {
        id: ArticleId,
        to: Option<Arc<Article>>,
    },
    Metadata {
        article: ArticleId,
        to: Box<Metadata>,
    },
    Annotation {
        at: Desk,
        id: AnnotationId,
        to: Option<Box<Annotation>>,
    },
    /// An annotation whose words are not in the text any more.
    Orphan {
        at: Desk,
        id: AnnotationId,
        to: Option<Box<Annotation>>,
    },
    Relation {
        at: Desk,
        id: RelationId,
        to: Option<Box<Relation>>,
    },
    Document {
        at: Desk,
        to: Box<DocumentCoding>,
    },
    NothingFound {
        at: Desk,
        what: NothingFound,
        present: bool,
    },
    Decision {
        at: Desk,
        about: Suggested,
        to: Option<Box<Decision>>,
    },
    /// All of them in order, or none.
    Batch(Vec<Self>),
}

/// Whose work on which article.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Desk {
    pub coder: CoderId,
    pub article: ArticleId,
}

/// A part of the project that is kept in files of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Touched {
    Project,
    Codebook,
    Entities,
    Article(ArticleId),
    Coding(CoderId, ArticleId),
}

/// Why an edit was refused. The project is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("there is no article “{0}” in this project")]
    NoArticle(ArticleId),
    #[error("there is no coder “{0}” in this project")]
    NoCoder(CoderId),
    #[error("there is no code “{0}” in the codebook")]
    NoCode(CodeId),
    #[error("the stretch {0} does not fit the article's text")]
    NoSuchStretch(CharSpan),
    #[error("an annotation needs at least one stretch, in order, and the words of each")]
    Shapeless,
    #[error("the code “{0}” is in use: {1} codings or codes below it")]
    CodeInUse(String, usize),
    #[error("the article “{0}” has codings")]
    ArticleInUse(ArticleId),
    #[error("the coder “{0}” has codings")]
    CoderInUse(CoderId),
    #[error("“{0}” cannot stand below itself")]
    Loop(String),
    #[error("the id of what is put ({put}) is not the id of its place ({place})")]
    WrongId { place: String, put: String },
}

/// What is asked of an edit before it changes anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Check {
    Nothing,
    /// What is taken away is not in use.
    InUse,
    /// And what is put is sound.
    All,
}

impl Edit {
    /// Changes the project and returns the edit that changes it back.
    ///
    /// # Errors
    /// Says why the edit does not fit the project, which is then unchanged.
    pub fn apply(self, project: &mut Project) -> Result<Self, EditError> {
        self.change(project, Check::All)
    }

    /// Does again what was done once already, whatever of it the project holds by now: nothing is checked, and what
    /// has no place (the metadata of an article that is gone) is passed over. After all edits of a row were replayed
    /// in order, the project is as it was after the last of them, from whichever state within the row each file
    /// began.
    pub fn replay(self, project: &mut Project) {
        match self {
            Self::Batch(edits) => edits.into_iter().for_each(|edit| edit.replay(project)),
            one => {
                // Without checks, only what has no place fails.
                let _ = one.change(project, Check::Nothing);
            }
        }
    }

    /// Changes back what an edit changed: as [`apply`](Self::apply), but what is put need not be sound. A project may
    /// hold faults (a coding whose code is gone); who deletes one of those and thinks again gets it back.
    ///
    /// # Errors
    /// Where what is to be taken away came into use since, or the coder or article is gone.
    pub fn restore(self, project: &mut Project) -> Result<Self, EditError> {
        self.change(project, Check::InUse)
    }

    fn change(self, project: &mut Project, check: Check) -> Result<Self, EditError> {
        match self {
            Self::Title(title) => Ok(Self::Title(std::mem::replace(&mut project.title, title))),
            Self::Settings(s) => Ok(Self::Settings(std::mem::replace(&mut project.settings, s))),
            Self::Variable { name, to } => {
                let old = swap(&mut project.variables, &name, to);
                Ok(Self::Variable { name, to: old })
            }
            Self::Coder { id, to } => {
                same_id(&id, to.as_ref().map(|c| &c.id))?;
                if check >= Check::InUse && to.is_none() && project.codings.keys().any(|(coder, _)| *coder == id) {
                    return Err(EditError::CoderInUse(id));
                }
                let old = swap(&mut project.coders, &id, to);
                Ok(Self::Coder { id, to: old })
            }
            Self::Code { id, to } => {
                same_id(&id, to.as_ref().map(|c| &c.id))?;
                match &to {
                    Some(code) if check == Check::All => check_code(project, code)?,
                    None if check >= Check::InUse => check_unused(project, &id)?,
                    _ => {}
                }
                let old = swap(&mut project.codebook.codes, &id, to.map(|c| *c)).map(Box::new);
                Ok(Self::Code { id, to: old })
            }
            Self::Entity { id, to } => {
                same_id(&id, to.as_ref().map(|e| &e.id))?;
                let old = swap(&mut project.entities, &id, to.map(|e| *e)).map(Box::new);
                Ok(Self::Entity { id, to: old })
            }
            Self::Article { id, to } => {
                same_id(&id, to.as_ref().map(|a| &a.id))?;
                let text_goes = match (&to, project.articles.get(&id)) {
                    (Some(new), Some(old)) => new.text != old.text,
                    (None, _) => true,
                    _ => false,
                };
                if check >= Check::InUse && text_goes && is_coded(project, &id, to.is_some()) {
                    return Err(EditError::ArticleInUse(id));
                }
                let old = swap(&mut project.articles, &id, to);
                Ok(Self::Article { id, to: old })
            }
            Self::Metadata { article, to } => match project.articles.get_mut(&article) {
                Some(a) => {
                    let old = std::mem::replace(&mut Arc::make_mut(a).metadata, *to);
                    Ok(Self::Metadata { article, to: Box::new(old) })
                }
                None => Err(EditError::NoArticle(article)),
            },
            Self::Annotation { at, id, to } => {
                if let Some(annotation) = &to {
                    same_id(&id, Some(&annotation.id))?;
                    if check == Check::All {
                        check_annotation(project, &at, annotation)?;
                    }
                }
                let old = on_desk(project, &at, check, |c| swap(&mut c.annotations, &id, to.map(|a| Arc::new(*a))))?;
                Ok(Self::Annotation { at, id, to: old.map(|a| Box::new(Arc::unwrap_or_clone(a))) })
            }
            Self::Orphan { at, id, to } => {
                same_id(&id, to.as_ref().map(|a| &a.id))?;
                let old = on_desk(project, &at, check, |c| swap(&mut c.orphans, &id, to.map(|a| Arc::new(*a))))?;
                Ok(Self::Orphan { at, id, to: old.map(|a| Box::new(Arc::unwrap_or_clone(a))) })
            }
            Self::Relation { at, id, to } => {
                same_id(&id, to.as_ref().map(|r| &r.id))?;
                let old = on_desk(project, &at, check, |c| swap(&mut c.relations, &id, to.map(|r| *r)))?;
                Ok(Self::Relation { at, id, to: old.map(Box::new) })
            }
            Self::Document { at, to } => {
                if check == Check::All
                    && let Some(code) =
                        to.codes.iter().chain(&to.primary).find(|code| project.codebook.get(code).is_none())
                {
                    return Err(EditError::NoCode(code.clone()));
                }
                let old = on_desk(project, &at, check, |c| std::mem::replace(&mut c.document, *to))?;
                Ok(Self::Document { at, to: Box::new(old) })
            }
            Self::NothingFound { at, what, present } => {
                if present
                    && check == Check::All
                    && let (Some(span), Some(article)) = (what.span, project.articles.get(&at.article))
                    && (span.is_empty() || span.end > article.end)
                {
                    return Err(EditError::NoSuchStretch(span));
                }
                let was = on_desk(project, &at, check, |c| {
                    if present { !c.nothing_found.insert(what) } else { c.nothing_found.remove(&what) }
                })?;
                Ok(Self::NothingFound { at, what, present: was })
            }
            Self::Decision { at, about, to } => {
                let old = on_desk(project, &at, check, |c| swap(&mut c.decisions, &about, to.map(|d| *d)))?;
                Ok(Self::Decision { at, about, to: old.map(Box::new) })
            }
            Self::Batch(edits) => {
                let mut inverses = Vec::with_capacity(edits.len());
                for edit in edits {
                    match edit.change(project, check) {
                        Ok(inverse) => inverses.push(inverse),
                        Err(error) => {
                            for inverse in inverses.into_iter().rev() {
                                // Backwards over what was just done, nothing can be missing.
                                let undone = inverse.change(project, Check::Nothing);
                                debug_assert!(undone.is_ok(), "{undone:?}");
                            }
                            return Err(error);
                        }
                    }
                }
                inverses.reverse();
                Ok(Self::Batch(inverses))
            }
        }
    }

    /// The files that the edit changes.
    pub fn touches(&self) -> BTreeSet<Touched> {
        let mut out = BTreeSet::new();
        self.add_touched(&mut out);
        out
    }

    fn add_touched(&self, out: &mut BTreeSet<Touched>) {
        match self {
            Self::Title(_) | Self::Settings(_) | Self::Variable { .. } | Self::Coder { .. } => {
                out.insert(Touched::Project);
            }
            Self::Code { .. } => {
                out.insert(Touched::Codebook);
            }
            Self::Entity { .. } => {
                out.insert(Touched::Entities);
            }
            Self::Article { id, .. } | Self::Metadata { article: id, .. } => {
                out.insert(Touched::Article(id.clone()));
            }
            Self::Annotation { at, .. }
            | Self::Orphan { at, .. }
            | Self::Relation { at, .. }
            | Self::Document { at, .. }
            | Self::NothingFound { at, .. }
            | Self::Decision { at, .. } => {
                out.insert(Touched::Coding(at.coder.clone(), at.article.clone()));
            }
            Self::Batch(edits) => edits.iter().for_each(|e| e.add_touched(out)),
        }
    }
}

/// Puts `to` in a map's slot and returns what was there.
fn swap<K: Ord + Clone, V>(map: &mut std::collections::BTreeMap<K, V>, key: &K, to: Option<V>) -> Option<V> {
    match to {
        Some(value) => map.insert(key.clone(), value),
        None => map.remove(key),
    }
}

fn same_id<T: PartialEq + ToString>(place: &T, put: Option<&T>) -> Result<(), EditError> {
    match put {
        Some(put) if put != place => Err(EditError::WrongId { place: place.to_string(), put: put.to_string() }),
        _ => Ok(()),
    }
}

/// Whether somebody's work hangs on an article's text; where the article stays and only its text changes, work that
/// says nothing of any passage does not.
fn is_coded(project: &Project, id: &ArticleId, stays: bool) -> bool {
    let placed = |c: &Coding| {
        !c.annotations.is_empty() || !c.decisions.is_empty() || c.nothing_found.iter().any(|n| n.span.is_some())
    };
    project.codings.iter().any(|((_, article), coding)| article == id && (!stays || placed(coding)))
}

fn check_code(project: &Project, code: &Code) -> Result<(), EditError> {
    let book = &project.codebook;
    match &code.parent {
        Some(parent) if book.with_descendants(&code.id).contains(parent) => Err(EditError::Loop(code.name.clone())),
        Some(parent) if book.get(parent).is_none() => Err(EditError::NoCode(parent.clone())),
        _ => Ok(()),
    }
}

fn check_unused(project: &Project, id: &CodeId) -> Result<(), EditError> {
    let Some(code) = project.codebook.get(id) else { return Ok(()) };
    let below = project.codebook.codes.values().filter(|c| c.parent.as_ref() == Some(id)).count();
    let documents = project.codings.values().map(|c| &c.document);
    let whole = documents.filter(|d| d.primary.as_ref() == Some(id) || d.codes.contains(id)).count();
    match project.code_counts().get(id).copied().unwrap_or(0) + below + whole {
        0 => Ok(()),
        users => Err(EditError::CodeInUse(code.name.clone(), users)),
    }
}

fn check_annotation(project: &Project, at: &Desk, annotation: &Annotation) -> Result<(), EditError> {
    let Some(article) = project.articles.get(&at.article) else {
        return Err(EditError::NoArticle(at.article.clone()));
    };
    if annotation.spans.is_empty() || annotation.spans.len() != annotation.anchors.len() {
        return Err(EditError::Shapeless);
    }
    let mut last: Option<CharSpan> = None;
    for span in &annotation.spans {
        if span.is_empty() || span.end > article.end {
            return Err(EditError::NoSuchStretch(*span));
        }
        if last.is_some_and(|l| span.start <= l.end) {
            return Err(EditError::Shapeless);
        }
        last = Some(*span);
    }
    match &annotation.tag {
        Tag::Frame(code) if !project.codebook.codes.contains_key(code) => Err(EditError::NoCode(code.clone())),
        _ => Ok(()),
    }
}

/// Changes one coder's work on one article. Work that becomes empty leaves the project, so that undoing the first
/// coding leaves no trace.
fn on_desk<T>(
    project: &mut Project,
    at: &Desk,
    check: Check,
    change: impl FnOnce(&mut Coding) -> T,
) -> Result<T, EditError> {
    if check > Check::Nothing && !project.coders.contains_key(&at.coder) {
        return Err(EditError::NoCoder(at.coder.clone()));
    }
    if check > Check::Nothing && !project.articles.contains_key(&at.article) {
        return Err(EditError::NoArticle(at.article.clone()));
    }
    let key = (at.coder.clone(), at.article.clone());
    let coding = project.codings.entry(key.clone()).or_default();
    let old = change(Arc::make_mut(coding));
    if coding.is_empty() {
        project.codings.remove(&key);
    }
    Ok(old)
}
