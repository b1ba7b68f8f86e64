//! An article and what was said of it as JSON: the shape of a line of JSON Lines, and of what other formats put where
//! they have room for JSON.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::row::{Row, name, path};
use crate::model::{
    Annotation, Article, Code, CodeId, CoderId, Coding, Entity, EntityId, Layer, Origin, Outcome, PartKind, Party,
    Placement, Project, RelationEnd, Source, Stance, Tag, Value, Voice,
};
use crate::text::{CharSpan, Document};

type Json = serde_json::Value;

/// One line: an article and what is selected of its codings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleRecord {
    pub id: String,
    pub title: String,
    pub outlet: String,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub url: Option<String>,
    pub language: Option<String>,
    pub section: Option<String>,
    pub variables: BTreeMap<String, Json>,
    pub source: Source,
    /// BLAKE3 of the text, in hex.
    pub hash: String,
    pub text: String,
    pub parts: Vec<PartRecord>,
    pub annotations: Vec<AnnotationRecord>,
    /// Annotations whose words are not in the text any more; their places are those in the text that was coded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<AnnotationRecord>,
    pub codings: Vec<CodingRecord>,
    /// The codes that are used here, and those that they stand below, which come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codebook: Vec<CodeRecord>,
    /// The entries of the register of names that this article’s codings refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
}

/// A code: its name and its place. What it means is in the codebook, which has formats of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    pub id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A marked part of the text: `headline`, `standfirst`, `byline`, `caption`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    pub kind: String,
    pub start: usize,
    pub end: usize,
    pub byte_start: Option<usize>,
    pub byte_end: Option<usize>,
}

/// A stretch of the text. The byte offsets are null where a damaged project has a stretch that fits no text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    pub start: usize,
    pub end: usize,
    pub byte_start: Option<usize>,
    pub byte_end: Option<usize>,
    pub text: String,
    /// What stood before and after the words; given where they are not in the text any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<(String, String)>,
}

/// Somebody who speaks or is spoken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyRecord {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// How an annotation came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "lowercase")]
pub enum OriginRecord {
    Hand,
    Accepted { detector: String, version: String, score: f32, edited: bool },
    Imported { from: String },
}

/// One annotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnotationRecord {
    pub id: String,
    pub coder: String,
    pub layer: Layer,
    pub label: String,
    pub path: Vec<String>,
    /// The code's id; null on layers without a codebook.
    pub code: Option<String>,
    pub code_revision: Option<u32>,
    pub spans: Vec<SpanRecord>,
    pub text: String,
    pub voice: Option<Voice>,
    pub speaker: Option<PartyRecord>,
    pub target: Option<PartyRecord>,
    pub stance: Option<Stance>,
    pub intensity: Option<u8>,
    pub certainty: Option<u8>,
    pub negated: bool,
    pub placement: Placement,
    pub custom: BTreeMap<String, Json>,
    pub memo: String,
    pub origin: OriginRecord,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// What one coder said of the article as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodingRecord {
    pub coder: String,
    pub coder_name: String,
    /// The name of the governing frame.
    pub primary: Option<String>,
    /// The id of that code.
    #[serde(default)]
    pub primary_code: Option<String>,
    /// The names of the codes on the whole article.
    pub codes: Vec<String>,
    /// The ids of those codes, in the same order.
    #[serde(default)]
    pub code_ids: Vec<String>,
    pub variables: BTreeMap<String, Json>,
    pub memo: String,
    pub finished: Option<Timestamp>,
    /// The whole article was read and holds nothing to code.
    pub nothing_found: bool,
    /// Passages that were read and hold nothing to code.
    pub nothing_found_in: Vec<SpanRecord>,
    pub relations: Vec<RelationRecord>,
    pub decisions: Vec<DecisionRecord>,
}

/// A line from an annotation to another one or to an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationRecord {
    pub id: String,
    pub kind: String,
    pub from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_annotation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_entity: Option<String>,
}

/// A suggestion that the coder answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    pub start: usize,
    pub end: usize,
    pub layer: Layer,
    pub label: String,
    pub detector: String,
    pub version: String,
    pub score: f32,
    /// `accepted` or `rejected`.
    pub outcome: String,
    /// What was made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotation: Option<String>,
    pub at: Timestamp,
}

