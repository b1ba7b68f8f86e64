//! An article and its codings as structures of our types.

use std::collections::{BTreeMap, BTreeSet};

use unicode_segmentation::UnicodeSegmentation as _;

use super::super::details;
use super::super::labels::Labels;
use super::super::record;
use super::types::{self, Kind};
use crate::model::{Annotation, AnnotationId, Article, CoderId, Coding, Project, RelationEnd, Tag};
use crate::text::{ByteSpan, CharSpan, Document, OffsetMap, Utf16Span, sentences};

/// A structure that is written. Its id is its place in the list, after the text’s own.
#[derive(Debug)]
pub struct Made {
    pub kind: &'static Kind,
    pub at: Option<Utf16Span>,
    pub said: Vec<(&'static str, String)>,
    /// What it refers to, by the place in the list.
    pub links: Vec<(&'static str, usize)>,
}

/// The id of the text itself.
pub const SOFA: usize = 1;

/// The id of a structure by its place in the list.
pub fn id(place: usize) -> usize {
    place + SOFA + 1
}

/// The language that is written where none is known.
pub const UNSPECIFIED: &str = "x-unspecified";

/// All that a project has to say of an article, in the order in which it is written.
pub fn article(project: &Project, labels: &Labels, article: &Article) -> Vec<Made> {
    let document = Document::new(article.text.clone());
    let mut new = Making { map: document.map(), made: Vec::new() };
    let meta = &article.metadata;
    let whole = new.map.utf16(CharSpan { start: crate::text::CharOffset::ZERO, end: new.map.char_len() });
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let listed = |list: &[String]| Some(serde_json::json!(list).to_string()).filter(|_| !list.is_empty());
    new.put(
        &types::METADATA_KIND,
        whole,
        [
            ("language", Some(meta.language.clone().unwrap_or_else(|| UNSPECIFIED.to_owned()))),
            ("documentTitle", Some(article.display_title())),
            ("documentId", Some(article.id.to_string())),
            ("documentUri", meta.url.clone()),
        ],
    );
    let source = &article.source;
    new.put(
        &types::ARTICLE,
        None,
        [
            ("id", Some(article.id.to_string())),
            ("hash", Some(article.hash.clone())),
            ("title", some(&meta.title)),
            ("outlet", some(&meta.outlet)),
            ("authors", listed(&meta.authors)),
            ("published", meta.published.clone()),
            ("url", meta.url.clone()),
            ("language", meta.language.clone()),
            ("section", meta.section.clone()),
            ("variables", (!meta.variables.is_empty()).then(|| record::json_of(&meta.variables).to_string())),
            ("file", some(&source.file)),
            ("format", some(&source.format)),
            ("file_hash", some(&source.hash)),
            ("encoding", source.encoding.clone()),
        ],
    );
    for part in &article.parts {
        let at = new.map.utf16(part.span);
        new.put(&types::PART, at, [("label", Some(record::part_word(part.kind).to_owned()))]);
    }
    new.segments();
    let codings: Vec<_> = record::codings_of(project, article).collect();
    let used: BTreeSet<_> = codings.iter().flat_map(|(_, c)| record::codes_of(c)).collect();
    for code in record::codebook(project, used) {
        let label = code.id.parse().ok().map(|id| labels.code(&id));
        new.put(
            &types::CODE,
            None,
            [("id", Some(code.id)), ("name", Some(code.name)), ("label", label), ("parent", code.parent)],
        );
    }
    let names: BTreeSet<_> = codings.iter().flat_map(|(_, c)| record::names_of(c)).collect();
    for name in names.iter().filter_map(|id| project.entities.get(id)) {
        new.put(
            &types::NAME,
            None,
            [
                ("uuid", Some(name.id.to_string())),
                ("name", Some(name.name.clone())),
                ("label", Some(name.kind.to_string())),
                ("aliases", listed(&name.aliases)),
                ("note", some(&name.note)),
            ],
        );
    }
    for (coder, coding) in codings {
        new.work(project, labels, &document, coder, coding);
    }
    new.made
}

struct Making<'a> {
    map: &'a OffsetMap,
    made: Vec<Made>,
}

impl Making<'_> {
    fn put<const N: usize>(
        &mut self,
        kind: &'static Kind,
        at: Option<Utf16Span>,
        said: [(&'static str, Option<String>); N],
    ) -> usize {
        let said = said.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        self.made.push(Made { kind, at, said, links: Vec::new() });
        self.made.len() - 1
    }

    /// Sentences and, in each, its tokens: words and marks of punctuation.
    fn segments(&mut self) {
        let text = self.map.as_str();
        let mut put = |kind, start: usize, piece: &str| {
            let at = self.map.bytes_to_utf16(ByteSpan::bytes(start, start + piece.len()));
            self.made.push(Made { kind, at, said: Vec::new(), links: Vec::new() });
        };
        for sentence in sentences(text) {
            let words = &text[sentence.range()];
            put(&types::SENTENCE, sentence.start.0, words);
            for (at, piece) in words.split_word_bound_indices().filter(|(_, p)| !p.trim().is_empty()) {
                put(&types::TOKEN, sentence.start.0 + at, piece);
            }
        }
    }

    fn work(&mut self, project: &Project, labels: &Labels, document: &Document, coder: &CoderId, coding: &Coding) {
        let said = record::coding(project, document, coder, coding);
        let json = |map: &BTreeMap<String, serde_json::Value>| serde_json::json!(map).to_string();
        let listed = |list: &[String]| (!list.is_empty()).then(|| serde_json::json!(list).to_string());
        self.put(
            &types::CODING,
            None,
            [
                ("coder", Some(said.coder)),
                ("coder_name", Some(said.coder_name)),
                ("primary", said.primary),
                ("primary_code", said.primary_code),
                ("codes", listed(&said.codes)),
                ("code_ids", listed(&said.code_ids)),
                ("variables", (!said.variables.is_empty()).then(|| json(&said.variables))),
                ("memo", Some(said.memo).filter(|m| !m.is_empty())),
                ("finished", said.finished.map(|at| at.to_string())),
                ("nothing_found", said.nothing_found.then(|| "true".to_owned())),
                ("decisions", (!said.decisions.is_empty()).then(|| serde_json::json!(said.decisions).to_string())),
            ],
        );
        for nothing in coding.nothing_found.iter().filter_map(|n| n.span) {
            let at = self.map.utf16(nothing);
            self.put(&types::NOTHING, at, [("coder", Some(coder.to_string()))]);
        }
        let mut places: BTreeMap<AnnotationId, usize> = BTreeMap::new();
        for annotation in coding.in_order() {
            places.insert(annotation.id, self.made.len());
            self.annotation(labels, coder, annotation);
        }
        for relation in coding.relations.values() {
            let common = [
                ("label", Some(relation.kind.clone())),
                ("coder", Some(coder.to_string())),
                ("uuid", Some(relation.id.to_string())),
            ];
            let ends = match relation.to {
                RelationEnd::Annotation(to) => places.get(&relation.from).zip(places.get(&to)),
                RelationEnd::Entity(_) => None,
            };
            if let Some((&from, &to)) = ends {
                // INCEpTION expects a relation to stand where its target stands.
                let at = self.made[to].at;
                let place = self.put(&types::RELATION, at, common);
                self.made[place].links = vec![("Governor", from), ("Dependent", to)];
                continue;
            }
            let (to, entity) = match relation.to {
                RelationEnd::Annotation(to) => (Some(to.to_string()), None),
                RelationEnd::Entity(entity) => (None, Some(entity.to_string())),
            };
            let place = self.put(&types::LOOSE, None, common);
            let ends = [("source", Some(relation.from.to_string())), ("to", to), ("entity", entity)];
            self.made[place].said.extend(ends.into_iter().filter_map(|(key, end)| Some((key, end?))));
        }
        for orphan in coding.orphans.values() {
            let record = record::orphan(project, coder, orphan);
            self.put(&types::ORPHAN, None, [("record", serde_json::to_string(&record).ok())]);
        }
    }

    /// An annotation; where it has several stretches, each is one of its own, with the same `uuid`, and the first one
    /// says all that is said.
    fn annotation(&mut self, labels: &Labels, coder: &CoderId, a: &Annotation) {
        let (kind, label) = match &a.tag {
            Tag::Entity(kind) => (&types::ENTITY, kind.word().to_owned()),
            Tag::Quote(kind) => (&types::QUOTE, kind.word().to_owned()),
            Tag::Claim(kind) => (&types::CLAIM, kind.word().to_owned()),
            Tag::Frame(code) => (&types::FRAME, labels.code(code)),
        };
        for (n, span) in a.spans.iter().enumerate() {
            let mut said = vec![("coder", coder.to_string()), ("uuid", a.id.to_string())];
            if let Tag::Entity(_) = a.tag {
                said.push(("value", label.clone()));
            }
            said.push(("label", label.clone()));
            if let Some(code) = a.tag.code() {
                said.push(("code", code.to_string()));
            }
            if a.spans.len() > 1 {
                said.push(("piece", (n + 1).to_string()));
            }
            if n == 0 {
                said.extend(details::of(a));
            }
            self.made.push(Made { kind, at: self.map.utf16(*span), said, links: Vec::new() });
        }
    }
}
