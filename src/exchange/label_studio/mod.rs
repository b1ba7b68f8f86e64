//! Label Studio: `tasks.json`, to be imported into a project with the labelling interface of `config.xml`.
//!
//! A task is an article; an annotation of it is the work of one coder. Places are code points of the text, as Label
//! Studio counts them since version 1.6 (older ones count UTF-16 units, which is noticed by the words that stand beside
//! the places).
//!
//! | control | what it holds |
//! |---|---|
//! | `entity`, `quote`, `claim`, `frame` | the labels of a layer; all codes are there to be chosen |
//! | `voice`, `stance`, `negated` | a choice for each region |
//! | `speaker`, `target`, `memo`, `custom` | words for each region |
//! | `intensity`, `certainty` | a number for each region |
//! | `document`, `primary` | codes on the whole article, and the one that governs it |
//! | `article_memo`, `article_details` | the memo on the article, and what else is said of it, in JSON |
//! | `coder`, `coder_name` | who coded: Label Studio refuses annotations of people whom it does not know, so they cannot stand in `completed_by` |
//!
//! The task’s `meta` has title, outlet, date … of the article; a region’s `meta` how and when a coding was made.

mod config;
mod read;

use std::io;

use serde_json::{Map, Value as Json, json};

use super::about;
use super::adapt::is_in_xml;
use super::labels::Labels;
use super::record::codings_of;
use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink, details};
use crate::model::{Annotation, Article, CoderId, Coding, Project, Relation, RelationEnd};
use crate::text::OffsetMap;

/// What a region is asked beside its label, and what kind of control asks it.
const ASKED: &[(&str, Control)] = &[
    ("voice", Control::Choices),
    ("stance", Control::Choices),
    ("negated", Control::Choices),
    ("speaker", Control::Words),
    ("target", Control::Words),
    ("memo", Control::Words),
    ("custom", Control::Words),
    ("intensity", Control::Number),
    ("certainty", Control::Number),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    Choices,
    Words,
    Number,
}

impl Control {
    /// The type of a result, and the key of its value.
    fn word(self) -> (&'static str, &'static str) {
        match self {
            Self::Choices => ("choices", "choices"),
            Self::Words => ("textarea", "text"),
            Self::Number => ("number", "number"),
        }
    }

    fn value(self, said: &str) -> Json {
        match self {
            Self::Number => serde_json::from_str(said).unwrap_or_else(|_| json!(said)),
            _ => json!([said]),
        }
    }
}

/// The format.
#[derive(Debug)]
pub struct LabelStudio;

impl Format for LabelStudio {
    fn name(&self) -> &'static str {
        "label-studio"
    }

    fn about(&self) -> &'static str {
        "tasks with annotations for Label Studio, and the labelling interface for them"
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        about::CARRIED.and(&[Feature::UnusedCodes])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        about::plain_relations(project, losses);
        about::sweep(project, self.carries(), losses);
        let mut changed = 0;
        for code in project.codebook.codes.values_mut().filter(|c| !c.name.chars().all(is_in_xml)) {
            code.name = code.name.chars().map(|c| if is_in_xml(c) { c } else { ' ' }).collect();
            changed += 1;
        }
        losses.tell(
            "characters",
            changed,
            "codes’ names hold characters that XML has no place for, which become spaces",
        );
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        sink.file("config.xml", config::write(project, &labels).as_bytes())?;
        let mut tasks = b"[".to_vec();
        for (n, article) in project.articles.values().enumerate() {
            tasks.extend_from_slice(if n == 0 { b"\n" } else { b",\n" });
            serde_json::to_writer(&mut tasks, &task(project, &labels, n + 1, article))?;
            sink.step()?;
        }
        tasks.extend_from_slice(b"\n]\n");
        sink.file("tasks.json", &tasks)
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        read::files(bundle).first().is_some_and(|name| {
            let head = bundle.head(name);
            let has = |key: &str| about::has_key(&head, key);
            let tasks =
                ["annotations", "completions", "predictions"].iter().any(|k| has(k)) && (has("result") || has("data"));
            head.trim_start().starts_with(['[', '{']) && (tasks || has("annotation_id") && has("annotator"))
                || head.trim() == "[]" && bundle.names().iter().any(|n| n == "config.xml")
        })
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        read::read(self, bundle, incoming)
    }
}

