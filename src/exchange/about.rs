//! What JSON-like formats keep beside texts and spans, under keys of their own: what is known of an article, what is
//! said of an annotation beyond its place and label, and what a coder said of an article as a whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::labels::{self, BETWEEN, Label, Labels};
use super::record::{json_of, of_json, part_of, part_word, value_of};
use super::reduce::derived_id;
use super::{Carries, Feature, Format, Incoming, Losses, Text, details, reduce};
use crate::model::{
    Annotation, AnnotationId, Article, CodeId, CoderId, Coding, Metadata, NothingFound, Part, Project, Relation,
    RelationEnd, RelationId, Source, Tag,
};
use crate::text::CharSpan;

/// What these keys carry, together with texts and spans.
pub const CARRIED: Carries = Carries::EVERYTHING.but(&[
    Feature::Discontinuous,
    Feature::PartyEntities,
    Feature::Register,
    Feature::UnusedNames,
    Feature::IdleCoders,
    Feature::Answers,
    Feature::Orphans,
    Feature::CodeIds,
    Feature::CodeTree,
    Feature::CodeMeanings,
    Feature::CodeColours,
    Feature::CodeDetails,
    Feature::UnusedCodes,
    Feature::Schema,
    Feature::ProjectTitle,
]);

/// What is known of an article: `id`, `title`, `outlet`, `authors`, `published`, `url`, `language`, `section`,
/// `variables`, `source`, `parts` (code points of the text). What is not known is left out.
pub fn article(article: &Article) -> Map<String, Json> {
    let meta = &article.metadata;
    let mut out = Map::new();
    let mut put = |key: &str, value: Option<Json>| out.extend(value.map(|v| (key.to_owned(), v)));
    let some = |text: &str| (!text.is_empty()).then(|| json!(text));
    put("id", some(article.id.as_str()));
    put("title", some(&meta.title));
    put("outlet", some(&meta.outlet));
    put("authors", (!meta.authors.is_empty()).then(|| json!(meta.authors)));
    put("published", meta.published.as_ref().map(|v| json!(v)));
    put("url", meta.url.as_ref().map(|v| json!(v)));
    put("language", meta.language.as_ref().map(|v| json!(v)));
    put("section", meta.section.as_ref().map(|v| json!(v)));
    put("variables", (!meta.variables.is_empty()).then(|| json_of(&meta.variables)));
    put("source", (article.source != Source::default()).then(|| json!(article.source)));
    let part = |p: &Part| json!({"kind": part_word(p.kind), "start": p.span.start, "end": p.span.end});
    put("parts", (!article.parts.is_empty()).then(|| article.parts.iter().map(part).collect()));
    out
}

/// An article by its text and what is said of it. What is none of our keys becomes a variable of the article.
pub fn read_article(incoming: &mut Incoming<'_>, raw: &str, said: &Map<String, Json>) -> Text {
    let mut meta = Metadata::default();
    let mut source = Source::default();
    let mut parts = None;
    let mut id = None;
    for (key, value) in said {
        let text = value.as_str().map(str::to_owned);
        let understood = match (key.as_str(), text) {
            ("id", Some(text)) if text.parse::<crate::model::ArticleId>().is_ok() => !id.insert(text).is_empty(),
            ("title", Some(text)) => replace(&mut meta.title, text),
            ("outlet", Some(text)) => replace(&mut meta.outlet, text),
            ("published", text @ Some(_)) => replace(&mut meta.published, text),
            ("url", text @ Some(_)) => replace(&mut meta.url, text),
            ("language", text @ Some(_)) => replace(&mut meta.language, text),
            ("section", text @ Some(_)) => replace(&mut meta.section, text),
            ("authors", None) => serde_json::from_value(value.clone()).is_ok_and(|all| replace(&mut meta.authors, all)),
            ("source", None) => serde_json::from_value(value.clone()).is_ok_and(|s| replace(&mut source, s)),
            ("parts", None) => value.as_array().is_some_and(|all| parts.insert(all.clone()).len() == all.len()),
            ("variables", None) => value.as_object().is_some_and(|all| {
                meta.variables.extend(of_json(all.clone().into_iter().collect()));
                true
            }),
            _ => false,
        };
        if !understood && let Some(value) = value_of(value) {
            meta.variables.insert(key.clone(), value);
        }
    }
    let text = incoming.article(raw, id.as_deref(), meta, source);
    if let Some(parts) = parts {
        let part = |p: &Json| {
            let kind = part_of(p.get("kind")?.as_str()?)?;
            Some(Part { kind, span: text.chars(number(p.get("start"))?, number(p.get("end"))?)? })
        };
        incoming.parts(&text, parts.iter().filter_map(part).collect());
    }
    text
}

