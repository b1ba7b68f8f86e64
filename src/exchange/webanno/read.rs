//! Reading WebAnno TSV: ours, and other people’s.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::{self, File, Line, Mark};
use super::{COLUMNS, LAYER, RELATIONS, one_line};
use crate::exchange::beside::{Beside, Pages, settle};
use crate::exchange::reduce::derived_id;
use crate::exchange::{Bundle, Incoming, Problem, Text, details};
use crate::model::{Annotation, AnnotationId, CoderId, Relation, RelationEnd, RelationId, Source, Tag};

/// Features that say what a mark is, the first that is there.
const LABELS: [&str; 5] = ["label", "value", "PosValue", "category", "referenceType"];
/// Layers of which every token has another value: the layer is what is said, and the value an attribute.
const WORDS: [&str; 4] = ["Lemma", "Stem", "MorphologicalFeatures", "SurfaceForm"];

/// Reads all files of a folder, with those of the folders in it.
pub fn folder(bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
    let mut pages = match Beside::find(bundle)? {
        Some((_, beside)) => beside.open(incoming),
        None => Pages::default(),
    };
    let names: Vec<&str> = match bundle.only() {
        Some(only) => vec![only],
        None => bundle.with_ending("tsv").collect(),
    };
    let mut files: Vec<(&str, File)> = Vec::new();
    for name in names {
        files.push((name, parse::parse(name, &bundle.text(name)?)?));
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, file) in &files {
        *times.entry(file.text.clone()).or_default() += 1;
    }
    let mut seen = BTreeSet::new();
    for (name, file) in files {
        let stem = name.rsplit('/').next().unwrap_or(name);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        // White space before the first word is not in the file.
        let exact = pages.text(stem).filter(|text| text.trim_start() == file.text.trim_start()).map(str::to_owned);
        let raw = exact.filter(|text| text.encode_utf16().count() == file.text.encode_utf16().count());
        let source = Source { file: format!("{stem}.tsv"), format: "webanno-tsv".to_owned(), ..Source::default() };
        let text = pages.article(incoming, stem, raw.as_deref().unwrap_or(&file.text), source);
        let several = times.get(&file.text).is_some_and(|n| *n > 1);
        put(incoming, &text, several.then_some(stem), file, &pages, &mut seen);
    }
    for file in pages.unread() {
        // A text without a word has no file.
        if let Some(text) = pages.text(&file).filter(|text| text.trim().is_empty()).map(str::to_owned) {
            pages.article(incoming, &file, &text, Source::default());
        }
    }
    pages.finish(incoming);
    Ok(())
}

fn put(
    incoming: &mut Incoming<'_>,
    text: &Text,
    coder: Option<&str>,
    file: File,
    pages: &Pages,
    seen: &mut BTreeSet<String>,
) {
    if file.odd > 0 {
        incoming.tell("tokens differ from the text of their sentence; their places count");
    }
    if file.loose > 0 {
        incoming.tell("relations to what is not there were left out");
    }
    let mut ids: Vec<Option<(CoderId, AnnotationId)>> = Vec::new();
    for mark in file.marks {
        let whose = mark.features.get("coder").filter(|_| mark.layer == LAYER).cloned();
        let whose = match whose.as_deref().or(coder) {
            Some(whose) => incoming.coder(whose, ""),
            None => incoming.somebody(),
        };
        let new = annotation(incoming, text, mark, pages, seen);
        ids.push(new.map(|new| (whose.clone(), incoming.put(text, &whose, new))));
    }
    for line in file.lines {
        let (Some((coder, from)), Some((_, to))) = (&ids[line.from], &ids[line.to]) else {
            incoming.tell("relations to what is not there were left out");
            continue;
        };
        let (id, kind) = kind(line, *from, *to, seen);
        incoming.relate(text, coder, Relation { id, kind, from: *from, to: RelationEnd::Annotation(*to) });
    }
}

fn annotation(
    incoming: &mut Incoming<'_>,
    text: &Text,
    mut mark: Mark,
    pages: &Pages,
    seen: &mut BTreeSet<String>,
) -> Option<Annotation> {
    let spans = text.utf16(mark.start, mark.end).map_or_else(Vec::new, |span| vec![span]);
    let layer = mark.layer.rsplit('.').next().unwrap_or(&mark.layer).to_owned();
    let words = WORDS.contains(&layer.as_str());
    let label = LABELS.iter().filter(|_| !words).find_map(|name| mark.features.remove(*name));
    let mut said = mark.features;
    let mut id = None;
    if mark.layer == LAYER {
        said.remove("coder");
        if let Some(exact) = said.remove("details").as_deref().and_then(strings) {
            id = exact.get("id").cloned().filter(|id| seen.insert(id.clone()));
            let mut plain = std::mem::replace(&mut said, exact);
            said.remove("id");
            for key in COLUMNS {
                settle(&mut said, key, plain.remove(key), one_line);
            }
            said.append(&mut plain);
        }
    }
    let linguistic = mark.layer.starts_with("de.tudarmstadt.") && layer != "NamedEntity";
    let code = label.as_deref().and_then(|label| pages.labelled(label));
    let mut new = match (code, label) {
        (Some(code), _) => incoming.annotation(text, id.as_deref(), Tag::Frame(code), spans)?,
        (None, Some(label)) if linguistic => {
            let code = incoming.code(None, &[layer, label]);
            incoming.annotation(text, None, Tag::Frame(code), spans)?
        }
        (None, Some(label)) => incoming.labelled(text, id.as_deref(), &label, spans)?,
        (None, None) => {
            let code = incoming.code(None, &[layer]);
            incoming.annotation(text, id.as_deref(), Tag::Frame(code), spans)?
        }
    };
    details::put(&mut new, said.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    Some(new)
}

/// The id and the kind of a line.
fn kind(mut line: Line, from: AnnotationId, to: AnnotationId, seen: &mut BTreeSet<String>) -> (RelationId, String) {
    let mut id = None;
    let kind = if line.layer == RELATIONS {
        let mut said = line.features.remove("details").as_deref().and_then(strings).unwrap_or_default();
        id = said.get("id").filter(|id| seen.insert((*id).clone())).and_then(|id| id.parse().ok()).map(RelationId);
        settle(&mut said, "kind", line.features.remove("kind"), one_line);
        said.remove("kind").unwrap_or_default()
    } else {
        let layer = line.layer.rsplit('.').next().unwrap_or(&line.layer).to_owned();
        let names = ["role", "value", "label", "DependencyType", "referenceRelation"];
        let named = names.iter().find_map(|name| line.features.remove(*name));
        named.or_else(|| line.features.into_values().next()).unwrap_or(layer)
    };
    (id.unwrap_or_else(|| RelationId(derived_id(&[&kind, &from.to_string(), &to.to_string()]).0)), kind)
}

/// The strings of a JSON object.
fn strings(json: &str) -> Option<BTreeMap<String, String>> {
    let map: BTreeMap<String, serde_json::Value> = serde_json::from_str(json).ok()?;
    Some(map.into_iter().filter_map(|(k, v)| Some((k, v.as_str()?.to_owned()))).collect())
}
