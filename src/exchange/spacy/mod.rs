//! spaCy and Prodigy: JSON Lines, and the binary `DocBin`. In both, a document is an article as one coder coded it.

mod docbin;
mod jsonl;
mod strings;

use serde_json::{Map, Value as Json, json};

use super::labels::Labels;
use super::record::codings_of;
use super::tokens::{Piece, pieces};
use super::{Carries, about};
use crate::model::{Annotation, Article, CoderId, Coding, Project, RelationEnd};
use crate::text::{CharOffset, CharSpan, OffsetMap};

pub use docbin::DocBin;
pub use jsonl::SpacyLines;

const CARRIED: Carries = about::CARRIED;

/// An article, and one coder’s work on it.
struct Doc<'a> {
    article: &'a Article,
    work: Option<(&'a CoderId, &'a Coding)>,
}

impl<'a> Doc<'a> {
    /// An article once for each coder who said something of it, or once.
    fn all(project: &'a Project, article: &'a Article) -> Vec<Self> {
        let coded: Vec<_> = codings_of(project, article).map(|work| Self { article, work: Some(work) }).collect();
        if coded.is_empty() { vec![Self { article, work: None }] } else { coded }
    }

    fn annotations(&self) -> Vec<&'a Annotation> {
        self.work.map(|(_, coding)| coding.in_order()).unwrap_or_default()
    }

    fn pieces<'m>(&self, map: &'m OffsetMap) -> Vec<Piece<'m>> {
        let spans: Vec<CharSpan> = self.annotations().iter().map(|a| a.hull()).collect();
        pieces(map, &spans)
    }

    fn coder_name(&self, project: &Project) -> Option<String> {
        let (id, _) = self.work?;
        Some(project.coders.get(id).map_or_else(|| id.to_string(), |c| c.name.clone()))
    }

    /// What is said of the article as a whole.
    fn whole(&self, labels: &Labels) -> Map<String, Json> {
        self.work.map(|(_, coding)| about::whole(labels, coding)).unwrap_or_default()
    }

    /// The lines between annotations, each with its ends.
    fn relations(&self) -> Vec<(&'a Annotation, &'a Annotation, &'a str)> {
        let Some((_, coding)) = self.work else { return Vec::new() };
        let find = |id| coding.annotations.get(id).map(|a| &**a);
        let ends = |r: &'a crate::model::Relation| match &r.to {
            RelationEnd::Annotation(to) => Some((find(&r.from)?, find(to)?, r.kind.as_str())),
            RelationEnd::Entity(_) => None,
        };
        coding.relations.values().filter_map(ends).collect()
    }
}

/// The pieces that a span begins and ends with, by their numbers.
fn ends(pieces: &[Piece<'_>], span: CharSpan) -> (usize, usize) {
    let first = pieces.partition_point(|p| p.span.start < span.start);
    let last = pieces.partition_point(|p| p.span.end <= span.end).saturating_sub(1);
    (first, last.max(first))
}

/// Ends for a document whose words are given: where each token stands, in code points of the text they make.
fn text_of<'t>(tokens: impl Iterator<Item = (&'t str, bool)>) -> (String, Vec<CharSpan>) {
    let mut text = String::new();
    let mut spans = Vec::new();
    let mut at = CharOffset::ZERO;
    for (word, space) in tokens {
        let end = at + word.chars().count();
        spans.push(CharSpan { start: at, end });
        text.push_str(word);
        at = end;
        if space {
            text.push(' ');
            at = at + 1;
        }
    }
    (text, spans)
}

/// A place with its label, as Prodigy writes it.
fn place(labels: &Labels, annotation: &Annotation, pieces: &[Piece<'_>]) -> Map<String, Json> {
    let span = annotation.hull();
    let (first, last) = ends(pieces, span);
    let mut out = Map::new();
    out.insert("start".to_owned(), json!(span.start));
    out.insert("end".to_owned(), json!(span.end));
    out.insert("token_start".to_owned(), json!(first));
    out.insert("token_end".to_owned(), json!(last));
    out.insert("label".to_owned(), json!(labels.written(&annotation.tag)));
    out
}
