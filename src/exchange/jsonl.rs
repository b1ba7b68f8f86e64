//! JSON Lines: one article a line, with everything that is selected. The fullest of the formats.
//!
//! ```text
//! {"id":"…","title":"…","outlet":"…","authors":["…"],"published":"2025-03-04","url":"…","language":"en",
//!  "section":"…","variables":{…},"source":{"file":"…","format":"text","hash":"…","encoding":null},
//!  "hash":"…","text":"…",
//!  "parts":[{"kind":"headline","start":0,"end":9,"byte_start":0,"byte_end":9}],
//!  "annotations":[{"id":"…","coder":"ada","layer":"frame","label":"Witch hunt","path":["Conflict","Witch hunt"],
//!    "code":"witch-hunt","code_revision":1,
//!    "spans":[{"start":12,"end":22,"byte_start":12,"byte_end":22,"text":"witch hunt"}],"text":"witch hunt",
//!    "voice":"quoted","speaker":{"name":"Loach"},"target":null,"stance":"emotive","intensity":2,"certainty":3,
//!    "negated":false,"placement":"lede","custom":{},"memo":"","origin":{"how":"hand"},
//!    "created":"…","changed":"…"}],
//!  "orphans":[{"id":"…","coder":"ada","layer":"frame","label":"Purge","code":"purge","text":"…","memo":"",
//!    "old_spans":[{"start":3,"end":9}]}],
//!  "codings":[{"coder":"ada","coder_name":"Ada","primary":"Witch hunt","codes":["…"],"variables":{},"memo":"",
//!    "finished":null,"nothing_found":false,"nothing_found_in":[{…}],
//!    "relations":[{"id":"…","kind":"denies","from":"…","to_annotation":"…"}],
//!    "decisions":[{"start":…,"end":…,"layer":"frame","label":"…","detector":"…","version":"…","score":0.9,
//!      "outcome":"rejected","at":"…"}]}]}
//! ```
//!
//! `start` and `end` count Unicode code points of `text`, end-exclusive; `byte_start` and `byte_end` count its UTF-8
//! bytes. `label` is the code's name, or the layer's own word; `path` leads down to it through the codebook. Speakers
//! and targets have `entity`, an id, where they are known. `codings` has one object for each selected coder who said
//! anything of the article: so an article without annotations is either unread or read and found empty
//! (`nothing_found`), and one can tell which. `orphans`, which most articles have none of, are annotations whose words are
//! not in the text any more; their places are those they had in the text that was coded. The vocabulary is that of the window; the hashes are BLAKE3 in hex.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::row::{Row, name};
use super::{Format, Selection, Written};
use crate::model::{
    Annotation, Article, CoderId, Coding, Layer, Origin, Outcome, PartKind, Party, Placement, Project, RelationEnd,
    Source, Stance, Value, Voice,
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
    /// Annotations whose words are not in the text any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<OrphanRecord>,
    pub codings: Vec<CodingRecord>,
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

/// An annotation whose words are not in the text any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrphanRecord {
    pub id: String,
    pub coder: String,
    pub layer: Layer,
    pub label: String,
    /// The code's id; null on layers without a codebook.
    pub code: Option<String>,
    /// The words that were coded.
    pub text: String,
    pub memo: String,
    pub old_spans: Vec<OldSpan>,
}

/// A stretch of the text that was coded, in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldSpan {
    pub start: usize,
    pub end: usize,
}

/// What one coder said of the article as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodingRecord {
    pub coder: String,
    pub coder_name: String,
    /// The name of the governing frame.
    pub primary: Option<String>,
    /// The names of the codes on the whole article.
    pub codes: Vec<String>,
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

/// The format.
#[derive(Debug)]
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "JSON Lines, one article a line with its text and all codings; the fullest"
    }

    fn ending(&self) -> &'static str {
        "jsonl"
    }

    fn leaves_out(&self) -> Option<&'static str> {
        Some("The codebook's definitions and the register of names stay in the project.")
    }

    fn write(&self, project: &Project, selection: &Selection, out: &mut dyn Write) -> io::Result<Written> {
        let mut written = Written::default();
        for article in selection.articles(project) {
            let record = record(project, selection, article);
            serde_json::to_writer(&mut *out, &record)?;
            out.write_all(b"\n")?;
            written.articles += 1;
            written.annotations += record.annotations.len();
        }
        out.flush()?;
        Ok(written)
    }
}

fn record(project: &Project, selection: &Selection, article: &Article) -> ArticleRecord {
    let document = Document::new(article.text.clone());
    let meta = &article.metadata;
    let (mut annotations, mut orphans, mut codings) = (Vec::new(), Vec::new(), Vec::new());
    for (coder, coding) in selection.codings(project, &article.id) {
        for annotation in coding.in_order().into_iter().filter(|a| selection.has(a)) {
            annotations.push(annotation_record(coder, &Row::new(project, article, &document, annotation)));
        }
        let lost = coding.orphans.values().filter(|a| selection.has(a));
        orphans.extend(lost.map(|a| orphan_record(project, coder, a)));
        codings.push(coding_record(project, selection, &document, coder, coding));
    }
    let part = |part: &crate::model::Part| {
        let span = span_record(&document, part.span);
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
    }
}

