//! Reading Label Studio’s tasks: its JSON, its short form (JSON_MIN), and a folder with the interface beside it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::LabelStudio;
use super::config::Config;
use crate::exchange::about::{self, Known, number, words};
use crate::exchange::{Bundle, Incoming, Problem, Text};
use crate::model::{AnnotationId, CoderId};
use crate::text::CharSpan;

/// The files that may hold tasks.
pub fn files(bundle: &Bundle) -> Vec<&str> {
    match bundle.only() {
        Some(name) => vec![name],
        None => {
            let tasks = |name: &&str| !name.ends_with(crate::exchange::LEFT_OUT) && !name.ends_with("notes.json");
            bundle.with_ending("json").filter(tasks).collect()
        }
    }
}

pub fn read(format: &LabelStudio, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
    let known = Known::of(incoming.known(), format);
    let mut config = Config::default();
    for name in bundle.with_ending("xml") {
        config = Config::of(&bundle.text(name)?).map_err(|what| Problem::within(name, what))?;
    }
    for label in &config.labels {
        known.tag(incoming, label);
    }
    let files = files(bundle);
    if files.is_empty() {
        return Err(Problem::Missing("a file of tasks (.json)".to_owned()));
    }
    for name in files {
        let text = bundle.text(name)?;
        let json: Json = serde_json::from_str(&text).map_err(|e| Problem::at(name, e.line(), e))?;
        let tasks = match json {
            Json::Array(tasks) => tasks,
            task => vec![task],
        };
        let mut some = tasks.is_empty();
        for (n, task) in tasks.iter().enumerate() {
            let Some(task) = task.as_object() else {
                return Err(Problem::within(name, format!("task {}: it is not an object {{…}}", n + 1)));
            };
            some |= read_task(incoming, &known, &config, task);
        }
        if !some {
            return Err(Problem::within(name, "no task of it has a text of its own"));
        }
    }
    Ok(())
}

/// Reads a task; whether it is about a text.
fn read_task(incoming: &mut Incoming<'_>, known: &Known, config: &Config, task: &Map<String, Json>) -> bool {
    let list = |key: &str| task.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let short = !task.contains_key("data") && !task.contains_key("annotations");
    let data = if short { Some(task) } else { task.get("data").and_then(Json::as_object) };
    let annotations: Vec<&Json> = list("annotations").iter().chain(list("completions")).collect();
    let Some((key, raw)) = data.and_then(|data| text_of(data, config, &annotations)) else {
        incoming.tell("tasks without a text of their own were left out");
        return false;
    };
    let is_region = |value: &Json| value.as_array().is_some_and(|all| all.iter().any(|v| v.get("start").is_some()));
    let mut meta: Map<String, Json> = Map::new();
    for (name, value) in data.into_iter().flatten() {
        let control =
            short && (config.controls.contains_key(name) || is_region(value) || SHORT.contains(&name.as_str()));
        if *name != key && !control {
            meta.insert(name.clone(), value.clone());
        }
    }
    meta.extend(task.get("meta").and_then(Json::as_object).filter(|_| !short).cloned().unwrap_or_default());
    let text = about::read_article(incoming, raw, &meta);
    for key in ["predictions", "drafts"] {
        let some = list(key).iter().any(|p| p.get("result").and_then(Json::as_array).is_some_and(|r| !r.is_empty()));
        if some && !short {
            incoming.tell(format!("{key} were left out; only annotations are read"));
        }
    }
    if short {
        read_short(incoming, known, config, &text, task, &key);
    }
    for annotation in annotations {
        if annotation.get("was_cancelled") == Some(&Json::Bool(true)) {
            incoming.tell("annotations that were skipped in Label Studio were left out");
            continue;
        }
        let results = annotation.get("result").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let when = |key: &str| annotation.get(key).and_then(|at| at.as_str()?.parse().ok());
        let when = (when("created_at"), when("updated_at"));
        let whose = |name: &str| {
            let said = results.iter().find(|r| r.get("from_name").is_some_and(|n| n == name))?;
            values(said.get("value")?, "text").into_iter().next()
        };
        let coder = match (whose("coder"), annotation.get("completed_by")) {
            (Some(id), _) => incoming.coder(&id, &whose("coder_name").unwrap_or_default()),
            (None, Some(by)) => completed_by(incoming, by),
            (None, None) => incoming.somebody(),
        };
        read_results(incoming, known, &text, &coder, results, when);
    }
    true
}

