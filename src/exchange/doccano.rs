//! doccano’s JSON Lines. Places are code points, end-exclusive.
//!
//! | key | what it holds |
//! |---|---|
//! | `id` | the number of the line |
//! | `text` | the article’s text |
//! | `label` | (`doccano`) `[[start, end, label]]` |
//! | `entities` | (`doccano-relations`) `id`, `label`, `start_offset`, `end_offset`; our own keys beside them |
//! | `relations` | (`doccano-relations`) `id`, `from_id`, `to_id`, `type` |
//! | `cats` | codes on the whole article |
//! | `Comments` | memos on the whole article |
//! | `meta` | title, outlet, date … of the article |
//! | `coder`, `coder_name`, `document` | who coded, and what they said of the article as a whole |
//!
//! An article is a line for each coder. Read are all shapes that doccano writes for texts, also as a list (`.json`), with
//! objects over several lines, and as a folder or zip file with a file for each annotator: spans, relations, categories
//! (which become codes on whole articles), and the `annotations` of its first versions. Texts that answer texts,
//! pictures and sounds are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Map, Value as Json, json};

use super::about::{self, Known, has_key, number, words};
use super::labels::Labels;
use super::record::codings_of;
use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink};
use crate::model::{Annotation, AnnotationId, Article, CoderId, Coding, Project, RelationEnd};

/// The format; with `relations`, as doccano writes projects that have them.
#[derive(Debug)]
pub struct Doccano {
    pub relations: bool,
}

