//! Single annotations, put, moved and given other tags by their ids.

use super::{Session, SessionError};
use crate::edit::Edit;
use crate::model::{Annotation, AnnotationId, ArticleId, Tag};
use crate::text::{Anchor, CharSpan};

impl Session {
    /// Puts an annotation that [`new_annotation`](Self::new_annotation) made, in the name of the coder who codes.
    ///
    /// # Errors
    /// Where its id is taken, nobody codes, or as [`perform`](Session::perform).
    pub fn annotate(
        &mut self,
        article: &ArticleId,
        annotation: Annotation,
        label: impl Into<String>,
    ) -> Result<AnnotationId, SessionError> {
        let (at, joins) = self.desk(article)?;
        let id = annotation.id;
        self.check_free(id)?;
        let edit = Edit::Annotation { at, id, to: Some(Box::new(annotation)) };
        self.perform(label, Edit::Batch(joins.into_iter().chain([edit]).collect()), None)?;
        Ok(id)
    }

    /// Puts an annotation on other stretches of its article.
    ///
    /// # Errors
    /// Where it is gone, a stretch is empty or does not fit, or as [`perform`](Session::perform).
    pub fn place(&mut self, article: &ArticleId, id: AnnotationId, spans: Vec<CharSpan>) -> Result<(), SessionError> {
        let document = self.document(article).ok_or(SessionError::NoAnnotation)?;
        if spans.is_empty() || spans.iter().any(|s| s.is_empty() || Anchor::of(document.map(), *s).is_none()) {
            return Err(SessionError::NothingSelected);
        }
        self.change(article, id, "Move a coding", None, |a| {
            // What was just looked at fits.
            let _ = a.place(document.map(), spans);
        })
    }

    /// Gives an annotation another tag, of whichever layer.
    ///
    /// # Errors
    /// As [`change`](Session::change).
    pub fn retag(&mut self, article: &ArticleId, id: AnnotationId, tag: Tag) -> Result<(), SessionError> {
        if let Tag::Frame(code) = &tag {
            return self.recode(article, id, code);
        }
        self.change(article, id, format!("Mark as {}", tag.word()), None, |a| {
            a.tag = tag;
            a.code_revision = 0;
        })
    }

    /// An id that scripts give is nobody's yet.
    pub(super) fn check_free(&self, id: AnnotationId) -> Result<(), SessionError> {
        let taken =
            self.project.codings.values().any(|c| c.annotations.contains_key(&id) || c.orphans.contains_key(&id));
        if taken { Err(SessionError::IdTaken(id.to_string())) } else { Ok(()) }
    }
}