/// Keys of the short form that are Label Studio’s own.
const SHORT: &[&str] = &[
    "id",
    "annotator",
    "annotation_id",
    "created_at",
    "updated_at",
    "lead_time",
    "agreement",
    "predictions",
    "history",
];

/// The text that a task is about, and the key that it stands under: what the interface or a result names, else `text`,
/// else the longest words.
fn text_of<'t>(data: &'t Map<String, Json>, config: &Config, annotations: &[&Json]) -> Option<(String, &'t str)> {
    let results = annotations.iter().filter_map(|a| a.get("result")?.as_array()).flatten();
    let named = results.filter_map(|r| r.get("to_name")?.as_str()).map(|n| n.trim_start_matches('$'));
    let shown = config.texts.values().map(String::as_str);
    let mut wanted =
        shown.chain(named).chain(["text"]).filter_map(|key| Some((key.to_owned(), data.get(key)?.as_str()?)));
    let found = wanted.next().or_else(|| {
        let all = data.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?)));
        all.filter(|(key, _)| !SHORT.contains(&key.as_str())).max_by_key(|(_, text)| text.len())
    })?;
    // An address is where a text or a picture lies, and no text.
    let is_address = ["http://", "https://", "s3://", "gs://", "/data/"].iter().any(|s| found.1.starts_with(s));
    (!is_address || found.1.contains(char::is_whitespace)).then_some(found)
}

fn completed_by(incoming: &mut Incoming<'_>, by: &Json) -> CoderId {
    let Some(person) = by.as_object() else {
        return match words(Some(by)) {
            Some(number) => incoming.coder("", &number),
            None => incoming.somebody(),
        };
    };
    let said = |key: &str| words(person.get(key)).unwrap_or_default();
    let name = format!("{} {}", said("first_name"), said("last_name"));
    let key = if said("email").is_empty() { said("id") } else { said("email") };
    let name = if name.trim().is_empty() { key.clone() } else { name.trim().to_owned() };
    incoming.coder(&key, &name)
}

