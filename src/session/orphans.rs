//! Codings that had lost their words.

use super::{Session, SessionError};
use crate::edit::Edit;
use crate::model::{AnnotationId, ArticleId, Origin};
use crate::text::CharSpan;

impl Session {
    /// Puts a coding that had lost its words on stretches of the text as it is now.
    ///
    /// # Errors
    /// Where there is no such coding, a stretch is empty or does not fit, or as [`perform`](Session::perform).
    pub fn place_orphan(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        spans: Vec<CharSpan>,
    ) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        let document = self.document(article).ok_or(SessionError::NoAnnotation)?;
        let orphan = self.coding(article).and_then(|c| c.orphans.get(&id)).ok_or(SessionError::NoAnnotation)?;
        let mut annotation = orphan.clone();
        if !annotation.place(document.map(), spans) {
            return Err(SessionError::NothingSelected);
        }
        if let Origin::Accepted { edited, .. } = &mut annotation.origin {
            *edited = true;
        }
        annotation.changed = self.now();
        let put = Edit::Annotation { at: at.clone(), id, to: Some(Box::new(annotation)) };
        self.perform("Place a coding", Edit::Batch(vec![Edit::Orphan { at, id, to: None }, put]), None)
    }

    /// Gives up a coding that had lost its words, with the relations that hang on it.
    ///
    /// # Errors
    /// As [`place_orphan`](Self::place_orphan).
    pub fn delete_orphan(&mut self, article: &ArticleId, id: AnnotationId) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        self.coding(article).and_then(|c| c.orphans.get(&id)).ok_or(SessionError::NoAnnotation)?;
        let mut edits = self.unrelate_all(id);
        edits.push(Edit::Orphan { at, id, to: None });
        self.perform("Delete a coding that lost its words", Edit::Batch(edits), None)
    }
}
