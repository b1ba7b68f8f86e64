//! Which place of a project an edit fills, and what stands there.

use super::{Desk, Edit};
use crate::model::{
    AnnotationId, ArticleId, CodeId, CoderId, Coding, EntityId, NothingFound, Project, RelationId, Suggested,
};

/// A place in a project that holds one value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    Title,
    Settings,
    Variable(String),
    Coder(CoderId),
    Code(CodeId),
    Entity(EntityId),
    Article(ArticleId),
    Metadata(ArticleId),
    Annotation(Desk, AnnotationId),
    Orphan(Desk, AnnotationId),
    Relation(Desk, RelationId),
    Document(Desk),
    NothingFound(Desk, NothingFound),
    Decision(Desk, Suggested),
}

impl Edit {
    /// The edits of one slot each that this one is made of, in order.
    pub fn flat(self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut open = vec![self];
        while let Some(edit) = open.pop() {
            match edit {
                Self::Batch(edits) => open.extend(edits.into_iter().rev()),
                one => out.push(one),
            }
        }
        out
    }

    /// What stands in the edit's slots before it is done: the edit that would put it back, made without doing anything.
    pub fn found(&self, project: &Project) -> Self {
        let mut slots = std::collections::BTreeSet::new();
        let mut open = vec![self];
        while let Some(edit) = open.pop() {
            match edit {
                Self::Batch(edits) => open.extend(edits),
                one => slots.extend(one.slot()),
            }
        }
        let mut edits: Vec<_> = slots.iter().filter_map(|slot| slot.in_project(project)).collect();
        match edits.pop() {
            Some(only) if edits.is_empty() => only,
            last => Self::Batch(edits.into_iter().chain(last).collect()),
        }
    }

    /// The place that an edit of one slot fills; `None` for a batch.
    pub fn slot(&self) -> Option<Slot> {
        Some(match self {
            Self::Title(_) => Slot::Title,
            Self::Settings(_) => Slot::Settings,
            Self::Variable { name, .. } => Slot::Variable(name.clone()),
            Self::Coder { id, .. } => Slot::Coder(id.clone()),
            Self::Code { id, .. } => Slot::Code(id.clone()),
            Self::Entity { id, .. } => Slot::Entity(*id),
            Self::Article { id, .. } => Slot::Article(id.clone()),
            Self::Metadata { article, .. } => Slot::Metadata(article.clone()),
            Self::Annotation { at, id, .. } => Slot::Annotation(at.clone(), *id),
            Self::Orphan { at, id, .. } => Slot::Orphan(at.clone(), *id),
            Self::Relation { at, id, .. } => Slot::Relation(at.clone(), *id),
            Self::Document { at, .. } => Slot::Document(at.clone()),
            Self::NothingFound { at, what, .. } => Slot::NothingFound(at.clone(), *what),
            Self::Decision { at, about, .. } => Slot::Decision(at.clone(), about.clone()),
            Self::Batch(_) => return None,
        })
    }
}

impl Slot {
    /// The edit that would put what stands here now. `None` for the metadata of an article that is not there.
    pub fn in_project(&self, project: &Project) -> Option<Edit> {
        let at_desk = |at: &Desk| project.coding(&at.coder, &at.article);
        fn boxed<T: Clone>(value: Option<&T>) -> Option<Box<T>> {
            value.cloned().map(Box::new)
        }
        Some(match self {
            Self::Title => Edit::Title(project.title.clone()),
            Self::Settings => Edit::Settings(project.settings.clone()),
            Self::Variable(name) => Edit::Variable { name: name.clone(), to: project.variables.get(name).cloned() },
            Self::Coder(id) => Edit::Coder { id: id.clone(), to: project.coders.get(id).cloned() },
            Self::Code(id) => Edit::Code { id: id.clone(), to: boxed(project.codebook.get(id)) },
            Self::Entity(id) => Edit::Entity { id: *id, to: boxed(project.entities.get(id)) },
            Self::Article(id) => Edit::Article { id: id.clone(), to: project.articles.get(id).cloned() },
            Self::Metadata(id) => {
                Edit::Metadata { article: id.clone(), to: Box::new(project.articles.get(id)?.metadata.clone()) }
            }
            Self::Annotation(at, id) => {
                let to = boxed(at_desk(at).and_then(|c| c.annotations.get(id)).map(|a| &**a));
                Edit::Annotation { at: at.clone(), id: *id, to }
            }
            Self::Orphan(at, id) => {
                let to = boxed(at_desk(at).and_then(|c| c.orphans.get(id)).map(|a| &**a));
                Edit::Orphan { at: at.clone(), id: *id, to }
            }
            Self::Relation(at, id) => {
                let to = boxed(at_desk(at).and_then(|c| c.relations.get(id)));
                Edit::Relation { at: at.clone(), id: *id, to }
            }
            Self::Document(at) => {
                let to = Box::new(at_desk(at).map(|c| c.document.clone()).unwrap_or_default());
                Edit::Document { at: at.clone(), to }
            }
            Self::NothingFound(at, what) => {
                let present = at_desk(at).is_some_and(|c: &Coding| c.nothing_found.contains(what));
                Edit::NothingFound { at: at.clone(), what: *what, present }
            }
            Self::Decision(at, about) => {
                let to = boxed(at_desk(at).and_then(|c| c.decisions.get(about)));
                Edit::Decision { at: at.clone(), about: about.clone(), to }
            }
        })
    }

    /// Every slot of a project that is filled, each once; an article's metadata is part of its slot.
    pub fn all(project: &Project) -> Vec<Self> {
        let mut all = vec![Self::Title, Self::Settings];
        all.extend(project.variables.keys().cloned().map(Self::Variable));
        all.extend(project.coders.keys().cloned().map(Self::Coder));
        all.extend(project.codebook.codes.keys().cloned().map(Self::Code));
        all.extend(project.entities.keys().copied().map(Self::Entity));
        all.extend(project.articles.keys().cloned().map(Self::Article));
        for ((coder, article), coding) in &project.codings {
            let at = Desk { coder: coder.clone(), article: article.clone() };
            all.extend(coding.annotations.keys().map(|id| Self::Annotation(at.clone(), *id)));
            all.extend(coding.orphans.keys().map(|id| Self::Orphan(at.clone(), *id)));
            all.extend(coding.relations.keys().map(|id| Self::Relation(at.clone(), *id)));
            all.extend(coding.nothing_found.iter().map(|what| Self::NothingFound(at.clone(), *what)));
            all.extend(coding.decisions.keys().map(|about| Self::Decision(at.clone(), about.clone())));
            all.push(Self::Document(at));
        }
        all
    }
}
