//! What a coder does to spans.

use std::sync::Arc;

use super::{Session, SessionError};
use crate::detect::{Input, whose_words};
use crate::edit::{Edit, Group};
use crate::model::{
    Annotation, AnnotationId, ArticleId, Attributes, CodeId, Layer, Origin, PartKind, Party, Tag, Voice,
};
use crate::text::{CharOffset, CharSpan, Document};

/// An end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Start,
    End,
}

impl Session {
    /// Tags stretches of an article with a code. Voice, speaker and stance are taken from what detection knows of the
    /// place, for the coder to correct.
    ///
    /// # Errors
    /// Where nothing is selected, nobody codes, or as [`perform`](Session::perform).
    pub fn code(
        &mut self,
        article: &ArticleId,
        spans: Vec<CharSpan>,
        code: &CodeId,
    ) -> Result<AnnotationId, SessionError> {
        let name = self.project.codebook.get(code).map_or("", |c| &c.name).to_owned();
        self.mark(article, spans, Tag::Frame(code.clone()), format!("Code “{name}”"))
    }

    /// Tags stretches on any layer.
    ///
    /// # Errors
    /// As [`code`](Self::code).
    pub fn mark(
        &mut self,
        article: &ArticleId,
        spans: Vec<CharSpan>,
        tag: Tag,
        label: impl Into<String>,
    ) -> Result<AnnotationId, SessionError> {
        let mut annotation = self.new_annotation(article, spans, tag)?;
        if annotation.tag.layer() == Layer::Frame {
            annotation.attributes = self.whose_words(article, annotation.hull());
        }
        self.annotate(article, annotation, label)
    }

    /// An annotation as it would begin, not yet in the project: [`annotate`](Self::annotate) puts it there.
    ///
    /// # Errors
    /// Where a stretch is empty or does not fit.
    pub fn new_annotation(
        &mut self,
        article: &ArticleId,
        spans: Vec<CharSpan>,
        tag: Tag,
    ) -> Result<Annotation, SessionError> {
        let document = self.document(article).ok_or(SessionError::NothingSelected)?;
        let now = self.now();
        let revision = tag.code().and_then(|c| self.project.codebook.get(c)).map_or(0, |c| c.revision);
        let mut annotation = Annotation {
            id: AnnotationId::new(),
            tag,
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes: Attributes::default(),
            memo: String::new(),
            origin: Origin::Hand,
            code_revision: revision,
            created: now,
            changed: now,
        };
        if annotation.place(document.map(), spans) { Ok(annotation) } else { Err(SessionError::NothingSelected) }
    }

    /// Whose words a stretch is in, as far as detection knows.
    pub fn whose_words(&self, article: &ArticleId, span: CharSpan) -> Attributes {
        let mut attributes = Attributes::default();
        let Some(owner) = self.article(article) else { return attributes };
        let headline = owner.part_at(span.start) == Some(PartKind::Headline);
        let Some(found) = self.known_findings(article).map(|d| &d.findings) else {
            attributes.voice = headline.then_some(Voice::Headline);
            return attributes;
        };
        let kept = self.documents.iter().map(|(_, d)| d).find(|d| Arc::ptr_eq(d.map().text(), &owner.text)).cloned();
        let document = kept.unwrap_or_else(|| Arc::new(Document::new(owner.text.clone())));
        let whose = whose_words(Input { document: &document, parts: &owner.parts }, found, span);
        attributes.voice = Some(whose.voice);
        attributes.speaker = whose.speaker.as_deref().and_then(Party::named);
        attributes.stance = whose.stance;
        attributes.negated = whose.negated;
        attributes
    }

    /// Changes one annotation of the coder who codes.
    ///
    /// # Errors
    /// Where it is gone, or as [`perform`](Session::perform).
    pub fn change(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        label: impl Into<String>,
        group: Option<Group>,
        change: impl FnOnce(&mut Annotation),
    ) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        let old = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?;
        let mut annotation = old.clone();
        change(&mut annotation);
        if annotation == *old {
            return Ok(());
        }
        if let Origin::Accepted { edited, .. } = &mut annotation.origin {
            *edited = true;
        }
        annotation.changed = self.now();
        self.perform(label, Edit::Annotation { at, id, to: Some(Box::new(annotation)) }, group)
    }

    /// Gives an annotation another code.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub fn recode(&mut self, article: &ArticleId, id: AnnotationId, code: &CodeId) -> Result<(), SessionError> {
        let revision = self.project.codebook.get(code).map_or(0, |c| c.revision);
        let name = self.project.codebook.get(code).map_or("", |c| &c.name).to_owned();
        self.change(article, id, format!("Recode as “{name}”"), None, |a| {
            a.tag = Tag::Frame(code.clone());
            a.code_revision = revision;
        })
    }

    /// Moves one end of an annotation to `to`; of a discontinuous one, the outer end. An end is never moved past the
    /// other one.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub fn move_end(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        end: Ends,
        to: CharOffset,
    ) -> Result<(), SessionError> {
        let document = self.document(article).ok_or(SessionError::NoAnnotation)?;
        let mut spans = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?.spans.clone();
        let reached = match end {
            Ends::Start => spans.first_mut().map(|s| s.start = to.min(s.end.saturating_sub(1))),
            Ends::End => spans.last_mut().map(|s| s.end = to.max(s.start + 1).min(document.map().char_len())),
        };
        reached.ok_or(SessionError::NoAnnotation)?;
        self.change(article, id, "Move an end", Some(Group::Ends(id)), |a| {
            // Ends that fit no text leave the annotation as it is.
            let _ = a.place(document.map(), spans);
        })
    }

    /// Takes an annotation away, with the relations that hang on it.
    ///
    /// # Errors
    /// Where it is gone, or as [`perform`](Session::perform).
    pub fn remove(&mut self, article: &ArticleId, id: AnnotationId) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        let annotation = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?;
        let label = format!("Delete the coding of “{}”", shorten(&annotation.words()));
        let mut edits = self.unrelate_all(id);
        edits.push(Edit::Annotation { at, id, to: None });
        self.perform(label, Edit::Batch(edits), None)
    }
}

/// At most 40 code points of a text, for a menu.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
