//! All that is said of an annotation beyond its tag and its place, as a row of plain keys and values: for formats in
//! which other programs keep attributes, features or notes.

use std::collections::BTreeMap;

use crate::model::{Annotation, Attributes, Origin, Party, Stance, Value, Voice};

/// The keys, in the order in which they are written.
pub const KEYS: &[&str] = &[
    "voice",
    "speaker",
    "speaker_entity",
    "target",
    "target_entity",
    "stance",
    "intensity",
    "certainty",
    "negated",
    "memo",
    "code_revision",
    "origin",
    "detector",
    "detector_version",
    "score",
    "edited",
    "imported_from",
    "created",
    "changed",
    "custom",
];

/// What is said of an annotation. What is not known is left out; `custom` is an object in JSON.
pub fn of(annotation: &Annotation) -> Vec<(&'static str, String)> {
    let Attributes { voice, speaker, target, stance, intensity, certainty, negated, custom } = &annotation.attributes;
    let mut out = Vec::new();
    let mut put = |key, value: Option<String>| out.extend(value.map(|value| (key, value)));
    let name = |party: &Option<Party>| party.as_ref().map(|p| p.name.clone());
    let entity = |party: &Option<Party>| party.as_ref().and_then(|p| p.entity).map(|e| e.to_string());
    put("voice", voice.map(|v| v.to_string()));
    put("speaker", name(speaker));
    put("speaker_entity", entity(speaker));
    put("target", name(target));
    put("target_entity", entity(target));
    put("stance", stance.map(|s| s.to_string()));
    put("intensity", intensity.map(|i| i.to_string()));
    put("certainty", certainty.map(|c| c.to_string()));
    put("negated", negated.then(|| "true".to_owned()));
    put("memo", Some(annotation.memo.clone()).filter(|m| !m.is_empty()));
    // A coding made before revisions were counted says so: one that says nothing is of its code’s present revision.
    let counted = annotation.code_revision != 0 || annotation.tag.code().is_some();
    put("code_revision", counted.then(|| annotation.code_revision.to_string()));
    match &annotation.origin {
        Origin::Hand => put("origin", Some("hand".to_owned())),
        Origin::Accepted { detector, version, score, edited } => {
            put("origin", Some("accepted".to_owned()));
            put("detector", Some(detector.clone()));
            put("detector_version", Some(version.clone()));
            put("score", Some(score.to_string()));
            put("edited", Some(edited.to_string()));
        }
        Origin::Imported { from } => {
            put("origin", Some("imported".to_owned()));
            put("imported_from", Some(from.clone()));
        }
    }
    put("created", Some(annotation.created.to_string()));
    put("changed", Some(annotation.changed.to_string()));
    put("custom", (!custom.is_empty()).then(|| super::record::json_of(custom).to_string()));
    out
}

/// Puts what was said into an annotation. What is no key of ours, or not one of its values, becomes an attribute of the
/// annotation’s own. Where nothing is said of the origin or of the moments, they stay as they are.
pub fn put<'a>(annotation: &mut Annotation, said: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let said: BTreeMap<&str, &str> = said.into_iter().collect();
    let mut known: Vec<&str> = vec!["speaker_entity", "target_entity"];
    let attributes = &mut annotation.attributes;
    let party = |name: &str, entity: &str| {
        let entity = said.get(entity).and_then(|id| id.parse().ok()).map(crate::model::EntityId);
        said.get(name).map(|name| Party { name: (*name).to_owned(), entity })
    };
    for (&key, &value) in &said {
        let understood = match key {
            "voice" => Voice::from_word(value).map(|v| attributes.voice = Some(v)),
            "speaker" => party(key, "speaker_entity").map(|p| attributes.speaker = Some(p)),
            "target" => party(key, "target_entity").map(|p| attributes.target = Some(p)),
            "stance" => Stance::from_word(value).map(|s| attributes.stance = Some(s)),
            "intensity" => value.parse().ok().map(|n| attributes.intensity = Some(n)),
            "certainty" => value.parse().ok().map(|n| attributes.certainty = Some(n)),
            "negated" => value.parse().ok().map(|n| attributes.negated = n),
            "memo" => {
                annotation.memo = value.to_owned();
                Some(())
            }
            "code_revision" => value.parse().ok().map(|n| annotation.code_revision = n),
            "created" => value.parse().ok().map(|at| annotation.created = at),
            "changed" => value.parse().ok().map(|at| annotation.changed = at),
            "custom" => {
                serde_json::from_str(value).ok().map(|map| attributes.custom.extend(super::record::of_json(map)))
            }
            "origin" => origin(value, &said).map(|o| annotation.origin = o),
            "detector" | "detector_version" | "score" | "edited" => {
                (said.get("origin") == Some(&"accepted")).then_some(())
            }
            "imported_from" => (said.get("origin") == Some(&"imported")).then_some(()),
            _ => None,
        };
        if understood.is_some() {
            known.push(key);
        }
    }
    let ours = |key: &str| known.contains(&key);
    let rest = said.iter().filter(|(key, _)| !ours(key)).map(|(k, v)| ((*k).to_owned(), Value::Text((*v).to_owned())));
    attributes.custom.extend(rest.collect::<Vec<_>>());
}

fn origin(word: &str, said: &BTreeMap<&str, &str>) -> Option<Origin> {
    let text = |key: &str| said.get(key).map(|s| (*s).to_owned());
    Some(match word {
        "hand" => Origin::Hand,
        "accepted" => Origin::Accepted {
            detector: text("detector")?,
            version: text("detector_version").unwrap_or_default(),
            score: said.get("score").and_then(|s| s.parse().ok()).unwrap_or_default(),
            edited: said.get("edited") == Some(&"true"),
        },
        "imported" => Origin::Imported { from: text("imported_from").unwrap_or_default() },
        _ => return None,
    })
}