impl Format for Doccano {
    fn name(&self) -> &'static str {
        if self.relations { "doccano-relations" } else { "doccano" }
    }

    fn about(&self) -> &'static str {
        if self.relations {
            "the same with relations, and with all that is said of a coding"
        } else {
            "JSON Lines for doccano: text and labels"
        }
    }

    fn shape(&self) -> Shape {
        Shape::File("jsonl")
    }

    fn carries(&self) -> Carries {
        if self.relations {
            return about::CARRIED;
        }
        about::CARRIED.but(&[
            Feature::Ids,
            Feature::Voice,
            Feature::Speaker,
            Feature::Target,
            Feature::Stance,
            Feature::Intensity,
            Feature::Certainty,
            Feature::Negation,
            Feature::Custom,
            Feature::Memos,
            Feature::Origins,
            Feature::Revisions,
            Feature::Times,
            Feature::Relations,
        ])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        if self.relations {
            about::plain_relations(project, losses);
            about::sweep(project, self.carries(), losses);
        }
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        let mut id = 0;
        sink.main(|out, step| {
            for article in project.articles.values() {
                let mut works: Vec<_> = codings_of(project, article).map(Some).collect();
                if works.is_empty() {
                    works.push(None);
                }
                for work in works {
                    id += 1;
                    serde_json::to_writer(&mut *out, &self.line(project, &labels, id, article, work))?;
                    out.write_all(b"\n")?;
                }
                step()?;
            }
            Ok(())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = files(bundle).first().copied() else { return false };
        let head = bundle.head(name);
        let has = |key: &str| has_key(&head, key);
        let relations = has("entities") && has("relations");
        head.trim_start().starts_with(['{', '['])
            && ["text", "column_data", "filename", "Comments"].iter().any(|k| has(k))
            && ["label", "labels", "column_label", "entities", "annotations", "Comments"].iter().any(|k| has(k))
            && !["spans", "codings", "result", "results", "completions", "pattern", "annotation_id"]
                .iter()
                .any(|k| has(k))
            && self.relations == relations
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let known = Known::of(incoming.known(), self);
        let files = files(bundle);
        if files.is_empty() {
            return Err(Problem::Missing("a file of JSON Lines".to_owned()));
        }
        let several = files.len() > 1;
        for name in files {
            let text = bundle.text(name)?;
            // In a folder, each file is called like the annotator whose work it holds.
            let stem = name.rsplit('/').next().unwrap_or(name).rsplit_once('.').map_or(name, |(stem, _)| stem);
            let whose = if several && !matches!(stem, "all" | "unknown") { stem } else { "" };
            let (mut some, mut answers) = (false, Answers::default());
            let mut all = Vec::new();
            for json in serde_json::Deserializer::from_str(&text).into_iter::<Json>() {
                match json.map_err(|e| Problem::at(name, e.line(), e))? {
                    Json::Array(list) => all.extend(list),
                    json => all.push(json),
                }
            }
            all.iter().for_each(|json| answers.see(json));
            if answers.are_texts() {
                return Err(Problem::within(name, "its labels are texts that answer texts, and no codes"));
            }
            for (n, json) in all.iter().enumerate() {
                let wrong = |what: &str| Problem::within(name, format!("text {}: {what}", n + 1));
                some |= read_text(incoming, &known, whose, json).map_err(wrong)?;
            }
            if !some {
                return Err(Problem::within(name, "no line of it has a “text”"));
            }
        }
        Ok(())
    }
}

impl Doccano {
    fn line(
        &self,
        project: &Project,
        labels: &Labels,
        id: usize,
        article: &Article,
        work: Option<(&CoderId, &Coding)>,
    ) -> Json {
        let mut out = Map::new();
        let mut put = |key: &str, value: Json| out.insert(key.to_owned(), value);
        put("id", json!(id));
        put("text", json!(&*article.text));
        put("meta", Json::Object(about::article(article)));
        let mut whole = Map::new();
        let mut annotations: Vec<&Annotation> = Vec::new();
        if let Some((coder, coding)) = work {
            put("coder", json!(coder.as_str()));
            put("coder_name", json!(project.coders.get(coder).map_or(coder.as_str(), |c| c.name.as_str())));
            whole = about::whole(labels, coding);
            annotations = coding.in_order();
        }
        put("Comments", whole.remove("memo").into_iter().collect());
        put("cats", whole.remove("codes").unwrap_or_else(|| json!([])));
        if !whole.is_empty() {
            put("document", Json::Object(whole));
        }
        if !self.relations {
            let triple = |a: &&Annotation| json!([a.hull().start, a.hull().end, labels.written(&a.tag)]);
            put("label", annotations.iter().map(triple).collect());
            return Json::Object(out);
        }
        let numbers: BTreeMap<AnnotationId, usize> = annotations.iter().enumerate().map(|(n, a)| (a.id, n)).collect();
        let entity = |a: &&Annotation| {
            let mut entity = about::annotation(a);
            let ours = entity.insert("id".to_owned(), json!(numbers[&a.id]));
            entity.extend(ours.map(|id| ("annotation".to_owned(), id)));
            entity.insert("label".to_owned(), json!(labels.written(&a.tag)));
            entity.insert("start_offset".to_owned(), json!(a.hull().start));
            entity.insert("end_offset".to_owned(), json!(a.hull().end));
            Json::Object(entity)
        };
        let relations = work.into_iter().flat_map(|(_, coding)| coding.relations.values()).enumerate();
        let relations: Vec<Json> = relations
            .filter_map(|(n, r)| match r.to {
                RelationEnd::Annotation(to) => {
                    Some(json!({"id": n, "from_id": numbers.get(&r.from)?, "to_id": numbers.get(&to)?, "type": r.kind}))
                }
                RelationEnd::Entity(_) => None,
            })
            .collect();
        put("entities", annotations.iter().map(entity).collect());
        put("relations", json!(relations));
        Json::Object(out)
    }
}

/// The files that hold texts.
fn files(bundle: &Bundle) -> Vec<&str> {
    match bundle.only() {
        Some(name) => vec![name],
        None => {
            let mut all: Vec<&str> = bundle.with_ending("jsonl").chain(bundle.with_ending("json")).collect();
            all.retain(|name| !name.ends_with(super::LEFT_OUT));
            all
        }
    }
}

/// Tells categories from texts that answer texts, which look alike: `{"text": …, "label": ["…"]}`.
#[derive(Default)]
struct Answers {
    different: BTreeSet<String>,
    all: usize,
    sentences: usize,
}

impl Answers {
    fn see(&mut self, json: &Json) {
        for label in ["label", "labels", "column_label"].iter().filter_map(|key| json.get(*key)?.as_array()).flatten() {
            if let Some(label) = label.as_str() {
                self.all += 1;
                let sentence = label.trim_end().ends_with(['.', '!', '?', '。', '！', '？']) || label.contains('\n');
                self.sentences += usize::from(sentence);
                self.different.insert(label.to_owned());
            }
        }
    }

    fn are_texts(&self) -> bool {
        self.all > 0 && self.sentences * 2 > self.all && self.different.len() == self.all
    }
}

/// Keys that are doccano’s or ours; every other one is what somebody knew of the text.
const OWN: &[&str] = &[
    "id",
    "text",
    "data",
    "column_data",
    "label",
    "labels",
    "column_label",
    "entities",
    "relations",
    "cats",
    "Comments",
    "comments",
    "meta",
    "annotations",
    "annotation_approver",
    "coder",
    "coder_name",
    "document",
];

/// Reads one text; whether there was one. The error says what is wrong with it.
fn read_text(incoming: &mut Incoming<'_>, known: &Known, whose: &str, json: &Json) -> Result<bool, &'static str> {
    let said = json.as_object().ok_or("it is not an object {…}")?;
    let Some(raw) = ["text", "data", "column_data"].iter().find_map(|key| said.get(*key)?.as_str()) else {
        if said.contains_key("filename") {
            return Err("it is about a picture or a sound, not a text");
        }
        incoming.tell("lines without a text were left out");
        return Ok(false);
    };
    let mut meta = said.get("meta").and_then(Json::as_object).cloned().unwrap_or_default();
    meta.extend(said.iter().filter(|(key, _)| !OWN.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())));
    let text = about::read_article(incoming, raw, &meta);
    let list = |key: &str| said.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let who = said.get("coder").and_then(Json::as_str).unwrap_or(whose);
    let name = said.get("coder_name").and_then(Json::as_str).unwrap_or_default();
    let mut whole = said.get("document").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut codes: BTreeMap<CoderId, Vec<Json>> = BTreeMap::new();
    let mut by_number: BTreeMap<String, AnnotationId> = BTreeMap::new();
    let lists = ["label", "labels", "column_label", "entities", "annotations", "cats"];
    let nothing = lists.iter().all(|key| list(key).is_empty() && !said.get(*key).is_some_and(Json::is_string));
    let comments: Vec<String> = ["Comments", "comments"].iter().flat_map(|key| list(key)).filter_map(comment).collect();
    if nothing && whole.is_empty() && comments.is_empty() && who.is_empty() {
        return Ok(true);
    }
    let coder = if who.is_empty() { incoming.somebody() } else { incoming.coder(who, name) };
    for item in lists.iter().flat_map(|key| list(key)) {
        let get = |key: &str, n: usize| if item.is_array() { item.get(n) } else { item.get(key) };
        let label = words(get("label", 2)).or_else(|| item.as_str().map(str::to_owned));
        let place =
            (get("start_offset", 0).and_then(|n| number(Some(n))), get("end_offset", 1).and_then(|n| number(Some(n))));
        // In its first versions, doccano numbered the people.
        let coder = match words(item.get("user")) {
            Some(user) if !item.is_array() => incoming.coder("", &user),
            _ => coder.clone(),
        };
        let label = match (label, item.get("text")) {
            (Some(label), _) => label,
            (None, Some(_)) => return Err("its labels are texts that answer texts, and no codes"),
            (None, None) => {
                incoming.tell("labels without a name were left out");
                continue;
            }
        };
        let (Some(start), Some(end)) = place else {
            codes.entry(coder).or_default().push(json!(label));
            continue;
        };
        let spans = text.chars(start, end).into_iter().collect();
        let ours = item.get("annotation").and_then(Json::as_str);
        let Some(mut new) = known.labelled(incoming, &text, ours, &label, spans) else { continue };
        if let Some(said) = item.as_object() {
            let own = ["label", "start_offset", "end_offset", "annotation", "user", "text", "prob", "manual"];
            about::read_annotation(&mut new, said, &own);
        }
        let new = incoming.put(&text, &coder, new);
        by_number.extend(words(item.get("id")).map(|id| (id, new)));
    }
    for relation in list("relations") {
        let end = |key: &str| by_number.get(&words(relation.get(key))?).copied();
        match (end("from_id"), end("to_id")) {
            (Some(from), Some(to)) => {
                let kind = words(relation.get("type")).unwrap_or_default();
                about::relate(incoming, &text, &coder, from, to, &kind);
            }
            _ => incoming.tell("relations between spans that are not there were left out"),
        }
    }
    if let Some(one) = ["label", "labels", "column_label"].iter().find_map(|key| said.get(*key)?.as_str()) {
        codes.entry(coder.clone()).or_default().push(json!(one));
    }
    if !comments.is_empty() {
        whole.insert("memo".to_owned(), json!(comments.join("\n")));
    }
    about::read_whole(incoming, known, &text, &coder, &whole);
    for (coder, codes) in codes {
        about::read_whole(incoming, known, &text, &coder, &Map::from_iter([("codes".to_owned(), Json::Array(codes))]));
    }
    Ok(true)
}

fn comment(json: &Json) -> Option<String> {
    let text = words(Some(json)).or_else(|| ["comment", "text"].iter().find_map(|key| words(json.get(*key))))?;
    (!text.is_empty()).then_some(text)
}
