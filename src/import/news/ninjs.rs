//! ninjs, the agencies' news in JSON: one item, a list of them, or a list within an answer.

use serde_json::Value;

use super::{Haul, joined, lines, names, read_text};
use crate::import::html::paragraphs;
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of ninjs.
#[derive(Debug)]
pub struct Ninjs;

impl Reader for Ninjs {
    fn name(&self) -> &'static str {
        "ninjs"
    }

    fn about(&self) -> &'static str {
        "ninjs, an agency's texts in JSON"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.head.trim_start_matches('\u{feff}').trim_start();
        let has = |key: &str| head.contains(&format!("\"{key}\""));
        let of_agency = ["versioncreated", "pubstatus", "versionCreated", "firstcreated", "body_xhtml", "bodies"];
        head.starts_with(['{', '['])
            && (has("uri") || has("guid"))
            && has("type")
            && of_agency.iter().filter(|k| has(k)).count() > 0
            && ["headline", "headlines", "slugline", "body_text", "body_html", "bodies"].iter().any(|k| has(k))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_text(self.name(), raw, intake, |text| {
            let text = text.trim_start_matches('\u{feff}');
            let value: Value = serde_json::from_str(text)
                .map_err(|e| Problem::Damaged { reason: format!("its JSON breaks off or is not well formed ({e})") })?;
            let mut haul = Haul::default();
            for item in items(&value) {
                read_item(item, &mut haul)?;
            }
            if haul.pieces.is_empty() {
                return Err(Problem::NoTextIn { what: "JSON without news items".to_owned() });
            }
            Ok(haul)
        })
    }
}

/// The items in a file.
fn items(value: &Value) -> Vec<&Value> {
    let is_item = |v: &&Value| v.get("uri").or(v.get("guid")).is_some() && v.get("type").is_some_and(Value::is_string);
    match value {
        Value::Array(list) => list.iter().filter(is_item).collect(),
        Value::Object(_) if is_item(&value) => vec![value],
        Value::Object(fields) => fields.values().filter_map(Value::as_array).flatten().filter(is_item).collect(),
        _ => Vec::new(),
    }
}

/// A field as text.
fn said(item: &Value, name: &str) -> String {
    match item.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The first value of a list of values with roles, as newer versions have them; that of the main role goes first.
fn valued(item: &Value, name: &str) -> String {
    let Some(list) = item.get(name).and_then(Value::as_array) else { return String::new() };
    let main = list.iter().find(|v| said(v, "role").contains("main")).or(list.first());
    main.map(|v| said(v, "value")).unwrap_or_default()
}

/// The names in a list of things with names.
fn listed(item: &Value, name: &str) -> String {
    let list = item.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    joined(list.iter().map(|entry| match entry {
        Value::String(word) => word.clone(),
        _ => said(entry, "name"),
    }))
}

fn first(options: [String; 2]) -> String {
    options.into_iter().find(|o| !o.trim().is_empty()).unwrap_or_default()
}

fn read_item(item: &Value, haul: &mut Haul) -> Result<(), Problem> {
    let identifier = first([said(item, "uri"), said(item, "guid")]);
    let kind = said(item, "type");
    let what = match kind.as_str() {
        "picture" | "photo" => Some("a picture"),
        "graphic" => Some("a graphic"),
        "video" => Some("a film"),
        "audio" => Some("a recording"),
        "composite" => Some("a package, which names other items"),
        "planning" | "event" => Some("an agency's plan"),
        _ => None,
    };
    let body = text(item)?;
    let what = what.or(body.is_empty().then_some("an item without content"));
    if let Some(what) = what {
        haul.skip(identifier, Problem::NoTextIn { what: what.to_owned() });
        return Ok(());
    }
    let mut draft = Draft {
        title: first([said(item, "headline"), valued(item, "headlines")]),
        standfirst: Some(first([said(item, "description_text"), valued(item, "descriptions")])),
        body,
        published: Some(first([said(item, "firstcreated"), said(item, "firstCreated")])),
        language: Some(said(item, "language")),
        ..Draft::default()
    };
    let version = first([said(item, "versioncreated"), said(item, "versionCreated")]);
    if draft.published.as_ref().is_none_or(String::is_empty) {
        draft.published = Some(version);
    } else if draft.published.as_ref() != Some(&version) {
        draft.updated(&version);
    }
    let byline = first([said(item, "byline"), valued(item, "bylines")]);
    let sources = item.get("infosources").or(item.get("infoSources")).and_then(Value::as_array);
    let source = sources.and_then(|s| s.first()).map(|s| said(s, "name")).unwrap_or_default();
    draft.outlet = first([first([said(item, "source"), source]), said(item, "copyrightholder")]);
    draft.authors = written_by(item);
    if draft.authors.is_empty() {
        draft.authors = names(&byline, &[&draft.outlet]);
    }
    draft.byline = Some(byline);
    if identifier.starts_with("http") {
        draft.url = Some(identifier.clone());
    }
    draft.also(known::IDENTIFIER, identifier);
    draft.also(known::COPYRIGHT, first([said(item, "copyrightnotice"), said(item, "copyrightNotice")]));
    draft.also(known::DATELINE, said(item, "located"));
    draft.words(&first([said(item, "wordcount"), said(item, "wordCount")]));
    draft.also(known::KEYWORDS, listed(item, "keywords"));
    for (name, older) in [
        ("subject", "subjects"),
        ("genre", "genres"),
        ("service", "services"),
        ("place", "places"),
        ("person", "people"),
        ("organisation", "organisations"),
        ("event", "events"),
    ] {
        draft.also(name, first([listed(item, name), listed(item, older)]));
    }
    for name in ["slugline", "ednote", "urgency", "priority"] {
        draft.also(name, said(item, name));
    }
    if kind != "text" {
        draft.also("type", kind);
    }
    if let Some(extra) = item.get("extra").and_then(Value::as_object) {
        for name in extra.keys() {
            draft.also(name, said(item.get("extra").unwrap_or(&Value::Null), name));
        }
    }
    haul.article(draft);
    Ok(())
}

/// The names of those who wrote it, without those who only took the pictures.
fn written_by(item: &Value) -> Vec<String> {
    let list = item.get("authors").and_then(Value::as_array);
    let writers = list.into_iter().flatten().filter(|a| !said(a, "role").contains("photo"));
    writers.map(|a| said(a, "name")).filter(|n| !n.trim().is_empty()).collect()
}

fn text(item: &Value) -> Result<Vec<Block>, Problem> {
    for name in ["body_xhtml", "body_html"] {
        let markup = said(item, name);
        if !markup.trim().is_empty() {
            return paragraphs(&markup);
        }
    }
    let plain = |text: &str| lines::paragraphs(text).into_iter().map(Block::body).collect::<Vec<_>>();
    for body in item.get("bodies").and_then(Value::as_array).into_iter().flatten() {
        let kind = first([said(body, "contenttype"), said(body, "contentType")]);
        let value = said(body, "value");
        if !value.trim().is_empty() {
            return if kind.contains("html") { paragraphs(&value) } else { Ok(plain(&value)) };
        }
    }
    Ok(plain(&said(item, "body_text")))
}
