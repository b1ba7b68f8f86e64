//! What the detector proposes for the article at hand, and the coder's answers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::jobs::Outcome as JobOutcome;
use super::{Session, SessionError};
use crate::detect::{Detector, Findings, Input, Suggestion, suggestions};
use crate::edit::{Desk, Edit};
use crate::model::{
    AnnotationId, ArticleId, Attributes, ClaimKind, Code, CodeId, Coding, Decision, EntityKind, Layer, Origin, Outcome,
    Party, QuoteKind, Suggested, Tag,
};

use crate::text::{CharOffset, CharSpan};

/// What was found in one article.
#[derive(Debug)]
pub struct Detected {
    /// The text it was found in: where the article has another one by now, it counts no more.
    text: Arc<str>,
    pub findings: Findings,
    /// The findings as a list in the order of the text.
    pub suggestions: Vec<Suggestion>,
}

/// For how many articles the findings are kept in memory. They are never written into the project.
const KEPT: usize = 32;

pub(super) struct Detecting {
    pub detector: Arc<dyn Detector>,
    /// Oldest first.
    found: Vec<(ArticleId, Arc<Detected>)>,
    running: Vec<ArticleId>,
}

impl Detecting {
    pub fn new(detector: Arc<dyn Detector>) -> Self {
        Self { detector, found: Vec::new(), running: Vec::new() }
    }
}

impl Session {
    /// What was found in an article. Where it is not known yet, a background job is started and `None` returned.
    pub fn detected(&mut self, article: &ArticleId) -> Option<Arc<Detected>> {
        if let Some(found) = self.known_findings(article) {
            return Some(found.clone());
        }
        if !self.detecting.running.contains(article) {
            let document = self.document(article)?;
            let parts = self.project.articles.get(article)?.parts.clone();
            let detector = self.detecting.detector.clone();
            let id = article.clone();
            self.detecting.running.push(id.clone());
            self.jobs.start("Detection", move |_| {
                let input = Input { document: &document, parts: &parts };
                let findings = detector.detect(input, Layer::ALL);
                let suggestions = suggestions(&findings, &*detector, input);
                let text = document.map().text().clone();
                JobOutcome::Detected(id, Arc::new(Detected { text, findings, suggestions }))
            });
        }
        None
    }

    /// What was found in an article, if it is known already.
    pub fn known_findings(&self, article: &ArticleId) -> Option<&Arc<Detected>> {
        let text = &self.project.articles.get(article)?.text;
        let found = self.detecting.found.iter().find(|(id, _)| id == article).map(|(_, found)| found);
        found.filter(|found| Arc::ptr_eq(&found.text, text))
    }

    pub(super) fn take_detected(&mut self, article: ArticleId, detected: Arc<Detected>) {
        self.detecting.running.retain(|id| *id != article);
        self.detecting.found.retain(|(id, _)| *id != article);
        if self.detecting.found.len() >= KEPT {
            self.detecting.found.remove(0);
        }
        self.detecting.found.push((article, detected));
        self.revision += 1;
    }

