//! What a coder does to codings that are there: cut them, join them, put another code on the same words, add a stretch.

use super::{Session, SessionError};
use crate::edit::Edit;
use crate::model::{Annotation, AnnotationId, ArticleId, CodeId, Origin, RelationEnd, Tag};
use crate::text::{CharOffset, CharSpan};

impl Session {
    /// Cuts a coding in two at a position; white space there belongs to neither. What is said of the coding is said of
    /// both; its memo and its relations stay with the first. Gives the second.
    ///
    /// # Errors
    /// Where nothing of the coding would be left on one side, or as [`change`](Session::change).
    pub fn split(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        at: CharOffset,
    ) -> Result<AnnotationId, SessionError> {
        let document = self.document(article).ok_or(SessionError::NoAnnotation)?;
        let (desk, _) = self.desk(article)?;
        let old = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?;
        let whole = |side: CharSpan| -> Vec<CharSpan> {
            let stretches = old.spans.iter().filter_map(|s| s.intersection(side));
            stretches.filter_map(|s| trimmed(document.map().slice(s)?, s)).collect()
        };
        let (left, right) =
            (whole(CharSpan::new(CharOffset::ZERO, at)), whole(CharSpan::new(at, document.map().char_len())));
        let now = self.now();
        let (mut first, mut second) = (old.clone(), old.clone());
        if !first.place(document.map(), left) || !second.place(document.map(), right) {
            return Err(SessionError::NotInside);
        }
        second.id = AnnotationId::new();
        second.memo = String::new();
        for part in [&mut first, &mut second] {
            part.changed = now;
            if let Origin::Accepted { edited, .. } = &mut part.origin {
                *edited = true;
            }
        }
        let new = second.id;
        let label = format!("Cut the coding of “{}”", super::shorten(&old.words()));
        let put = |a: Annotation| Edit::Annotation { at: desk.clone(), id: a.id, to: Some(Box::new(a)) };
        let edits = vec![put(first), put(second)];
        self.perform(label, Edit::Batch(edits), None)?;
        Ok(new)
    }

