//! An article gets another text: everybody's work on it is found again by its words, as one edit.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Edit, EditError, difference};
use crate::model::{
    Annotation, AnnotationId, Article, ArticleId, CoderId, Coding, NothingFound, Outcome, Part, Project, Suggested,
};
use crate::text::{Alignment, CharOffset, CharSpan, Finder, Found, OffsetMap};

/// What became of the work on an article whose text changed. Nothing goes that is not listed here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Retexted {
    /// How many annotations stand at their very words.
    pub exact: usize,
    /// Those that stand at words which are nearly theirs, or of which it is not sure that they are the ones meant.
    pub fuzzy: Vec<Moved>,
    /// Those that became orphans: their words are gone, or one of their stretches is.
    pub orphans: Vec<Told>,
    /// Those that were orphans before and stand at their very words again.
    pub returned: Vec<Told>,
    /// Parts (a headline, a byline) that are marked no more, by their place in the old text.
    pub parts: Vec<Part>,
    /// Passages said to hold nothing to code that are not marked as read any more, by their place in the old text.
    pub passages: Vec<(CoderId, CharSpan)>,
    /// Answers to suggestions that are not known any more, so that the suggestions may be made again.
    pub answers: Vec<(CoderId, Suggested)>,
}

/// An annotation, by its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub coder: CoderId,
    pub annotation: AnnotationId,
    pub words: String,
}

/// An annotation that stands at other words than before.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    pub coder: CoderId,
    pub annotation: AnnotationId,
    /// Its words in the old text.
    pub before: String,
    /// Its words in the new one.
    pub after: String,
    /// How sure it is, from 0 to below 1; of several stretches, the least sure one.
    pub score: f32,
}

impl Retexted {
    /// Whether everything kept its words and its place among them.
    pub fn is_whole(&self) -> bool {
        self.fuzzy.is_empty() && self.orphans.is_empty() && !self.loses_marks()
    }

    /// Whether a part, a passage or an answer goes.
    pub fn loses_marks(&self) -> bool {
        !(self.parts.is_empty() && self.passages.is_empty() && self.answers.is_empty())
    }
}

impl std::fmt::Display for Retexted {
    /// "12 to the letter, 1 nearly, 2 not (“hit list”, “purge”)"
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to the letter, {} nearly, {} not", self.exact, self.fuzzy.len(), self.orphans.len())?;
        if !self.orphans.is_empty() {
            let words: Vec<_> = self.orphans.iter().map(|o| format!("“{}”", o.words)).collect();
            write!(f, " ({}; kept as orphans)", words.join(", "))?;
        }
        let marks = self.parts.len() + self.passages.len() + self.answers.len();
        if marks > 0 {
            write!(f, "; {marks} marks without words of their own were dropped")?;
        }
        Ok(())
    }
}

/// The edit by which an article gets the text `new` under its old id, and what becomes of the work on it: annotations
/// go where their words are; those whose words are gone become orphans, with the stretches and words that they had, as
/// do those whose code is not in the codebook, since they cannot be put anywhere; orphans that are found to the letter
/// come back. Parts, passages and answers have no words of their own and go along with what is around them.
///
/// It is also the way out where `new` is the article's text already and its hash says that another text was coded.
/// `old` is the text that was coded, where it is known from elsewhere; another one is not used.
///
/// # Errors
/// Where there is no such article. The edit itself is refused where somebody has work on the article whom the project
/// does not list among its coders.
pub fn retext(
    project: &Project,
    id: &ArticleId,
    new: Arc<str>,
    old: Option<&str>,
) -> Result<(Edit, Retexted), EditError> {
    let article = project.articles.get(id).ok_or_else(|| EditError::NoArticle(id.clone()))?;
    let coded = |text: &&str| Article::hash_of(text) == article.hash;
    // It may also be the new one: a text that another program changed is put back.
    let old = [Some(&*article.text), Some(&*new), old].into_iter().flatten().find(coded);
    let codings: Vec<_> = project.codings.iter().filter(|((_, article), _)| article == id).collect();
    let mut told = Retexted::default();
    if article.text == new && coded(&&*new) {
        told.exact = codings.iter().map(|(_, c)| c.annotations.len()).sum();
        return Ok((Edit::Batch(Vec::new()), told));
    }
    let map = OffsetMap::new(new.clone());
    let finder = Finder::new(&map);
    let along = match old {
        Some(old) => Alignment::between(old, &new),
        None => along_found(&finder, &map, codings.iter().map(|(_, coding)| &***coding)),
    };
    let move_ = Move { project, map: &map, finder, along };

    let mut target = project.clone();
    let parts = move_.parts(&article.parts, old.is_none(), &mut told);
    let mut article = (**article).clone();
    article.hash = Article::hash_of(&new);
    article.end = map.char_len();
    article.text = new;
    article.parts = parts;
    target.articles.insert(id.clone(), Arc::new(article));
    for (key, coding) in codings {
        target.codings.insert(key.clone(), Arc::new(move_.coding(&key.0, coding, &mut told)));
    }
    Ok((difference(project, &target), told))
}

