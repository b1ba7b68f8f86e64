//! Lines from annotation to annotation, and from annotations to the register of names.

use super::{Session, SessionError};
use crate::edit::{Desk, Edit};
use crate::model::{AnnotationId, ArticleId, Relation, RelationEnd, RelationId};

impl Session {
    /// Draws a relation that begins at one of the coder's annotations on `article`. It may end at any of the coder's
    /// annotations, or at a name of the register.
    ///
    /// # Errors
    /// Where its id is taken, an end is not there, or as [`perform`](Session::perform).
    pub fn relate(&mut self, article: &ArticleId, mut relation: Relation) -> Result<RelationId, SessionError> {
        let (at, _) = self.desk(article)?;
        relation.kind = relation.kind.trim().to_owned();
        if relation.kind.is_empty() {
            return Err(SessionError::Nameless("relation"));
        }
        if self.project.codings.values().any(|c| c.relations.contains_key(&relation.id)) {
            return Err(SessionError::IdTaken(relation.id.to_string()));
        }
        self.annotation(article, relation.from).ok_or(SessionError::NoAnnotation)?;
        match relation.to {
            RelationEnd::Annotation(to) => {
                let mine = self.project.codings.iter().filter(|((coder, _), _)| *coder == at.coder);
                if !mine.into_iter().any(|(_, c)| c.annotations.contains_key(&to)) {
                    return Err(SessionError::NoAnnotation);
                }
            }
            RelationEnd::Entity(to) => {
                if !self.project.entities.contains_key(&to) {
                    return Err(SessionError::Missing { what: "name", name: to.to_string() });
                }
            }
        }
        let id = relation.id;
        let label = format!("Relate: {}", relation.kind);
        self.perform(label, Edit::Relation { at, id, to: Some(Box::new(relation)) }, None)?;
        Ok(id)
    }

    /// Takes a relation away.
    ///
    /// # Errors
    /// Where it is not there, or as [`perform`](Session::perform).
    pub fn unrelate(&mut self, article: &ArticleId, id: RelationId) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        if self.coding(article).is_none_or(|c| !c.relations.contains_key(&id)) {
            return Err(SessionError::Missing { what: "relation", name: id.to_string() });
        }
        self.perform("Delete a relation", Edit::Relation { at, id, to: None }, None)
    }

    /// The edits that take away every relation that hangs on an annotation.
    pub(super) fn unrelate_all(&self, id: AnnotationId) -> Vec<Edit> {
        let mut edits = Vec::new();
        for ((coder, article), coding) in &self.project.codings {
            let hangs = |r: &&Relation| r.from == id || r.to == RelationEnd::Annotation(id);
            edits.extend(coding.relations.values().filter(hangs).map(|relation| Edit::Relation {
                at: Desk { coder: coder.clone(), article: article.clone() },
                id: relation.id,
                to: None,
            }));
        }
        edits
    }
}