    /// Joins a coding with another one that says the same: one coding on all their words, with both memos, and with
    /// the relations of both. Attributes are those of `id`, and the other's where `id` has none.
    ///
    /// # Errors
    /// Where the two do not carry the same code or kind, or as [`change`](Session::change).
    pub fn join(&mut self, article: &ArticleId, id: AnnotationId, other: AnnotationId) -> Result<(), SessionError> {
        let document = self.document(article).ok_or(SessionError::NoAnnotation)?;
        let (desk, _) = self.desk(article)?;
        let mut kept = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?.clone();
        let gone = self.annotation(article, other).ok_or(SessionError::NoAnnotation)?.clone();
        if id == other || kept.tag != gone.tag {
            return Err(SessionError::NothingToJoin);
        }
        let mut spans = kept.spans.clone();
        spans.extend(&gone.spans);
        spans.sort();
        // Words that only white space parts are one stretch.
        let mut joined: Vec<CharSpan> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last)
                    if span.start <= last.end
                        || document
                            .map()
                            .slice(CharSpan::new(last.end, span.start))
                            .is_some_and(|gap| gap.chars().all(char::is_whitespace) && !gap.contains('\n')) =>
                {
                    *last = last.hull(span);
                }
                _ => joined.push(span),
            }
        }
        if !kept.place(document.map(), joined) {
            return Err(SessionError::NothingToJoin);
        }
        if !gone.memo.trim().is_empty() {
            kept.memo =
                if kept.memo.trim().is_empty() { gone.memo.clone() } else { format!("{}\n{}", kept.memo, gone.memo) };
        }
        let (a, b) = (&mut kept.attributes, gone.attributes);
        a.voice = a.voice.or(b.voice);
        a.speaker = a.speaker.take().or(b.speaker);
        a.target = a.target.take().or(b.target);
        a.stance = a.stance.or(b.stance);
        a.intensity = a.intensity.or(b.intensity);
        a.certainty = a.certainty.or(b.certainty);
        for (name, value) in b.custom {
            a.custom.entry(name).or_insert(value);
        }
        kept.changed = self.now();
        if let Origin::Accepted { edited, .. } = &mut kept.origin {
            *edited = true;
        }
        let label = format!("Join codings: “{}”", super::shorten(&kept.words()));
        let mut edits = self.relate_instead(other, id);
        edits.push(Edit::Annotation { at: desk.clone(), id: other, to: None });
        edits.push(Edit::Annotation { at: desk, id, to: Some(Box::new(kept)) });
        self.perform(label, Edit::Batch(edits), None)
    }

    /// The coder's coding that says the same as another one and lies nearest to it in the text: what
    /// [`join`](Self::join) would take.
    pub fn joinable(&self, article: &ArticleId, id: AnnotationId) -> Option<AnnotationId> {
        let one = self.annotation(article, id)?;
        let hull = one.hull();
        let apart = |a: &Annotation| {
            let other = a.hull();
            if other.overlaps(hull) {
                0
            } else {
                (other.start.0.abs_diff(hull.end.0)).min(hull.start.0.abs_diff(other.end.0))
            }
        };
        let others = self.coding(article)?.annotations.values().filter(|a| a.id != id && a.tag == one.tag);
        others.min_by_key(|a| (apart(a), a.hull().start < hull.start, a.id)).map(|a| a.id)
    }

    /// Puts another code on the same words, with what is said of them. Gives the new coding.
    ///
    /// # Errors
    /// Where the words carry that code already, or as [`annotate`](Session::annotate).
    pub fn code_too(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        code: &CodeId,
    ) -> Result<AnnotationId, SessionError> {
        let old = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?.clone();
        let tag = Tag::Frame(code.clone());
        let name = self.project.codebook.get(code).map_or("", |c| &c.name).to_owned();
        let same = |a: &Annotation| a.spans == old.spans && a.tag == tag;
        if self.coding(article).is_some_and(|c| c.annotations.values().any(|a| same(a))) {
            return Err(SessionError::CodedAlready(name));
        }
        let mut new = self.new_annotation(article, old.spans.clone(), tag)?;
        new.attributes = old.attributes;
        self.annotate(article, new, format!("Code “{name}” as well"))
    }

    /// Adds a stretch to a coding, which may lie anywhere in the article.
    ///
    /// # Errors
    /// Where the stretch is empty, or as [`place`](Session::place).
    pub fn add_stretch(&mut self, article: &ArticleId, id: AnnotationId, span: CharSpan) -> Result<(), SessionError> {
        let mut spans = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?.spans.clone();
        spans.push(span);
        self.place(article, id, spans)
    }

    /// Takes the stretch at a position from a coding of several.
    ///
    /// # Errors
    /// Where it has one only, or none there, or as [`place`](Session::place).
    pub fn drop_stretch(&mut self, article: &ArticleId, id: AnnotationId, at: CharOffset) -> Result<(), SessionError> {
        let mut spans = self.annotation(article, id).ok_or(SessionError::NoAnnotation)?.spans.clone();
        let here = spans.iter().position(|s| s.start <= at && at <= s.end);
        match here {
            Some(n) if spans.len() > 1 => {
                spans.remove(n);
                self.place(article, id, spans)
            }
            _ => Err(SessionError::NotInside),
        }
    }

    /// The edits that let relations of one annotation hang on another one. A relation that would go from an annotation
    /// to itself is taken away.
    fn relate_instead(&self, old: AnnotationId, new: AnnotationId) -> Vec<Edit> {
        let mut edits = Vec::new();
        for ((coder, article), coding) in &self.project.codings {
            for relation in coding.relations.values() {
                let mut moved = relation.clone();
                if moved.from == old {
                    moved.from = new;
                }
                if moved.to == RelationEnd::Annotation(old) {
                    moved.to = RelationEnd::Annotation(new);
                }
                if moved != *relation {
                    let at = crate::edit::Desk { coder: coder.clone(), article: article.clone() };
                    let round = moved.to == RelationEnd::Annotation(moved.from);
                    edits.push(Edit::Relation { at, id: relation.id, to: (!round).then(|| Box::new(moved)) });
                }
            }
        }
        edits
    }
}

/// A stretch without the white space at its ends; `None` where there is nothing else.
fn trimmed(words: &str, span: CharSpan) -> Option<CharSpan> {
    let before = words.chars().take_while(|c| c.is_whitespace()).count();
    let after = words.chars().rev().take_while(|c| c.is_whitespace()).count();
    (before + after < span.len()).then(|| CharSpan::new(span.start + before, span.end.saturating_sub(after)))
}
