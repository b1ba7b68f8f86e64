//! JSON Lines as spaCy’s tools and Prodigy write and read them.
//!
//! | key | what it holds |
//! |---|---|
//! | `text` | the article’s text |
//! | `tokens` | `text`, `start`, `end` (code points), `id`, and `ws`: whether a space follows |
//! | `spans` | `start`, `end` (code points), `token_start`, `token_end` (the last one), `label`; our own keys beside them |
//! | `relations` | `head`, `child`, `head_span`, `child_span`, `label` |
//! | `options`, `accept` | codes on the whole article |
//! | `meta` | title, outlet, date … of the article |
//! | `_annotator_id`, `coder_name` | who coded |
//! | `document` | what the coder said of the article as a whole |
//!
//! An article is a line for each coder. Read are also spans as `entities` (`[[start, end, label]]`), categories (`cats`,
//! `label`), and JSON lists of such objects. What was answered with “reject” or “ignore” is no annotation.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value as Json, json};

use super::{CARRIED, Doc, place};
use crate::exchange::about::{self, Known, has_key, number, words};
use crate::exchange::labels::Labels;
use crate::exchange::{Bundle, Carries, Format, Incoming, Losses, Problem, Shape, Sink};
use crate::model::{AnnotationId, Project};
use crate::text::OffsetMap;

/// The format.
#[derive(Debug)]
pub struct SpacyLines;

