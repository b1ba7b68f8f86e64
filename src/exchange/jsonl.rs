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
//!  "orphans":[{…}],
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
use std::io;

use super::incoming::Incoming;
use super::record::{self, AnnotationRecord, ArticleRecord, CodingRecord, OriginRecord};
use super::{Bundle, Carries, Feature, Format, Problem, Shape, Sink, Text};
use crate::model::{
    Annotation, AnnotationId, ClaimKind, Code, CodeId, CoderId, Decision, EntityId, EntityKind, Layer, Metadata,
    NothingFound, Origin, Outcome, Part, Party, Project, QuoteKind, Relation, RelationEnd, RelationId, Suggested, Tag,
};
use crate::text::{Anchor, CharSpan};

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

    fn shape(&self) -> Shape {
        Shape::File("jsonl")
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING.but(&[
            Feature::CodeMeanings,
            Feature::CodeColours,
            Feature::CodeDetails,
            Feature::UnusedCodes,
            Feature::UnusedNames,
            Feature::IdleCoders,
            Feature::Schema,
            Feature::ProjectTitle,
        ])
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| {
            for article in project.articles.values() {
                serde_json::to_writer(&mut *out, &record::article(project, article))?;
                out.write_all(b"\n")?;
                step()?;
            }
            Ok(())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        let head = bundle.head(name);
        let line = head.trim_start().lines().next().unwrap_or_default();
        if super::jsonl_textless::is_one(line) {
            return false;
        }
        line.starts_with('{') && ["\"annotations\":[", "\"codings\":[", "\"hash\":"].iter().all(|k| line.contains(k))
            || serde_json::from_str::<ArticleRecord>(line).is_ok()
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let record: ArticleRecord = serde_json::from_str(line).map_err(|e| Problem::at(name, n + 1, e))?;
            read_article(incoming, record, BTreeMap::new());
        }
        Ok(())
    }
}

/// Reads an article and all that is said of it. `called`: under which ids the codes are here that have come before.
pub(super) fn read_article(
    incoming: &mut Incoming<'_>,
    record: ArticleRecord,
    called: BTreeMap<String, String>,
) -> Text {
    let text = incoming.article(&record.text, Some(&record.id), metadata_of(&record), record.source.clone());
    read_into(incoming, &text, record, called);
    text
}

/// What is known of the article.
pub(super) fn metadata_of(record: &ArticleRecord) -> Metadata {
    let record = record.clone();
    Metadata {
        title: record.title,
        outlet: record.outlet,
        authors: record.authors,
        published: record.published,
        url: record.url,
        language: record.language,
        section: record.section,
        variables: record::of_json(record.variables),
    }
}

/// All that a record says of an article whose text is there; `called` as for [`read_article`].
pub(super) fn read_into(
    incoming: &mut Incoming<'_>,
    text: &Text,
    mut record: ArticleRecord,
    mut called: BTreeMap<String, String>,
) {
    let part =
        |p: &record::PartRecord| Some(Part { kind: record::part_of(&p.kind)?, span: text.chars(p.start, p.end)? });
    incoming.parts(text, record.parts.iter().filter_map(part).collect());
    for entity in record.entities {
        incoming.entity(entity);
    }
    for code in record.codebook {
        let Ok(id) = code.id.parse::<CodeId>() else { continue };
        let parent = code.parent.map(|p| called.get(&p).cloned().unwrap_or(p)).and_then(|p| p.parse().ok());
        let colour = incoming.project().codebook.next_colour();
        let new = Code { parent, ..Code::new(id, code.name, colour) };
        called.insert(code.id, incoming.put_code(new).to_string());
    }
    let here = |id: &mut Option<String>| *id = id.take().map(|id| called.get(&id).cloned().unwrap_or(id));
    record.annotations.iter_mut().chain(&mut record.orphans).for_each(|a| here(&mut a.code));
    for coding in &mut record.codings {
        here(&mut coding.primary_code);
        coding.code_ids.iter_mut().for_each(|id| *id = called.get(id).cloned().unwrap_or_else(|| id.clone()));
    }
    for coding in &record.codings {
        incoming.coder(&coding.coder, &coding.coder_name);
    }
    for said in record.annotations {
        let coder = incoming.coder(&said.coder, "");
        if let Some(tag) = tag(incoming, &said) {
            let spans: Option<Vec<_>> = said.spans.iter().map(|s| text.chars(s.start, s.end)).collect();
            let new = incoming.annotation(text, Some(&said.id), tag, spans.unwrap_or_default());
            if let Some(new) = new {
                incoming.put(text, &coder, with(new, &said));
            }
        }
    }
    for said in record.orphans {
        let coder = incoming.coder(&said.coder, "");
        if let Some(tag) = tag(incoming, &said) {
            orphan(incoming, text, &coder, tag, &said);
        }
    }
    for coding in record.codings {
        let coder = incoming.coder(&coding.coder, &coding.coder_name);
        read_coding(incoming, text, &coder, coding);
    }
}