/// What the annotations' own words say of the way from a text that is not known to the one that is there.
fn along_found<'a>(finder: &Finder<'_>, map: &OffsetMap, codings: impl Iterator<Item = &'a Coding>) -> Alignment {
    let annotations = codings.flat_map(|c| c.annotations.values());
    let mut stretches: Vec<_> = annotations.flat_map(|a| a.spans.iter().copied().zip(&a.anchors)).collect();
    stretches.sort_by_key(|(span, _)| (span.start, span.end));
    let mut pairs = Vec::new();
    let mut shift = 0isize;
    for (span, anchor) in stretches {
        let moved = |at: CharOffset| CharOffset(at.0.saturating_add_signed(shift));
        let expected = CharSpan { start: moved(span.start), end: moved(span.end) };
        let Found::Exact(there) = finder.find(anchor, expected) else { continue };
        shift = there.start.0 as isize - span.start.0 as isize;
        // As far as the words around them are the same, they are known to have stood there too.
        let text = map.as_str();
        let Some(bytes) = map.bytes(there) else { continue };
        let same = |(a, b): &(char, char)| a == b;
        let before = text[..bytes.start.0].chars().rev().zip(anchor.before.chars().rev()).take_while(same).count();
        let after = text[bytes.end.0..].chars().zip(anchor.after.chars()).take_while(same).count();
        let before = before.min(span.start.0);
        let wide = |s: CharSpan| CharSpan { start: s.start.saturating_sub(before), end: s.end + after };
        pairs.push((wide(span), wide(there)));
    }
    Alignment::from_found(pairs)
}

/// The way of one article's work to its new text.
struct Move<'a> {
    project: &'a Project,
    map: &'a OffsetMap,
    finder: Finder<'a>,
    along: Alignment,
}