/// All that a project has to say of an article.
pub fn article(project: &Project, article: &Article) -> ArticleRecord {
    let document = Document::new(article.text.clone());
    let meta = &article.metadata;
    let (mut annotations, mut orphans, mut codings) = (Vec::new(), Vec::new(), Vec::new());
    let (mut named, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (coder, coding) in codings_of(project, article) {
        for found in coding.in_order() {
            annotations.push(annotation(coder, &Row::new(project, article, &document, found)));
        }
        orphans.extend(coding.orphans.values().map(|a| orphan(project, coder, a)));
        codings.push(self::coding(project, &document, coder, coding));
        named.extend(names_of(coding));
        used.extend(codes_of(coding));
    }
    let part = |part: &crate::model::Part| {
        let span = span(&document, part.span);
        PartRecord {
            kind: part_word(part.kind).to_owned(),
            start: span.start,
            end: span.end,
            byte_start: span.byte_start,
            byte_end: span.byte_end,
        }
    };
    ArticleRecord {
        id: article.id.to_string(),
        title: meta.title.clone(),
        outlet: meta.outlet.clone(),
        authors: meta.authors.clone(),
        published: meta.published.clone(),
        url: meta.url.clone(),
        language: meta.language.clone(),
        section: meta.section.clone(),
        variables: values(&meta.variables),
        source: article.source.clone(),
        hash: article.hash.clone(),
        text: article.text.to_string(),
        parts: article.parts.iter().map(part).collect(),
        annotations,
        orphans,
        codings,
        codebook: codebook(project, used),
        entities: named.iter().filter_map(|id| project.entities.get(id).cloned()).collect(),
    }
}

/// Everybody’s work on an article, coder by coder.
pub fn codings_of<'a>(project: &'a Project, article: &'a Article) -> impl Iterator<Item = (&'a CoderId, &'a Coding)> {
    project.coders.keys().filter_map(|coder| Some((coder, project.coding(coder, &article.id)?)))
}

/// The codes that a coding uses.
pub fn codes_of(coding: &Coding) -> BTreeSet<CodeId> {
    let marks = coding.annotations.values().chain(coding.orphans.values());
    let marked = marks.filter_map(|a| a.tag.code().cloned());
    marked.chain(coding.document.codes.iter().chain(&coding.document.primary).cloned()).collect()
}

/// Codes and those that they stand below, parents first.
pub(super) fn codebook(project: &Project, mut wanted: BTreeSet<CodeId>) -> Vec<CodeRecord> {
    for id in wanted.clone() {
        let mut above = project.codebook.get(&id).and_then(|c| c.parent.clone());
        while let Some(id) = above.filter(|id| wanted.insert(id.clone())) {
            above = project.codebook.get(&id).and_then(|c| c.parent.clone());
        }
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    let tree = project.codebook.tree();
    let record = |c: &Code| CodeRecord {
        id: c.id.to_string(),
        name: c.name.clone(),
        parent: c.parent.as_ref().map(ToString::to_string),
    };
    tree.into_iter().filter(|(_, c)| wanted.contains(&c.id)).map(|(_, c)| record(c)).collect()
}

/// The entries of the register that a coding refers to.
pub fn names_of(coding: &Coding) -> BTreeSet<EntityId> {
    let parties = |a: &Annotation| [a.attributes.speaker.as_ref(), a.attributes.target.as_ref()].map(|p| p?.entity);
    let marks = coding.annotations.values().chain(coding.orphans.values());
    let ends = coding.relations.values().filter_map(|r| match r.to {
        RelationEnd::Entity(id) => Some(id),
        RelationEnd::Annotation(_) => None,
    });
    marks.flat_map(|a| parties(a)).flatten().chain(ends).collect()
}

/// An annotation whose words are not in the text any more.
pub(super) fn orphan(project: &Project, coder: &CoderId, a: &Annotation) -> AnnotationRecord {
    let (label, path) = match &a.tag {
        Tag::Frame(code) => (name(&project.codebook, code), path(&project.codebook, code)),
        tag => (tag.word().to_owned(), vec![tag.word().to_owned()]),
    };
    let spans = a.spans.iter().zip(&a.anchors).map(|(s, anchor)| SpanRecord {
        start: s.start.0,
        end: s.end.0,
        byte_start: None,
        byte_end: None,
        text: anchor.exact.clone(),
        around: Some((anchor.before.clone(), anchor.after.clone())),
    });
    said_of(a, coder, label, path, spans.collect(), Placement::Body)
}

/// One annotation.
pub fn annotation(coder: &CoderId, row: &Row<'_>) -> AnnotationRecord {
    let spans = row.spans.iter().map(|(span, bytes, words)| SpanRecord {
        start: span.start.0,
        end: span.end.0,
        byte_start: bytes.map(|b| b.start.0),
        byte_end: bytes.map(|b| b.end.0),
        text: (*words).to_owned(),
        around: None,
    });
    said_of(row.annotation, coder, row.label.clone(), row.path.clone(), spans.collect(), row.placement)
}

fn said_of(
    a: &Annotation,
    coder: &CoderId,
    label: String,
    path: Vec<String>,
    spans: Vec<SpanRecord>,
    placement: Placement,
) -> AnnotationRecord {
    AnnotationRecord {
        id: a.id.to_string(),
        coder: coder.to_string(),
        layer: a.tag.layer(),
        label,
        path,
        code: a.tag.code().map(ToString::to_string),
        code_revision: (a.tag.code().is_some() || a.code_revision != 0).then_some(a.code_revision),
        text: spans.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(" … "),
        spans,
        voice: a.attributes.voice,
        speaker: a.attributes.speaker.as_ref().map(party),
        target: a.attributes.target.as_ref().map(party),
        stance: a.attributes.stance,
        intensity: a.attributes.intensity,
        certainty: a.attributes.certainty,
        negated: a.attributes.negated,
        placement,
        custom: values(&a.attributes.custom),
        memo: a.memo.clone(),
        origin: match &a.origin {
            Origin::Hand => OriginRecord::Hand,
            Origin::Accepted { detector, version, score, edited } => OriginRecord::Accepted {
                detector: detector.clone(),
                version: version.clone(),
                score: *score,
                edited: *edited,
            },
            Origin::Imported { from } => OriginRecord::Imported { from: from.clone() },
        },
        created: a.created,
        changed: a.changed,
    }
}

/// What one coder said of an article as a whole.
pub fn coding(project: &Project, document: &Document, coder: &CoderId, coding: &Coding) -> CodingRecord {
    let book = &project.codebook;
    let whole = &coding.document;
    CodingRecord {
        coder: coder.to_string(),
        coder_name: project.coders.get(coder).map_or_else(|| coder.to_string(), |c| c.name.clone()),
        primary: whole.primary.as_ref().map(|c| name(book, c)),
        primary_code: whole.primary.as_ref().map(ToString::to_string),
        codes: whole.codes.iter().map(|c| name(book, c)).collect(),
        code_ids: whole.codes.iter().map(ToString::to_string).collect(),
        variables: values(&whole.variables),
        memo: whole.memo.clone(),
        finished: whole.finished,
        nothing_found: coding.nothing_found.iter().any(|n| n.span.is_none()),
        nothing_found_in: coding.nothing_found.iter().filter_map(|n| n.span).map(|s| span(document, s)).collect(),
        relations: coding
            .relations
            .values()
            .map(|r| RelationRecord {
                id: r.id.to_string(),
                kind: r.kind.clone(),
                from: r.from.to_string(),
                to_annotation: matches!(r.to, RelationEnd::Annotation(_)).then(|| end(&r.to)),
                to_entity: matches!(r.to, RelationEnd::Entity(_)).then(|| end(&r.to)),
            })
            .collect(),
        decisions: coding
            .decisions
            .iter()
            .map(|(about, decision)| DecisionRecord {
                start: about.span.start.0,
                end: about.span.end.0,
                layer: about.layer,
                label: about.label.clone(),
                detector: decision.detector.clone(),
                version: decision.version.clone(),
                score: decision.score,
                outcome: if decision.outcome == Outcome::Rejected { "rejected" } else { "accepted" }.to_owned(),
                annotation: match decision.outcome {
                    Outcome::Accepted(id) => Some(id.to_string()),
                    Outcome::Rejected => None,
                },
                at: decision.at,
            })
            .collect(),
    }
}

fn end(end: &RelationEnd) -> String {
    match end {
        RelationEnd::Annotation(id) => id.to_string(),
        RelationEnd::Entity(id) => id.to_string(),
    }
}

fn span(document: &Document, span: CharSpan) -> SpanRecord {
    let bytes = document.map().bytes(span);
    SpanRecord {
        start: span.start.0,
        end: span.end.0,
        byte_start: bytes.map(|b| b.start.0),
        byte_end: bytes.map(|b| b.end.0),
        text: document.map().slice(span).unwrap_or_default().to_owned(),
        around: None,
    }
}

fn party(party: &Party) -> PartyRecord {
    PartyRecord { name: party.name.clone(), entity: party.entity.map(|e| e.to_string()) }
}

/// A value as JSON. What is no number in JSON (not a number, infinite) is written `{"number":"inf"}`.
pub fn value_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Number(number) if number.is_finite() => Json::from(*number),
        Value::Number(number) => serde_json::json!({ "number": number.to_string() }),
        Value::YesNo(yes) => Json::from(*yes),
    }
}