/// What an annotation says; told, and `None`, where a layer’s word is not known.
pub(super) fn tag(incoming: &mut Incoming<'_>, said: &AnnotationRecord) -> Option<Tag> {
    let tag = match said.layer {
        Layer::Entity => EntityKind::from_word(&said.label).map(Tag::Entity),
        Layer::Quote => QuoteKind::from_word(&said.label).map(Tag::Quote),
        Layer::Claim => ClaimKind::from_word(&said.label).map(Tag::Claim),
        Layer::Frame => {
            let path = if said.path.is_empty() { std::slice::from_ref(&said.label) } else { &said.path[..] };
            Some(Tag::Frame(incoming.code(said.code.as_deref(), path)))
        }
    };
    if tag.is_none() {
        incoming.tell(format!("annotations of the unknown kind “{}” were left out", said.label));
    }
    tag
}

fn with(mut new: Annotation, said: &AnnotationRecord) -> Annotation {
    let party = |p: &record::PartyRecord| Party { name: p.name.clone(), entity: p.entity.as_deref().and_then(entity) };
    new.attributes.voice = said.voice;
    new.attributes.speaker = said.speaker.as_ref().map(party);
    new.attributes.target = said.target.as_ref().map(party);
    new.attributes.stance = said.stance;
    new.attributes.intensity = said.intensity;
    new.attributes.certainty = said.certainty;
    new.attributes.negated = said.negated;
    new.attributes.custom = record::of_json(said.custom.clone());
    new.memo.clone_from(&said.memo);
    new.origin = match said.origin.clone() {
        OriginRecord::Hand => Origin::Hand,
        OriginRecord::Accepted { detector, version, score, edited } => {
            Origin::Accepted { detector, version, score, edited }
        }
        OriginRecord::Imported { from } => Origin::Imported { from },
    };
    new.code_revision = said.code_revision.unwrap_or_default();
    new.created = said.created;
    new.changed = said.changed;
    new
}

fn entity(id: &str) -> Option<EntityId> {
    id.parse().ok().map(EntityId)
}

pub(super) fn orphan(incoming: &mut Incoming<'_>, text: &Text, coder: &CoderId, tag: Tag, said: &AnnotationRecord) {
    let around = |s: &record::SpanRecord| s.around.clone().unwrap_or_default();
    let anchors = said.spans.iter().map(|s| {
        let (before, after) = around(s);
        Anchor { exact: s.text.clone(), before, after }
    });
    let new = Annotation {
        id: AnnotationId(said.id.parse().unwrap_or_default()),
        tag,
        spans: said.spans.iter().map(|s| CharSpan::chars(s.start, s.end.max(s.start))).collect(),
        anchors: anchors.collect(),
        attributes: Default::default(),
        memo: String::new(),
        origin: Origin::Hand,
        code_revision: 0,
        created: said.created,
        changed: said.changed,
    };
    if !new.id.0.is_nil() {
        incoming.coding(text, coder).orphans.insert(new.id, std::sync::Arc::new(with(new, said)));
    }
}

pub(super) fn read_coding(incoming: &mut Incoming<'_>, text: &Text, coder: &CoderId, said: CodingRecord) {
    let primary = said.primary.as_ref().map(|name| incoming.code(said.primary_code.as_deref(), &[name]));
    let ids = said.code_ids.iter().map(|id| Some(id.as_str())).chain(std::iter::repeat(None));
    let codes: Vec<_> = said.codes.iter().zip(ids).map(|(name, id)| incoming.code(id, &[name])).collect();
    let relations: Vec<_> = said
        .relations
        .iter()
        .filter_map(|r| {
            let annotation = |id: &str| id.parse().ok().map(AnnotationId);
            let to = match (&r.to_annotation, &r.to_entity) {
                (Some(id), _) => RelationEnd::Annotation(annotation(id)?),
                (None, Some(id)) => RelationEnd::Entity(entity(id)?),
                (None, None) => return None,
            };
            let id = r.id.parse().ok().map(RelationId)?;
            Some(Relation { id, kind: r.kind.clone(), from: annotation(&r.from)?, to })
        })
        .collect();
    let nothing = said.nothing_found_in.iter().filter_map(|s| text.chars(s.start, s.end)).map(Some);
    let work = incoming.coding(text, coder);
    work.document.primary = primary;
    work.document.codes = codes.into_iter().collect();
    work.document.variables = record::of_json(said.variables);
    work.document.memo = said.memo;
    work.document.finished = said.finished;
    work.nothing_found = nothing.chain(said.nothing_found.then_some(None)).map(|span| NothingFound { span }).collect();
    work.relations = relations.into_iter().map(|r| (r.id, r)).collect();
    for d in said.decisions {
        let Some(span) = text.chars(d.start, d.end) else { continue };
        let accepted = d.annotation.as_deref().and_then(|id| id.parse().ok()).map(AnnotationId);
        let outcome = match accepted {
            Some(id) if d.outcome == "accepted" => Outcome::Accepted(id),
            _ => Outcome::Rejected,
        };
        let about = Suggested { span, layer: d.layer, label: d.label };
        let decision = Decision { detector: d.detector, version: d.version, score: d.score, outcome, at: d.at };
        work.decisions.insert(about, decision);
    }
}