fn replace<T>(place: &mut T, value: T) -> bool {
    *place = value;
    true
}

/// A number that counts or numbers something; also where it is written as text or with a fraction of nothing.
pub fn number(json: Option<&Json>) -> Option<usize> {
    match json? {
        Json::Number(n) => n.as_u64().map(|n| n as usize).or_else(|| {
            let n = n.as_f64().filter(|n| n.fract() == 0.0 && (0.0..1e15).contains(n))?;
            Some(n as usize)
        }),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether the start of a JSON file has a key, however it is spaced.
pub fn has_key(head: &str, key: &str) -> bool {
    let quoted = format!("\"{key}\"");
    head.match_indices(&quoted).any(|(at, _)| head[at + quoted.len()..].trim_start().starts_with(':'))
}

/// Words or a number as words.
pub fn words(json: Option<&Json>) -> Option<String> {
    match json? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// What is said of an annotation beyond its label and place: `id`, and the keys of [`details`]; numbers are numbers.
pub fn annotation(annotation: &Annotation) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("id".to_owned(), json!(annotation.id.to_string()));
    for (key, value) in details::of(annotation) {
        let plain = ["intensity", "certainty", "negated", "code_revision", "score", "edited", "custom"].contains(&key);
        let value =
            if plain { serde_json::from_str(&value).unwrap_or(Json::String(value)) } else { Json::String(value) };
        out.insert(key.to_owned(), value);
    }
    out
}

/// Puts what is said into an annotation; keys in `but` are the format’s own, and not said of it.
pub fn read_annotation(annotation: &mut Annotation, said: &Map<String, Json>, but: &[&str]) {
    let said: Vec<(&str, String)> = said
        .iter()
        .filter(|(key, value)| *key != "id" && !but.contains(&key.as_str()) && !value.is_null())
        .map(|(key, value)| (key.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    // What is ours says so, and then an annotation without a revision has none.
    if said.iter().any(|(key, _)| *key == "origin") {
        annotation.code_revision = 0;
    }
    details::put(annotation, said.iter().map(|(key, value)| (*key, value.as_str())));
}

/// What a coder said of an article as a whole: `codes`, `primary`, `variables`, `memo`, `finished`, `nothing_found`
/// (`true`: in all of it), `nothing_found_in` (`[[start, end]]` in code points).
pub fn whole(labels: &Labels, coding: &Coding) -> Map<String, Json> {
    let document = &coding.document;
    let mut out = Map::new();
    let mut put = |key: &str, value: Option<Json>| out.extend(value.map(|v| (key.to_owned(), v)));
    let codes: Vec<String> = document.codes.iter().map(|c| labels.code(c)).collect();
    put("codes", (!codes.is_empty()).then(|| json!(codes)));
    put("primary", document.primary.as_ref().map(|c| json!(labels.code(c))));
    put("variables", (!document.variables.is_empty()).then(|| json_of(&document.variables)));
    put("memo", (!document.memo.is_empty()).then(|| json!(document.memo)));
    put("finished", document.finished.map(|at| json!(at.to_string())));
    put("nothing_found", coding.nothing_found.iter().any(|n| n.span.is_none()).then_some(json!(true)));
    let spans: Vec<_> = coding.nothing_found.iter().filter_map(|n| n.span).map(|s| json!([s.start, s.end])).collect();
    put("nothing_found_in", (!spans.is_empty()).then(|| json!(spans)));
    out
}

/// Puts what was said of an article as a whole into somebody’s work.
pub fn read_whole(incoming: &mut Incoming<'_>, known: &Known, text: &Text, coder: &CoderId, said: &Map<String, Json>) {
    let label = |json: &Json| json.as_str().map(str::to_owned);
    let codes = said.get("codes").and_then(Json::as_array).into_iter().flatten().filter_map(label);
    let codes: Vec<CodeId> = codes.map(|l| known.code(incoming, &l)).collect();
    let primary = said.get("primary").and_then(label).map(|l| known.code(incoming, &l));
    let span =
        |pair: &Json| text.chars(number(pair.get(0))?, number(pair.get(1))?).filter(|s: &CharSpan| !s.is_empty());
    let spans = said.get("nothing_found_in").and_then(Json::as_array).into_iter().flatten().filter_map(span);
    let all = (said.get("nothing_found") == Some(&Json::Bool(true))).then_some(None);
    let nothing: Vec<_> = spans.map(Some).chain(all).map(|span| NothingFound { span }).collect();
    let work = incoming.coding(text, coder);
    work.document.codes.extend(codes);
    if primary.is_some() {
        work.document.primary = primary;
    }
    if let Some(Json::Object(variables)) = said.get("variables") {
        work.document.variables.extend(of_json(variables.clone().into_iter().collect()));
    }
    if let Some(Json::String(memo)) = said.get("memo") {
        work.document.memo.clone_from(memo);
    }
    if let Some(at) = said.get("finished").and_then(|at| at.as_str()?.parse().ok()) {
        work.document.finished = Some(at);
    }
    work.nothing_found.extend(nothing);
}

/// The labels that a format would give the codes of the project at hand: by them a code that has no id in a file is
/// found again, also where two codes have one name.
#[derive(Debug)]
pub struct Known(BTreeMap<String, CodeId>);

impl Known {
    pub fn of(project: &Project, format: &dyn Format) -> Self {
        let (mut reduced, _) = reduce(project, format.carries());
        format.adapt(&mut reduced, &mut Losses::default());
        let labels = Labels::of(&reduced.codebook);
        let label = |id: &CodeId| plain(&labels.code(id)).to_owned();
        Self(reduced.codebook.codes.keys().map(|id| (label(id), id.clone())).collect())
    }

    /// The code that a label means; made where there is none yet.
    pub fn code(&self, incoming: &mut Incoming<'_>, label: &str) -> CodeId {
        let name = plain(label.trim());
        if let Some(id) = self.0.get(name) {
            return incoming.code(Some(id.as_str()), &[name]);
        }
        let path: Vec<&str> = name.split(BETWEEN).map(str::trim).filter(|n| !n.is_empty()).collect();
        incoming.code(None, &path)
    }

    /// What a label means, and what another program called it, where that is another word.
    pub fn tag(&self, incoming: &mut Incoming<'_>, label: &str) -> (Tag, Option<String>) {
        match labels::read(label) {
            Label::Layer { tag, called } => (tag, called),
            Label::Code(_) => (Tag::Frame(self.code(incoming, label)), None),
        }
    }

    /// A new annotation by its label, as [`Incoming::labelled`].
    pub fn labelled(
        &self,
        incoming: &mut Incoming<'_>,
        text: &Text,
        id: Option<&str>,
        label: &str,
        spans: Vec<CharSpan>,
    ) -> Option<Annotation> {
        let (tag, called) = self.tag(incoming, label);
        let mut new = incoming.annotation(text, id, tag, spans)?;
        if let Some(called) = called {
            new.attributes.custom.insert("label".to_owned(), crate::model::Value::Text(called));
        }
        Some(new)
    }
}

fn plain(label: &str) -> &str {
    label.strip_prefix("code: ").unwrap_or(label)
}

/// Leaves out the relations that do not lead from one annotation to another, and gives the others ids that a file need
/// not hold: they are made of what the relations say.
pub fn plain_relations(project: &mut Project, losses: &mut Losses) {
    for coding in project.codings.values_mut().filter(|c| !c.relations.is_empty()) {
        let work = std::sync::Arc::make_mut(coding);
        let there = |id: &AnnotationId| work.annotations.contains_key(id);
        let old = std::mem::take(&mut work.relations);
        let count = old.len();
        for relation in old.into_values() {
            if let RelationEnd::Annotation(to) = relation.to
                && there(&relation.from)
                && there(&to)
            {
                let id = relation_id(&work.relations, relation.from, to, &relation.kind);
                work.relations.insert(id, Relation { id, ..relation });
            }
        }
        losses.add(Feature::Relations, count - work.relations.len());
    }
}

/// Leaves out what nothing stands in any more after a format has left out this and that.
pub fn sweep(project: &mut Project, carries: Carries, losses: &mut Losses) {
    let (swept, more) = reduce(project, carries);
    *project = swept;
    for feature in [Feature::UncodedArticles, Feature::IdleCoders, Feature::UnusedCodes] {
        losses.add(feature, more.count(feature));
    }
}

/// Draws a line between two annotations of a file.
pub fn relate(
    incoming: &mut Incoming<'_>,
    text: &Text,
    coder: &CoderId,
    from: AnnotationId,
    to: AnnotationId,
    kind: &str,
) {
    let id = relation_id(&incoming.coding(text, coder).relations, from, to, kind);
    let to = RelationEnd::Annotation(to);
    incoming.relate(text, coder, Relation { id, kind: kind.to_owned(), from, to });
}

fn relation_id(all: &BTreeMap<RelationId, Relation>, from: AnnotationId, to: AnnotationId, kind: &str) -> RelationId {
    let (from, to) = (from.to_string(), to.to_string());
    let id = |n: u32| RelationId(derived_id(&["relation", &from, &to, kind, &n.to_string()]).0);
    (0..=u32::MAX).map(id).find(|id| !all.contains_key(id)).unwrap_or_else(|| unreachable!("numbers do not end"))
}
