//! CSL JSON, as Zotero and citation programs write it.

use serde_json::{Map, Value};

use super::super::decode::decode;
use super::super::mail::is_url;
use super::super::{Intake, Problem, Raw, Reader, Sample, known};
use super::Reference;

/// The reader of CSL JSON.
#[derive(Debug)]
pub struct Csl;

impl Reader for Csl {
    fn name(&self) -> &'static str {
        "csl"
    }

    fn about(&self) -> &'static str {
        "references as CSL JSON, with their attachments"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.head.trim_start_matches('\u{feff}').trim_start();
        let likely = head.starts_with(['[', '{'])
            && head.contains("\"type\"")
            && ["\"issued\"", "\"container-title\"", "\"date-parts\""].iter().any(|key| head.contains(key));
        let bytes = sample.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(sample.bytes);
        let parsed = if likely { serde_json::from_slice::<Value>(bytes).ok() } else { None };
        let Some(value) = parsed else { return false };
        let items = items(&value);
        let is = |item: &&Map<String, Value>| {
            let dated = item.get("issued").is_some_and(Value::is_object) || item.contains_key("container-title");
            item.get("type").is_some_and(Value::is_string) && dated
        };
        !items.is_empty() && items.iter().take(20).filter(|i| is(i)).count() * 2 >= items.len().min(20)
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let decoded = decode(std::mem::take(&mut raw.bytes))?;
        source.encoding = decoded.encoding;
        let value: Value = serde_json::from_str(decoded.text.trim_start_matches('\u{feff}'))
            .map_err(|error| Problem::Damaged { reason: format!("it is no JSON ({error})") })?;
        let items = items(&value);
        if items.is_empty() {
            return Err(Problem::NothingInside { what: "reference" });
        }
        for (number, item) in (1..).zip(items) {
            reference(item).lay_down(number, &source, intake)?;
        }
        Ok(())
    }
}

/// The references: a list, or an object that has it under `items`.
fn items(value: &Value) -> Vec<&Map<String, Value>> {
    let list = value.as_array().or_else(|| value.get("items")?.as_array());
    list.map(|list| list.iter().filter_map(Value::as_object).collect()).unwrap_or_default()
}

fn reference(item: &Map<String, Value>) -> Reference {
    let mut reference = Reference::default();
    let text = |key: &str| item.get(key).map(words).filter(|t| !t.trim().is_empty());
    let first = |keys: &[&str]| keys.iter().find_map(|key| text(key));
    let draft = &mut reference.draft;
    draft.title = text("title").unwrap_or_default();
    draft.outlet = first(&["container-title", "publisher"]).unwrap_or_default();
    draft.url = text("URL").filter(|u| is_url(u));
    draft.language = text("language");
    draft.section = text("section");
    draft.published = item.get("issued").and_then(date);
    draft.authors = item.get("author").and_then(Value::as_array).into_iter().flatten().filter_map(person).collect();
    for (key, name) in [
        ("edition", known::EDITION),
        ("page", known::PAGE),
        ("keyword", known::KEYWORDS),
        ("id", known::IDENTIFIER),
        ("source", known::DATABASE),
    ] {
        draft.also(name, text(key).unwrap_or_default());
    }
    const READ: &[&str] = &[
        "title",
        "container-title",
        "URL",
        "language",
        "section",
        "issued",
        "author",
        "edition",
        "page",
        "keyword",
        "id",
        "source",
        "abstract",
        "attachments",
        "file",
    ];
    for (key, value) in item.iter().filter(|(key, _)| !READ.contains(&key.as_str())) {
        match value {
            Value::Object(object) if object.contains_key("date-parts") => {
                draft.also(key, date(value).unwrap_or_default());
            }
            Value::Object(_) | Value::Array(_) | Value::Null => {}
            value => draft.also(key, words(value)),
        }
    }
    reference.summary = text("abstract").unwrap_or_default();
    let attached = item.get("attachments").and_then(Value::as_array).into_iter().flatten();
    reference.files = attached.filter_map(|a| a.get("path")?.as_str()).map(str::to_owned).collect();
    reference.files.extend(text("file").iter().flat_map(|f| f.split(';')).map(str::to_owned));
    reference
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        _ => String::new(),
    }
}

fn person(value: &Value) -> Option<String> {
    let piece = |key: &str| value.get(key).and_then(Value::as_str).map(str::trim).filter(|p| !p.is_empty());
    if let Some(literal) = piece("literal") {
        return Some(literal.to_owned());
    }
    let pieces =
        ["given", "dropping-particle", "non-dropping-particle", "family", "suffix"].into_iter().filter_map(piece);
    Some(pieces.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

/// `{"date-parts": [[2025, 3, 4]]}` in ISO 8601, or what is written there in words.
fn date(value: &Value) -> Option<String> {
    let written = ["raw", "literal"].iter().find_map(|key| value.get(*key)?.as_str()).map(str::to_owned);
    let parts = value.get("date-parts").and_then(|d| d.get(0)).and_then(Value::as_array);
    let number = |n: usize| match parts?.get(n)? {
        Value::String(text) => text.parse::<u32>().ok(),
        value => u32::try_from(value.as_u64()?).ok(),
    };
    match (number(0), number(1), number(2)) {
        (Some(year), Some(month), Some(day)) => Some(format!("{year:04}-{month:02}-{day:02}")),
        (Some(year), Some(month), None) => Some(format!("{year:04}-{month:02}")),
        (Some(year), ..) => Some(format!("{year:04}")),
        _ => written,
    }
}