/// What a result says: one or several words.
fn values(value: &Json, key: &str) -> Vec<String> {
    match value.get(key) {
        Some(Json::Array(all)) => all
            .iter()
            .filter_map(|v| match v {
                // A place in a tree of choices.
                Json::Array(path) => Some(path.iter().filter_map(|p| words(Some(p))).collect::<Vec<_>>().join(" > ")),
                v => words(Some(v)),
            })
            .collect(),
        Some(value) => words(Some(value)).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What stands at a place of the text: a label, and what else is said of it.
#[derive(Default)]
struct Region {
    place: Option<CharSpan>,
    labels: Vec<String>,
    choices: Vec<String>,
    said: Map<String, Json>,
}

/// Where a region stands. Today’s versions count code points, old ones UTF-16 units; the words beside a place tell which.
fn place(text: &Text, value: &Json, wide: bool) -> Option<CharSpan> {
    let (start, end) = (number(value.get("start"))?, number(value.get("end"))?);
    let (plain, utf16) = (text.chars(start, end), text.utf16(start, end));
    let said = value.get("text").and_then(Json::as_str);
    if [plain, utf16].iter().any(|span| is_at(text, *span, said)) {
        return if is_at(text, plain, said) { plain } else { utf16 };
    }
    let about = |span: Option<CharSpan>| span.zip(said).is_some_and(|(s, said)| bare(text.words(s)) == bare(said));
    if wide && !about(plain) || about(utf16) && !about(plain) { utf16 } else { plain }
}

/// Whether a region’s words stand at a place. Label Studio writes line ends as `\n` with two letters.
fn is_at(text: &Text, span: Option<CharSpan>, said: Option<&str>) -> bool {
    span.zip(said).is_some_and(|(s, said)| text.words(s) == said || text.words(s) == said.replace("\\n", "\n"))
}

/// Words without what Label Studio writes in another way: white space, and line ends, which it writes `\n`.
fn bare(words: &str) -> String {
    words.replace("\\n", "").split_whitespace().collect()
}

/// Whether places are only right as UTF-16 units.
fn is_wide<'v>(text: &Text, all: impl Iterator<Item = &'v Json>) -> bool {
    let mut wide = false;
    for value in all {
        let (Some(start), Some(end)) = (number(value.get("start")), number(value.get("end"))) else { continue };
        let Some(said) = value.get("text").and_then(Json::as_str) else { continue };
        let fits = |span: Option<CharSpan>| is_at(text, span, Some(said));
        if fits(text.chars(start, end)) {
            // Before the first wide character both are right.
            if !fits(text.utf16(start, end)) {
                return false;
            }
        } else {
            wide |= fits(text.utf16(start, end));
        }
    }
    wide
}

type When = (Option<jiff::Timestamp>, Option<jiff::Timestamp>);

fn read_results(
    incoming: &mut Incoming<'_>,
    known: &Known,
    text: &Text,
    coder: &CoderId,
    results: &[Json],
    when: When,
) {
    let wide = is_wide(text, results.iter().filter_map(|r| r.get("value")));
    let mut regions: BTreeMap<String, Region> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut whole = Map::new();
    for (n, result) in results.iter().enumerate() {
        let kind = result.get("type").and_then(Json::as_str).unwrap_or_default();
        if kind == "relation" {
            continue;
        }
        let Some(value) = result.get("value").filter(|v| v.is_object()) else {
            incoming.tell("results without a value were left out");
            continue;
        };
        let from = words(result.get("from_name")).unwrap_or_default();
        if value.get("start").is_none() && value.get("x").is_none() {
            of_article(incoming, &mut whole, &from, kind, value);
            continue;
        }
        let Some(span) = place(text, value, wide) else {
            incoming.tell("regions that do not stand in the text (of pictures, sounds, pages) were left out");
            continue;
        };
        let id = words(result.get("id")).unwrap_or_else(|| format!("#{n}"));
        if !regions.contains_key(&id) {
            order.push(id.clone());
        }
        let region = regions.entry(id).or_default();
        // The words of a region stand beside its label; other results hold answers in their place.
        if region.place.is_none() || kind == "labels" {
            region.place = Some(span);
        }
        match kind {
            "labels" | "hypertextlabels" => {
                region.labels.extend(values(value, kind));
                if let Some(meta) = result.get("meta").and_then(Json::as_object) {
                    region
                        .said
                        .extend(meta.iter().filter(|(key, _)| *key != "text").map(|(k, v)| (k.clone(), v.clone())));
                    let note = result.get("meta").map(|m| values(m, "text").join("\n")).filter(|n| !n.is_empty());
                    region.said.extend(note.map(|note| ("memo".to_owned(), json!(note))));
                }
            }
            _ => {
                let key = if kind == "textarea" { "text" } else { kind };
                let all = values(value, key);
                if from == "negated" {
                    region.said.insert(from, json!(!all.is_empty()));
                } else if !all.is_empty() {
                    if kind == "choices" && !super::ASKED.iter().any(|(name, _)| *name == from) {
                        region.choices.extend(all.iter().cloned());
                    }
                    region.said.insert(from, json!(all.join("\n")));
                }
            }
        }
    }
    let mut by_id: BTreeMap<String, AnnotationId> = BTreeMap::new();
    for id in order {
        let Some(region) = regions.remove(&id) else { continue };
        // A place without a label is what was chosen for it.
        let mut labels = region.labels;
        if labels.is_empty() {
            labels = region.choices;
        }
        if labels.is_empty() {
            labels.push("unnamed".to_owned());
        }
        for (n, label) in labels.iter().enumerate() {
            let ours = Some(id.as_str()).filter(|_| n == 0);
            let Some(mut new) = known.labelled(incoming, text, ours, label, region.place.into_iter().collect()) else {
                continue;
            };
            new.created = when.0.unwrap_or(new.created);
            new.changed = when.1.or(when.0).unwrap_or(new.changed);
            about::read_annotation(&mut new, &region.said, &[]);
            let new = incoming.put(text, coder, new);
            by_id.entry(id.clone()).or_insert(new);
        }
    }
    for relation in results.iter().filter(|r| r.get("type").is_some_and(|t| t == "relation")) {
        let end = |key: &str| by_id.get(&words(relation.get(key))?).copied();
        let (Some(mut from), Some(mut to)) = (end("from_id"), end("to_id")) else {
            incoming.tell("relations between regions that are not there were left out");
            continue;
        };
        if relation.get("direction").is_some_and(|d| d == "left") {
            (from, to) = (to, from);
        }
        let mut kinds = values(relation, "labels");
        if kinds.is_empty() {
            kinds.push(String::new());
        }
        kinds.iter().for_each(|kind| about::relate(incoming, text, coder, from, to, kind));
    }
    about::read_whole(incoming, known, text, coder, &whole);
}

/// What is said of a whole article.
fn of_article(incoming: &mut Incoming<'_>, whole: &mut Map<String, Json>, from: &str, kind: &str, value: &Json) {
    let mut all = values(value, if kind == "textarea" { "text" } else { kind });
    let add = |whole: &mut Map<String, Json>, key: &str, more: Vec<String>| {
        let place = whole.entry(key.to_owned()).or_insert_with(|| json!([]));
        if let Some(list) = place.as_array_mut() {
            list.extend(more.into_iter().map(Json::String));
        }
    };
    match (from, kind) {
        ("coder" | "coder_name", "textarea") => {}
        ("primary", "choices") if !all.is_empty() => {
            drop(whole.insert("primary".to_owned(), json!(all.swap_remove(0))));
        }
        ("article_memo", "textarea") => drop(whole.insert("memo".to_owned(), json!(all.join("\n")))),
        ("article_details", "textarea") => {
            if let Some(Json::Object(said)) = all.first().and_then(|text| serde_json::from_str(text).ok()) {
                whole.extend(said);
            }
        }
        (_, "choices" | "taxonomy") => add(whole, "codes", all),
        (_, "textarea" | "number" | "rating" | "datetime") if !from.is_empty() => {
            let place = whole.entry("variables").or_insert_with(|| json!({}));
            if let Some(variables) = place.as_object_mut() {
                let plain = value.get(kind).filter(|v| v.is_number()).cloned();
                variables.insert(from.to_owned(), plain.unwrap_or_else(|| json!(all.join("\n"))));
            }
        }
        _ => incoming.tell(format!("results of the kind “{kind}” were left out")),
    }
}

/// The short form: what the controls say stands beside the data, under their names.
fn read_short(
    incoming: &mut Incoming<'_>,
    known: &Known,
    config: &Config,
    text: &Text,
    task: &Map<String, Json>,
    key: &str,
) {
    let coder = match task.get("annotator") {
        Some(by) => completed_by(incoming, by),
        None => incoming.somebody(),
    };
    let mut results = Vec::new();
    for (name, value) in task.iter().filter(|(name, _)| *name != key && !SHORT.contains(&name.as_str())) {
        for item in value.as_array().into_iter().flatten().filter(|item| item.get("start").is_some()) {
            // Its kind is the key under which its words stand.
            let kinds = ["labels", "hypertextlabels", "choices", "textarea", "taxonomy", "rating", "number"];
            let kind = kinds.iter().find(|kind| item.get(**kind).is_some()).unwrap_or(&"labels");
            let id = format!("{}-{}-{}", name, item["start"], item["end"]);
            results.push(json!({"id": id, "from_name": name, "type": kind, "value": item}));
        }
        let kind = match config.controls.get(name).map(String::as_str) {
            Some("Choices") => "choices",
            Some("Taxonomy") => "taxonomy",
            Some("TextArea") => "textarea",
            Some("Rating") => "rating",
            Some("Number") => "number",
            _ if value.get("choices").is_some() => "choices",
            _ => continue,
        };
        let place = if kind == "textarea" { "text" } else { kind };
        let value = if value.is_object() { value.clone() } else { json!({place: value}) };
        results.push(json!({"id": name, "from_name": name, "type": kind, "value": value}));
    }
    let when = |key: &str| task.get(key).and_then(|at| at.as_str()?.parse().ok());
    read_results(incoming, known, text, &coder, &results, (when("created_at"), when("updated_at")));
}