    /// The suggestions for an article that still wait for the coder's answer: not answered, not coded by hand
    /// already, and none in a blind project. Their places in [`Detected::suggestions`].
    pub fn open_suggestions(&self, article: &ArticleId) -> Vec<usize> {
        let Some(detected) = self.known_findings(article) else { return Vec::new() };
        if self.project.settings.blind {
            return Vec::new();
        }
        let all = detected.suggestions.iter().enumerate();
        let Some(coding) = self.coding(article) else { return all.map(|(index, _)| index).collect() };
        let coded = Coded::of(coding);
        // There are many suggestions and few codes: each label is looked up once.
        let mut known: HashMap<&str, &str> = HashMap::new();
        let mut open = |s: &'_ Suggestion, label| {
            let word = match s.layer {
                Layer::Frame => *known
                    .entry(label)
                    .or_insert_with(|| self.project.codebook.by_name(label).map_or("", |code| code.id.as_str())),
                _ => label,
            };
            !coded.holds(s.layer, word, s.span)
                && (coding.decisions.is_empty() || !coding.decisions.contains_key(&key(s)))
        };
        all.filter(|(_, s)| open(s, s.label.as_str())).map(|(index, _)| index).collect()
    }

    /// The tag a suggestion would become; `None` where the codebook has no code of its name yet.
    pub fn tag_of(&self, suggestion: &Suggestion) -> Option<Tag> {
        match suggestion.layer {
            Layer::Entity => EntityKind::from_word(&suggestion.label).map(Tag::Entity),
            Layer::Quote => QuoteKind::from_word(&suggestion.label).map(Tag::Quote),
            Layer::Claim => ClaimKind::from_word(&suggestion.label).map(Tag::Claim),
            Layer::Frame => self.project.codebook.by_name(&suggestion.label).map(|c| Tag::Frame(c.id.clone())),
        }
    }

    /// Makes an annotation of a suggestion. Where the codebook lacks the code, it gets it in the same step.
    ///
    /// # Errors
    /// As [`perform`](Session::perform), or where nobody codes.
    pub fn accept(&mut self, article: &ArticleId, suggestion: &Suggestion) -> Result<AnnotationId, SessionError> {
        self.accept_as(article, suggestion, None)
    }

    /// Has the detector read an article now, and waits for it. Does nothing where its findings are known.
    pub fn detect_now(&mut self, article: &ArticleId) {
        if self.known_findings(article).is_some() {
            return;
        }
        let Some(document) = self.document(article) else { return };
        let Some(owner) = self.project.articles.get(article) else { return };
        let (parts, text) = (owner.parts.clone(), owner.text.clone());
        let detector = &self.detecting.detector;
        let input = Input { document: &document, parts: &parts };
        let findings = detector.detect(input, Layer::ALL);
        let suggestions = suggestions(&findings, &**detector, input);
        self.take_detected(article.clone(), Arc::new(Detected { text, findings, suggestions }));
    }

    /// As [`accept`](Self::accept), with another code than the suggested one (`None`: with that).
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_as(
        &mut self,
        article: &ArticleId,
        suggestion: &Suggestion,
        code: Option<&CodeId>,
    ) -> Result<AnnotationId, SessionError> {
        self.accept_with(article, suggestion, code, AnnotationId::new())
    }

    /// As [`accept_as`](Self::accept_as), with the id that the annotation is to have.
    ///
    /// # Errors
    /// As [`accept`](Self::accept), or where the id is taken.
    pub fn accept_with(
        &mut self,
        article: &ArticleId,
        suggestion: &Suggestion,
        code: Option<&CodeId>,
        id: AnnotationId,
    ) -> Result<AnnotationId, SessionError> {
        self.check_free(id)?;
        let (at, joins) = self.desk(article)?;
        let mut edits: Vec<_> = joins.into_iter().collect();
        let suggested = self.tag_of(suggestion);
        let chosen = code.map(|code| Tag::Frame(code.clone()));
        let edited = chosen.is_some() && chosen != suggested;
        let tag = match chosen.or(suggested) {
            Some(tag) => tag,
            None => {
                let code = self.new_code(&suggestion.label, None);
                let tag = Tag::Frame(code.id.clone());
                edits.push(Edit::Code { id: code.id.clone(), to: Some(Box::new(code)) });
                tag
            }
        };
        let mut annotation = self.new_annotation(article, vec![suggestion.span], tag)?;
        annotation.attributes = attributes(suggestion);
        annotation.origin = Origin::Accepted {
            detector: suggestion.detector.clone(),
            version: suggestion.version.clone(),
            score: suggestion.score,
            edited,
        };
        annotation.id = id;
        edits.push(Edit::Annotation { at: at.clone(), id, to: Some(Box::new(annotation)) });
        edits.push(self.decide(at, suggestion, Outcome::Accepted(id)));
        self.perform(format!("Accept “{}”", suggestion.label), Edit::Batch(edits), None)?;
        Ok(id)
    }

    /// Sets a suggestion aside; it is not made to this coder again.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn reject(&mut self, article: &ArticleId, suggestion: &Suggestion) -> Result<(), SessionError> {
        let (at, joins) = self.desk(article)?;
        let mut edits: Vec<_> = joins.into_iter().collect();
        edits.push(self.decide(at, suggestion, Outcome::Rejected));
        self.perform(format!("Reject “{}”", suggestion.label), Edit::Batch(edits), None)
    }

    fn decide(&self, at: Desk, suggestion: &Suggestion, outcome: Outcome) -> Edit {
        let decision = Decision {
            detector: suggestion.detector.clone(),
            version: suggestion.version.clone(),
            score: suggestion.score,
            outcome,
            at: self.now(),
        };
        Edit::Decision { at, about: key(suggestion), to: Some(Box::new(decision)) }
    }

    /// A code that is not in the codebook yet.
    pub(super) fn new_code(&self, name: &str, parent: Option<CodeId>) -> Code {
        let salt = uuid::Uuid::now_v7().as_u128() as u16;
        let book = &self.project.codebook;
        let mut code = Code::new(book.new_id(name, salt), name.trim(), book.next_colour());
        code.position = book.children(parent.as_ref()).iter().map(|c| c.position + 1).max().unwrap_or(0);
        code.parent = parent;
        code
    }
}

