//! Where the coders of an article differ.

use super::Session;
use crate::model::{Annotation, AnnotationId, ArticleId, CoderId, Coding};
use crate::text::CharSpan;

/// A passage that one coder has coded, and another one who coded the article has not, or with other codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub span: CharSpan,
    pub annotation: AnnotationId,
    /// In words: who says what, and who does not.
    pub told: String,
}

impl Session {
    /// What coders other than the one who codes have said on an article.
    pub fn others<'a>(&'a self, article: &'a ArticleId) -> impl Iterator<Item = (&'a CoderId, &'a Coding)> {
        let me = self.coder().map(|c| &c.id);
        self.codings_on(article).filter(move |(coder, _)| Some(*coder) != me)
    }

    /// An annotation of whichever coder, and whose it is.
    pub fn anybodys<'a>(&'a self, article: &'a ArticleId, id: AnnotationId) -> Option<(&'a CoderId, &'a Annotation)> {
        self.codings_on(article).find_map(|(coder, coding)| Some((coder, &**coding.annotations.get(&id)?)))
    }

    /// How many coders have worked on an article.
    pub fn coders_of(&self, article: &ArticleId) -> usize {
        self.codings_on(article).count()
    }

    /// The frame codings of an article for which another coder of it has none with the same code on any of the words,
    /// in the order of the text.
    pub fn disagreements(&self, article: &ArticleId) -> Vec<Disagreement> {
        let all: Vec<_> = self.codings_on(article).collect();
        let mut found = Vec::new();
        for (coder, coding) in &all {
            for annotation in coding.annotations.values() {
                let Some(code) = annotation.tag.code() else { continue };
                let has_it = |other: &Coding| {
                    let same = other.annotations.values().filter(|a| a.tag.code() == Some(code));
                    same.flat_map(|a| &a.spans).any(|s| annotation.spans.iter().any(|mine| mine.overlaps(*s)))
                };
                let name =
                    |id: &CoderId| self.project.coders.get(id).map_or_else(|| id.to_string(), |c| c.name.clone());
                let without: Vec<String> =
                    all.iter().filter(|(c, o)| c != coder && !has_it(o)).map(|(c, _)| name(c)).collect();
                if without.is_empty() {
                    continue;
                }
                let code = self.project.codebook.get(code).map_or("?", |c| &c.name);
                found.push(Disagreement {
                    span: annotation.hull(),
                    annotation: annotation.id,
                    told: format!("{}: {code}. Not so {}", name(coder), without.join(", ")),
                });
            }
        }
        found.sort_by_key(|d| (d.span.start, d.span.end, d.annotation));
        found
    }

    fn codings_on<'a>(&'a self, article: &'a ArticleId) -> impl Iterator<Item = (&'a CoderId, &'a Coding)> {
        self.project.coders.keys().filter_map(move |coder| {
            let coding = self.project.codings.get(&(coder.clone(), article.clone()))?;
            (!coding.is_empty()).then_some((coder, &**coding))
        })
    }
}