impl Format for SpacyLines {
    fn name(&self) -> &'static str {
        "spacy-jsonl"
    }

    fn about(&self) -> &'static str {
        "JSON Lines for Prodigy and spaCy: text, tokens, spans, relations"
    }

    fn shape(&self) -> Shape {
        Shape::File("jsonl")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        about::plain_relations(project, losses);
        about::sweep(project, CARRIED, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        sink.main(|out, step| {
            for article in project.articles.values() {
                let map = OffsetMap::new(article.text.clone());
                for doc in Doc::all(project, article) {
                    serde_json::to_writer(&mut *out, &line(project, &labels, &map, &doc))?;
                    out.write_all(b"\n")?;
                }
                step()?;
            }
            Ok(())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        let head = bundle.head(name);
        let line = head.trim_start().trim_start_matches('[').trim_start().lines().next().unwrap_or_default();
        let has = |key: &str| has_key(line, key);
        line.starts_with('{')
            && (["_view_id", "_annotator_id", "_input_hash", "_task_hash", "spans", "tokens"].iter().any(|k| has(k))
                && !has("annotations")
                || has("text") && has("answer")
                || has("pattern") && has("label"))
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        let known = Known::of(incoming.known(), self);
        if text.trim_start().starts_with('[') {
            let all: Vec<Json> = serde_json::from_str(&text).map_err(|e| Problem::at(name, e.line(), e))?;
            for (n, json) in all.iter().enumerate() {
                read_line(incoming, &known, json).map_err(|e| Problem::within(name, format!("text {}: {e}", n + 1)))?;
            }
            return Ok(());
        }
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let json = serde_json::from_str(line).map_err(|e| Problem::at(name, n + 1, e))?;
            read_line(incoming, &known, &json).map_err(|e| Problem::at(name, n + 1, e))?;
        }
        Ok(())
    }
}

fn line(project: &Project, labels: &Labels, map: &OffsetMap, doc: &Doc<'_>) -> Json {
    let pieces = doc.pieces(map);
    let token = |(n, p): (usize, &super::Piece<'_>)| json!({"text": p.text, "start": p.span.start, "end": p.span.end, "id": n, "ws": p.space});
    let span = |a: &&crate::model::Annotation| {
        let mut span = place(labels, a, &pieces);
        span.extend(about::annotation(a));
        Json::Object(span)
    };
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| out.insert(key.to_owned(), value);
    put("_view_id", json!("spans_manual"));
    if let (Some((coder, _)), Some(name)) = (doc.work, doc.coder_name(project)) {
        put("_annotator_id", json!(coder.as_str()));
        put("coder_name", json!(name));
        put("answer", json!("accept"));
    }
    put("meta", Json::Object(about::article(doc.article)));
    put("text", json!(&*doc.article.text));
    put("tokens", pieces.iter().enumerate().map(token).collect());
    put("spans", doc.annotations().iter().map(span).collect());
    let relations: Vec<Json> = doc
        .relations()
        .into_iter()
        .map(|(from, to, kind)| {
            let end = |a| {
                let mut end = place(labels, a, &pieces);
                end.insert("id".to_owned(), json!(a.id.to_string()));
                end
            };
            let (head, child) = (end(from), end(to));
            let (at, of) = (head["token_end"].clone(), child["token_end"].clone());
            json!({"head": at, "child": of, "head_span": head, "child_span": child, "label": kind})
        })
        .collect();
    if !relations.is_empty() {
        put("relations", json!(relations));
    }
    let mut whole = doc.whole(labels);
    if let Some(codes) = whole.remove("codes") {
        let options = codes.as_array().into_iter().flatten().map(|c| json!({"id": c, "text": c})).collect();
        put("options", options);
        put("accept", codes);
    }
    if !whole.is_empty() {
        put("document", Json::Object(whole));
    }
    Json::Object(out)
}

/// Reads one text. The error says what is wrong with it.
fn read_line(incoming: &mut Incoming<'_>, known: &Known, json: &Json) -> Result<(), String> {
    let said = json.as_object().ok_or("it is not an object {…}")?;
    let Some(raw) = said.get("text").and_then(Json::as_str) else {
        return Err(if said.contains_key("pattern") {
            "these are patterns to match with, and no texts".to_owned()
        } else if ["image", "audio", "video", "html"].iter().any(|key| said.contains_key(*key)) {
            "it is about something else than plain text".to_owned()
        } else {
            "it has no “text”".to_owned()
        });
    };
    let list = |key: &str| said.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let meta = said.get("meta").and_then(Json::as_object).cloned().unwrap_or_default();
    let text = about::read_article(incoming, raw, &meta);
    let answer = said.get("answer").and_then(Json::as_str).unwrap_or("accept");
    if answer != "accept" {
        incoming.tell(format!("what was answered with “{answer}” in Prodigy was left out"));
        return Ok(());
    }
    let who = ["_annotator_id", "_session_id"].iter().find_map(|key| said.get(*key)?.as_str()).unwrap_or_default();
    let name = said.get("coder_name").and_then(Json::as_str).unwrap_or_default();
    let has_work = ["spans", "entities", "accept", "label", "cats", "document"].iter().any(|k| said.contains_key(*k));
    if !has_work || who.is_empty() && list("spans").is_empty() && list("entities").is_empty() && said.len() < 3 {
        return Ok(());
    }
    let coder = if who.is_empty() { incoming.somebody() } else { incoming.coder(who, name) };
    // Lines between annotations know their ends by our ids, or by places and labels.
    let mut by_id: BTreeMap<String, AnnotationId> = BTreeMap::new();
    let mut by_place: BTreeMap<(usize, usize, String), AnnotationId> = BTreeMap::new();
    let triples =
        list("entities").iter().filter_map(|e| Some(json!({"start": e.get(0)?, "end": e.get(1)?, "label": e.get(2)?})));
    for span in list("spans").iter().cloned().chain(triples) {
        let place = (number(span.get("start")), number(span.get("end")));
        let (Some(span), (Some(start), Some(end))) = (span.as_object(), place) else {
            incoming.tell("spans without a start or an end were left out");
            continue;
        };
        let label = words(span.get("label")).unwrap_or_else(|| "unnamed".to_owned());
        let id = words(span.get("id"));
        let spans = text.chars(start, end).into_iter().collect();
        let Some(mut new) = known.labelled(incoming, &text, id.as_deref(), &label, spans) else { continue };
        let ours = ["start", "end", "token_start", "token_end", "label", "text", "type", "color"];
        about::read_annotation(&mut new, span, &ours);
        let new = incoming.put(&text, &coder, new);
        by_id.extend(id.map(|id| (id, new)));
        by_place.insert((start, end, label), new);
    }
    for relation in list("relations") {
        let end = |key: &str| {
            let end = relation.get(key)?;
            let place = || Some((number(end.get("start"))?, number(end.get("end"))?, words(end.get("label"))?));
            words(end.get("id")).and_then(|id| by_id.get(&id)).or_else(|| by_place.get(&place()?)).copied()
        };
        match (end("head_span"), end("child_span")) {
            (Some(from), Some(to)) => {
                let kind = words(relation.get("label")).unwrap_or_default();
                about::relate(incoming, &text, &coder, from, to, &kind);
            }
            _ => incoming.tell("relations between words that are not marked were left out"),
        }
    }
    let mut whole = said.get("document").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut codes: Vec<Json> = list("accept").iter().map(|id| option(list("options"), id)).collect();
    if let Some(label) = said.get("label").and_then(Json::as_str).filter(|_| list("spans").is_empty()) {
        codes.push(json!(label));
    }
    codes.extend(said.get("cats").and_then(Json::as_object).into_iter().flat_map(chosen));
    if !codes.is_empty() {
        whole.insert("codes".to_owned(), Json::Array(codes));
    }
    about::read_whole(incoming, known, &text, &coder, &whole);
    Ok(())
}

/// What an accepted option says, by its id.
fn option(options: &[Json], id: &Json) -> Json {
    let text = options.iter().find(|o| o.get("id") == Some(id)).and_then(|o| words(o.get("text")));
    text.or_else(|| words(Some(id))).map_or(Json::Null, Json::String)
}

/// The categories that hold.
pub(super) fn chosen(cats: &Map<String, Json>) -> impl Iterator<Item = Json> + '_ {
    let holds = |value: &Json| value.as_bool().unwrap_or_else(|| value.as_f64().is_some_and(|v| v >= 0.5));
    cats.iter().filter(move |(_, value)| holds(value)).map(|(label, _)| json!(label))
}
