//! What several formats ask for: changes to every string of a project.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Losses;
use crate::model::{Annotation, Origin, Project, Value};

/// Shows `change` every free string of a project but the articles' texts: titles, names, definitions, memos, values. Ids
/// and the closed vocabularies are none of them. Two keys that become one keep one of their values.
pub fn each_string(project: &mut Project, change: &mut dyn FnMut(&mut String)) {
    change(&mut project.title);
    project.coders.values_mut().for_each(|c| change(&mut c.name));
    keys(&mut project.variables, change);
    for variable in project.variables.values_mut() {
        change(&mut variable.description);
        if let crate::model::VariableKind::OneOf(list) = &mut variable.kind {
            list.iter_mut().for_each(&mut *change);
        }
    }
    for code in project.codebook.codes.values_mut() {
        for text in [&mut code.name, &mut code.definition, &mut code.use_when, &mut code.not_when] {
            change(text);
        }
        code.examples.iter_mut().for_each(&mut *change);
        for old in &mut code.history {
            [&mut old.definition, &mut old.use_when, &mut old.not_when].into_iter().for_each(&mut *change);
        }
    }
    for entity in project.entities.values_mut() {
        change(&mut entity.name);
        change(&mut entity.note);
        entity.aliases.iter_mut().for_each(&mut *change);
    }
    for article in project.articles.values_mut() {
        let article = Arc::make_mut(article);
        let meta = &mut article.metadata;
        change(&mut meta.title);
        change(&mut meta.outlet);
        meta.authors.iter_mut().for_each(&mut *change);
        let maybe = [&mut meta.published, &mut meta.url, &mut meta.language, &mut meta.section];
        maybe.into_iter().flatten().for_each(&mut *change);
        values(&mut meta.variables, change);
        let source = &mut article.source;
        [&mut source.file, &mut source.format, &mut source.hash].into_iter().for_each(&mut *change);
        source.encoding.as_mut().map(&mut *change);
    }
    for coding in project.codings.values_mut() {
        let coding = Arc::make_mut(coding);
        for annotation in coding.annotations.values_mut().chain(coding.orphans.values_mut()) {
            in_annotation(Arc::make_mut(annotation), change);
        }
        values(&mut coding.document.variables, change);
        change(&mut coding.document.memo);
        for relation in coding.relations.values_mut() {
            change(&mut relation.kind);
        }
        coding.decisions = std::mem::take(&mut coding.decisions)
            .into_iter()
            .map(|(mut about, mut decision)| {
                change(&mut about.label);
                change(&mut decision.detector);
                change(&mut decision.version);
                (about, decision)
            })
            .collect();
    }
}

/// Shows `change` every moment of the codings: when something was made, changed, finished or answered.
pub fn each_moment(project: &mut Project, change: &mut dyn FnMut(&mut jiff::Timestamp)) {
    for coding in project.codings.values_mut() {
        let coding = Arc::make_mut(coding);
        for annotation in coding.annotations.values_mut().chain(coding.orphans.values_mut()) {
            let annotation = Arc::make_mut(annotation);
            change(&mut annotation.created);
            change(&mut annotation.changed);
        }
        coding.document.finished.iter_mut().for_each(&mut *change);
        coding.decisions.values_mut().for_each(|decision| change(&mut decision.at));
    }
}

fn in_annotation(annotation: &mut Annotation, change: &mut dyn FnMut(&mut String)) {
    let attributes = &mut annotation.attributes;
    for party in [&mut attributes.speaker, &mut attributes.target].into_iter().flatten() {
        change(&mut party.name);
    }
    values(&mut attributes.custom, change);
    change(&mut annotation.memo);
    match &mut annotation.origin {
        Origin::Hand => {}
        Origin::Accepted { detector, version, .. } => {
            change(detector);
            change(version);
        }
        Origin::Imported { from } => change(from),
    }
}

fn keys<T>(map: &mut BTreeMap<String, T>, change: &mut dyn FnMut(&mut String)) {
    *map = std::mem::take(map)
        .into_iter()
        .map(|(mut key, value)| {
            change(&mut key);
            (key, value)
        })
        .collect();
}

fn values(map: &mut BTreeMap<String, Value>, change: &mut dyn FnMut(&mut String)) {
    keys(map, change);
    for value in map.values_mut() {
        if let Value::Text(text) = value {
            change(text);
        }
    }
}

/// Whether a character may stand in XML 1.0 (section 2.2 of the specification).
pub fn is_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A text with a `\u{fffd}` for each character that XML cannot hold, so that every offset stays.
pub fn text_for_xml(text: &str) -> String {
    text.chars().map(|c| if is_in_xml(c) { c } else { '\u{fffd}' }).collect()
}

/// Replaces what XML cannot hold in names and memos with spaces, and line ends of other kinds with LF, since XML reads
/// them so; counts the strings that it changed.
pub fn for_xml(project: &mut Project, losses: &mut Losses) {
    let mut changed = 0;
    each_string(project, &mut |text| {
        if text.contains('\r') || !text.chars().all(is_in_xml) {
            let plain = text.replace("\r\n", "\n").replace('\r', "\n");
            *text = plain.chars().map(|c| if is_in_xml(c) { c } else { ' ' }).collect();
            changed += 1;
        }
    });
    losses.tell("characters", changed, "names or notes hold control characters, which become spaces");
}