/// A value from JSON: lists and objects stay as they are written.
pub fn value_of(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(yes) => Value::YesNo(*yes),
        Json::Number(number) => Value::Number(number.as_f64()?),
        Json::String(text) => Value::Text(text.clone()),
        Json::Object(map) => match map.get("number").and_then(|n| n.as_str()?.parse().ok()) {
            Some(number) if map.len() == 1 => Value::Number(number),
            _ => Value::Text(json.to_string()),
        },
        Json::Array(_) => Value::Text(json.to_string()),
    })
}

fn values(values: &BTreeMap<String, Value>) -> BTreeMap<String, Json> {
    values.iter().map(|(name, value)| (name.clone(), value_json(value))).collect()
}

/// Values by name as one JSON object.
pub fn json_of(values: &BTreeMap<String, Value>) -> Json {
    values.iter().map(|(name, value)| (name.clone(), value_json(value))).collect::<serde_json::Map<_, _>>().into()
}

/// Values by name from a JSON object.
pub fn of_json(map: BTreeMap<String, Json>) -> BTreeMap<String, Value> {
    map.into_iter().filter_map(|(name, json)| Some((name, value_of(&json)?))).collect()
}

/// The word for a part.
pub fn part_word(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Headline => "headline",
        PartKind::Standfirst => "standfirst",
        PartKind::Byline => "byline",
        PartKind::Caption => "caption",
    }
}

/// A part by its word.
pub fn part_of(word: &str) -> Option<PartKind> {
    [PartKind::Headline, PartKind::Standfirst, PartKind::Byline, PartKind::Caption]
        .into_iter()
        .find(|kind| part_word(*kind) == word)
}