fn task(project: &Project, labels: &Labels, id: usize, article: &Article) -> Json {
    let map = OffsetMap::new(article.text.clone());
    let work = |(n, (coder, coding)): (usize, (&CoderId, &Coding))| {
        json!({"id": id * 1000 + n, "result": results(project, labels, &map, coder, coding),
               "was_cancelled": false, "ground_truth": false})
    };
    json!({
        "id": id,
        "data": {"text": &*article.text},
        "meta": about::article(article),
        "annotations": codings_of(project, article).enumerate().map(work).collect::<Vec<_>>(),
        "predictions": [],
    })
}

/// Everything that a coder said of an article, as Label Studio’s results.
fn results(project: &Project, labels: &Labels, map: &OffsetMap, coder: &CoderId, coding: &Coding) -> Vec<Json> {
    let mut out = Vec::new();
    let mut whole = about::whole(labels, coding);
    let mut of_article = |control: &str, kind: &str, key: &str, value: Json| {
        out.push(json!({"id": format!("{control}-{coder}"), "from_name": control, "to_name": "text", "type": kind,
                        "origin": "manual", "value": {key: value}}));
    };
    of_article("coder", "textarea", "text", json!([coder.as_str()]));
    let name = project.coders.get(coder).map_or(coder.as_str(), |c| c.name.as_str());
    of_article("coder_name", "textarea", "text", json!([name]));
    if let Some(codes) = whole.remove("codes") {
        of_article("document", "choices", "choices", codes);
    }
    if let Some(primary) = whole.remove("primary") {
        of_article("primary", "choices", "choices", json!([primary]));
    }
    if let Some(memo) = whole.remove("memo") {
        of_article("article_memo", "textarea", "text", json!([memo]));
    }
    if !whole.is_empty() {
        of_article("article_details", "textarea", "text", json!([Json::Object(whole).to_string()]));
    }
    for annotation in coding.in_order() {
        region(&mut out, labels, map, annotation);
    }
    relations(&mut out, coding);
    out
}

fn region(out: &mut Vec<Json>, labels: &Labels, map: &OffsetMap, annotation: &Annotation) {
    let span = annotation.hull();
    let id = annotation.id.to_string();
    let said = details::of(annotation);
    let asked = |key: &str| ASKED.iter().find(|(name, _)| *name == key).map(|(_, control)| *control);
    let meta: Map<String, Json> =
        said.iter().filter(|(key, _)| asked(key).is_none()).map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
    out.push(json!({
        "id": id, "from_name": annotation.tag.layer().word(), "to_name": "text", "type": "labels", "origin": "manual",
        "value": {"start": span.start, "end": span.end, "text": map.slice(span).unwrap_or_default(),
                  "labels": [labels.written(&annotation.tag)]},
        "meta": meta,
    }));
    for (key, value) in &said {
        let Some(control) = asked(key) else { continue };
        let (kind, place) = control.word();
        let value = control.value(if *key == "negated" { "negated" } else { value });
        out.push(json!({"id": id, "from_name": key, "to_name": "text", "type": kind, "origin": "manual",
                        "value": {"start": span.start, "end": span.end, place: value}}));
    }
}

/// Two regions can be joined once, by several labels.
fn relations(out: &mut Vec<Json>, coding: &Coding) {
    let mut pairs: Vec<(String, String, Vec<&str>)> = Vec::new();
    for Relation { kind, from, to, .. } in coding.relations.values() {
        let RelationEnd::Annotation(to) = to else { continue };
        let (from, to) = (from.to_string(), to.to_string());
        match pairs.iter_mut().find(|(a, b, _)| *a == from && *b == to) {
            Some((_, _, kinds)) => kinds.push(kind),
            None => pairs.push((from, to, vec![kind])),
        }
    }
    for (from, to, kinds) in pairs {
        let mut line = json!({"from_id": from, "to_id": to, "type": "relation", "direction": "right"});
        if kinds != [""] {
            line["labels"] = json!(kinds);
        }
        out.push(line);
    }
}