fn orphan_record(project: &Project, coder: &CoderId, a: &Annotation) -> OrphanRecord {
    OrphanRecord {
        id: a.id.to_string(),
        coder: coder.to_string(),
        layer: a.tag.layer(),
        label: a.tag.code().map_or_else(|| a.tag.word().to_owned(), |code| name(&project.codebook, code)),
        code: a.tag.code().map(ToString::to_string),
        text: a.words(),
        memo: a.memo.clone(),
        old_spans: a.spans.iter().map(|s| OldSpan { start: s.start.0, end: s.end.0 }).collect(),
    }
}

fn annotation_record(coder: &CoderId, row: &Row<'_>) -> AnnotationRecord {
    let a = row.annotation;
    let spans = row.spans.iter().map(|(span, bytes, words)| SpanRecord {
        start: span.start.0,
        end: span.end.0,
        byte_start: bytes.map(|b| b.start.0),
        byte_end: bytes.map(|b| b.end.0),
        text: (*words).to_owned(),
    });
    AnnotationRecord {
        id: a.id.to_string(),
        coder: coder.to_string(),
        layer: a.tag.layer(),
        label: row.label.clone(),
        path: row.path.clone(),
        code: a.tag.code().map(ToString::to_string),
        code_revision: a.tag.code().map(|_| a.code_revision),
        spans: spans.collect(),
        text: row.words(),
        voice: a.attributes.voice,
        speaker: a.attributes.speaker.as_ref().map(party),
        target: a.attributes.target.as_ref().map(party),
        stance: a.attributes.stance,
        intensity: a.attributes.intensity,
        certainty: a.attributes.certainty,
        negated: a.attributes.negated,
        placement: row.placement,
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

fn coding_record(
    project: &Project,
    selection: &Selection,
    document: &Document,
    coder: &CoderId,
    coding: &Coding,
) -> CodingRecord {
    let book = &project.codebook;
    let whole = &coding.document;
    let kept = |id| coding.annotations.get(id).is_some_and(|a| selection.has(a));
    let relations = coding.relations.values().filter(|r| {
        // A line needs both its ends.
        kept(&r.from) && !matches!(&r.to, RelationEnd::Annotation(to) if !kept(to))
    });
    let decisions = coding.decisions.iter().filter(|(about, decision)| {
        selection.has_layer(about.layer) && (selection.rejected || decision.outcome != Outcome::Rejected)
    });
    CodingRecord {
        coder: coder.to_string(),
        coder_name: project.coders.get(coder).map_or_else(|| coder.to_string(), |c| c.name.clone()),
        primary: whole.primary.as_ref().filter(|c| selection.has_code(c)).map(|c| name(book, c)),
        codes: whole.codes.iter().filter(|c| selection.has_code(c)).map(|c| name(book, c)).collect(),
        variables: values(&whole.variables),
        memo: whole.memo.clone(),
        finished: whole.finished,
        nothing_found: coding.nothing_found.iter().any(|n| n.span.is_none()),
        nothing_found_in: coding
            .nothing_found
            .iter()
            .filter_map(|n| n.span)
            .map(|s| span_record(document, s))
            .collect(),
        relations: relations
            .map(|r| RelationRecord {
                id: r.id.to_string(),
                kind: r.kind.clone(),
                from: r.from.to_string(),
                to_annotation: matches!(r.to, RelationEnd::Annotation(_)).then(|| end(&r.to)),
                to_entity: matches!(r.to, RelationEnd::Entity(_)).then(|| end(&r.to)),
            })
            .collect(),
        decisions: decisions
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

fn span_record(document: &Document, span: CharSpan) -> SpanRecord {
    let bytes = document.map().bytes(span);
    SpanRecord {
        start: span.start.0,
        end: span.end.0,
        byte_start: bytes.map(|b| b.start.0),
        byte_end: bytes.map(|b| b.end.0),
        text: document.map().slice(span).unwrap_or_default().to_owned(),
    }
}

fn party(party: &Party) -> PartyRecord {
    PartyRecord { name: party.name.clone(), entity: party.entity.map(|e| e.to_string()) }
}

fn values(values: &BTreeMap<String, Value>) -> BTreeMap<String, Json> {
    let json = |value: &Value| match value {
        Value::Text(text) => Json::from(text.as_str()),
        // What is no number in JSON (not a number, infinite) becomes null.
        Value::Number(number) => Json::from(*number),
        Value::YesNo(yes) => Json::from(*yes),
    };
    values.iter().map(|(name, value)| (name.clone(), json(value))).collect()
}

fn part_word(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Headline => "headline",
        PartKind::Standfirst => "standfirst",
        PartKind::Byline => "byline",
        PartKind::Caption => "caption",
    }
}