impl Move<'_> {
    fn coding(&self, coder: &CoderId, old: &Coding, told: &mut Retexted) -> Coding {
        let mut new = Coding { relations: old.relations.clone(), document: old.document.clone(), ..Coding::default() };
        let tell = |a: &Annotation| Told { coder: coder.clone(), annotation: a.id, words: a.words() };
        for (id, annotation) in &old.annotations {
            match self.annotation(annotation, false) {
                Some((there, None)) => {
                    told.exact += 1;
                    new.annotations.insert(*id, Arc::new(there));
                }
                Some((there, Some(score))) => {
                    let (before, after) = (annotation.words(), there.words());
                    told.fuzzy.push(Moved { coder: coder.clone(), annotation: *id, before, after, score });
                    new.annotations.insert(*id, Arc::new(there));
                }
                None => {
                    told.orphans.push(tell(annotation));
                    new.orphans.insert(*id, annotation.clone());
                }
            }
        }
        for (id, orphan) in &old.orphans {
            match self.annotation(orphan, true) {
                Some((there, None)) if !old.annotations.contains_key(id) => {
                    told.returned.push(tell(orphan));
                    new.annotations.insert(*id, Arc::new(there));
                }
                _ => {
                    // Two of one id come of files that were put together by hand. Both are kept.
                    let id = if new.orphans.contains_key(id) { AnnotationId::new() } else { *id };
                    new.orphans.insert(id, Arc::new(Annotation { id, ..(**orphan).clone() }));
                }
            }
        }
        for what in &old.nothing_found {
            match what.span.map(|span| (span, self.place(span))) {
                None => drop(new.nothing_found.insert(*what)),
                Some((_, Some(there))) => drop(new.nothing_found.insert(NothingFound { span: Some(there) })),
                Some((span, None)) => told.passages.push((coder.clone(), span)),
            }
        }
        for (about, decision) in &old.decisions {
            let made = match &decision.outcome {
                Outcome::Accepted(id) => old.annotations.get(id).zip(new.annotations.get(id)),
                Outcome::Rejected => None,
            };
            // What was made of a suggestion and stood where it was made knows where that is.
            let with = made.filter(|(a, b)| a.spans == [about.span] && b.spans.len() == 1).map(|(_, b)| b.hull());
            let there = with.or_else(|| self.place(about.span)).map(|span| Suggested { span, ..about.clone() });
            match there.filter(|there| !new.decisions.contains_key(there)) {
                Some(there) => drop(new.decisions.insert(there, decision.clone())),
                None => told.answers.push((coder.clone(), about.clone())),
            }
        }
        new
    }

    /// An annotation at its new place, with the score where it does not stand at its very words. `None` where a stretch
    /// is lost, or where it could not be put for want of its code.
    fn annotation(&self, old: &Annotation, orphan: bool) -> Option<(Annotation, Option<f32>)> {
        let code_known = old.tag.code().is_none_or(|code| self.project.codebook.get(code).is_some());
        if !code_known || old.spans.is_empty() || old.spans.len() != old.anchors.len() {
            return None;
        }
        let mut score: Option<f32> = None;
        let mut spans: Vec<CharSpan> = Vec::with_capacity(old.spans.len());
        for (span, anchor) in old.spans.iter().zip(&old.anchors) {
            // Where an orphan stood is a place in some older text, which is not laid along this one.
            let there = if orphan { *span } else { self.expected(*span) };
            let known = !orphan && self.along.unchanged(*span) == Some(there) && anchor.fits(self.map, there);
            let found = if known { Found::Exact(there) } else { self.finder.find(anchor, there) };
            if let Found::Fuzzy { score: sure, .. } = found {
                score = Some(score.map_or(sure, |s| s.min(sure)));
            }
            let there = found.span()?;
            if let Some(last) = spans.last() {
                if there.start < last.end {
                    return None;
                }
                if there.start == last.end {
                    // Two stretches that came to touch are one from now on.
                    score = Some(score.unwrap_or(0.99));
                }
            }
            spans.push(there);
        }
        let mut new = old.clone();
        new.place(self.map, spans).then_some((new, score))
    }

    fn expected(&self, span: CharSpan) -> CharSpan {
        self.along.map(span).unwrap_or_else(|| {
            let start = self.along.near(span.start);
            CharSpan { start, end: start + span.len() }
        })
    }

    /// Where a passage went that has no words of its own. `None` where it is not known, or where so much was put into
    /// it that it is another passage.
    fn place(&self, span: CharSpan) -> Option<CharSpan> {
        let there = self.along.map(span)?;
        let fits = !there.is_empty() && there.end <= self.map.char_len();
        (fits && there.len() <= span.len().saturating_mul(2)).then_some(there)
    }

    fn parts(&self, old: &[Part], unknown: bool, told: &mut Retexted) -> Vec<Part> {
        let mut new: BTreeMap<CharOffset, Part> = BTreeMap::new();
        for part in old {
            // A line that grew is still that line.
            let line = |span: &CharSpan| self.map.slice(*span).is_some_and(|s| !s.is_empty() && !s.contains('\n'));
            let grown = || self.along.map(part.span).filter(line);
            // Where nothing is known of the old text: what begins and ends with a line where it stood, or as far from
            // there as the words moved that were found after it.
            let near = self.along.near(part.span.start);
            let moved = CharSpan { start: near, end: near + part.span.len() };
            let stays = || [part.span, moved].into_iter().find(|span| unknown && self.is_lines(*span));
            let free = |span: &CharSpan| new.values().all(|p: &Part| !p.span.overlaps(*span));
            match self.place(part.span).or_else(grown).or_else(stays).filter(free) {
                Some(span) => drop(new.insert(span.start, Part { span, ..*part })),
                None => told.parts.push(*part),
            }
        }
        new.into_values().collect()
    }

    /// Whether a stretch is a line, or several.
    fn is_lines(&self, span: CharSpan) -> bool {
        let Some(bytes) = self.map.bytes(span).filter(|b| !b.is_empty()) else { return false };
        let (before, after) = (&self.map.as_str()[..bytes.start.0], &self.map.as_str()[bytes.end.0..]);
        (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'))
    }
}