/// Where what is coded already, to be asked many times.
#[derive(Default)]
pub(super) struct Coded<'a> {
    exact: HashSet<(CharSpan, Layer, &'a str)>,
    /// For each frame code, where its stretches start, in order, and how far those up to there reach.
    frames: HashMap<&'a str, Vec<(CharOffset, CharOffset)>>,
}

impl<'a> Coded<'a> {
    pub fn of(coding: &'a Coding) -> Self {
        let mut coded = Self::default();
        for annotation in coding.annotations.values() {
            let (layer, word) = (annotation.tag.layer(), annotation.tag.word());
            for span in &annotation.spans {
                if layer == Layer::Frame {
                    coded.frames.entry(word).or_default().push((span.start, span.end));
                } else {
                    coded.exact.insert((*span, layer, word));
                }
            }
        }
        for stretches in coded.frames.values_mut() {
            stretches.sort_unstable();
            let mut reach = CharOffset::ZERO;
            for (_, end) in stretches {
                reach = reach.max(*end);
                *end = reach;
            }
        }
        coded
    }

    /// Whether a suggestion would say again what a coding says: the same words on the other layers; any of them where
    /// a frame has the same code.
    pub fn holds(&self, layer: Layer, word: &str, span: CharSpan) -> bool {
        if layer != Layer::Frame {
            return self.exact.contains(&(span, layer, word));
        }
        self.frames.get(word).is_some_and(|stretches| {
            let before = stretches.partition_point(|(start, _)| *start < span.end);
            before.checked_sub(1).is_some_and(|last| stretches[last].1 > span.start)
        })
    }
}

/// By what an answered suggestion is known again.
pub fn key(s: &Suggestion) -> Suggested {
    Suggested { span: s.span, layer: s.layer, label: s.label.clone() }
}

/// What a suggestion says beyond its label.
pub(super) fn attributes(s: &Suggestion) -> Attributes {
    Attributes {
        voice: s.voice,
        speaker: s.speaker.as_deref().and_then(Party::named),
        stance: s.stance,
        negated: s.negated,
        ..Attributes::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_coded_is_not_suggested_again() {
        let mut coded = Coded::default();
        let at = |a, b| (CharOffset(a), CharOffset(b));
        coded.frames.insert("purge", vec![at(0, 50), at(10, 50), at(60, 70)]);
        assert!(coded.holds(Layer::Frame, "purge", CharSpan::chars(40, 45)), "within an earlier, longer one");
        assert!(coded.holds(Layer::Frame, "purge", CharSpan::chars(55, 61)), "overlapping a little");
        assert!(!coded.holds(Layer::Frame, "purge", CharSpan::chars(50, 60)), "between two");
        assert!(!coded.holds(Layer::Frame, "hunt", CharSpan::chars(0, 50)), "another code");
        coded.exact.insert((CharSpan::chars(0, 5), Layer::Entity, "PERSON"));
        assert!(coded.holds(Layer::Entity, "PERSON", CharSpan::chars(0, 5)));
        assert!(!coded.holds(Layer::Entity, "PERSON", CharSpan::chars(0, 4)));
    }
}
