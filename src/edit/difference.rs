//! The edits by which one project becomes another: how a merge, a restored backup and a file that another program
//! changed come in, so that each of them can be undone like anything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Desk, Edit};
use crate::model::{Article, ArticleId, Coding, Project};

/// The edit that makes `to` of `from`, in an order in which every step is sound where both projects are: an empty
/// batch where they are the same. A project's id is not compared: it is not something that people change.
pub fn difference(from: &Project, to: &Project) -> Edit {
    let mut puts = Vec::new();
    let mut takes = Vec::new();
    if from.title != to.title {
        puts.push(Edit::Title(to.title.clone()));
    }
    if from.settings != to.settings {
        puts.push(Edit::Settings(to.settings.clone()));
    }
    slots(&from.variables, &to.variables, &mut puts, &mut takes, |name, to| Edit::Variable {
        name: name.clone(),
        to: to.cloned(),
    });
    slots(&from.coders, &to.coders, &mut puts, &mut takes, |id, to| Edit::Coder { id: id.clone(), to: to.cloned() });
    slots(&from.entities, &to.entities, &mut puts, &mut takes, |id, to| Edit::Entity {
        id: *id,
        to: to.cloned().map(Box::new),
    });
    codes(from, to, &mut puts, &mut takes);

    // Work comes off an article before its text changes, and is put on it again afterwards.
    let mut early = Vec::new();
    let retexted = |id: &ArticleId| match (from.articles.get(id), to.articles.get(id)) {
        (Some(a), Some(b)) => a.text != b.text,
        _ => false,
    };
    articles(from, to, &mut puts, &mut takes);
    let empty = Coding::default();
    let keys = from.codings.keys().chain(to.codings.keys().filter(|k| !from.codings.contains_key(k)));
    let mut work = Vec::new();
    for key in keys {
        let at = Desk { coder: key.0.clone(), article: key.1.clone() };
        let side = |p: &Project| p.codings.get(key).cloned();
        let (before, after) = (side(from), side(to));
        let same = before.as_ref().zip(after.as_ref()).is_some_and(|(a, b)| Arc::ptr_eq(a, b) || a == b);
        let before = before.as_deref().unwrap_or(&empty);
        let after = after.as_deref().unwrap_or(&empty);
        if retexted(&key.1) {
            coding(&at, before, &placeless(before), &mut early);
            coding(&at, &placeless(before), after, &mut work);
        } else if !same {
            coding(&at, before, after, &mut work);
        }
    }
    let batch = early.into_iter().chain(puts).chain(work).chain(takes.into_iter().rev());
    Edit::Batch(batch.collect())
}

/// What of some work does not hang on any passage.
fn placeless(coding: &Coding) -> Coding {
    let mut left = coding.clone();
    left.annotations.clear();
    left.decisions.clear();
    left.nothing_found.retain(|n| n.span.is_none());
    left
}

fn slots<K: Ord, V: PartialEq>(
    from: &BTreeMap<K, V>,
    to: &BTreeMap<K, V>,
    puts: &mut Vec<Edit>,
    takes: &mut Vec<Edit>,
    edit: impl Fn(&K, Option<&V>) -> Edit,
) {
    puts.extend(to.iter().filter(|(k, v)| from.get(k) != Some(v)).map(|(k, v)| edit(k, Some(v))));
    takes.extend(from.keys().filter(|k| !to.contains_key(k)).map(|k| edit(k, None)));
}

/// Codes come parents first and go children first; where two change places in the tree, they stand as roots between.
fn codes(from: &Project, to: &Project, puts: &mut Vec<Edit>, takes: &mut Vec<Edit>) {
    let (from, to) = (&from.codebook, &to.codebook);
    let put = |code: crate::model::Code| Edit::Code { id: code.id.clone(), to: Some(Box::new(code)) };
    let moved = |c: &&crate::model::Code| from.get(&c.id).is_some_and(|old| old.parent != c.parent);
    for code in to.codes.values().filter(moved) {
        if let Some(old) = from.get(&code.id).filter(|old| old.parent.is_some()) {
            puts.push(put(crate::model::Code { parent: None, ..old.clone() }));
        }
    }
    for (_, code) in to.tree() {
        if from.get(&code.id) != Some(code) {
            puts.push(put(code.clone()));
        }
    }
    for (_, code) in from.tree() {
        if to.get(&code.id).is_none() {
            takes.push(Edit::Code { id: code.id.clone(), to: None });
        }
    }
}

fn articles(from: &Project, to: &Project, puts: &mut Vec<Edit>, takes: &mut Vec<Edit>) {
    let but_metadata = |a: &Article, b: &Article| {
        a.text == b.text && a.hash == b.hash && a.parts == b.parts && a.source == b.source && a.end == b.end
    };
    for (id, article) in &to.articles {
        match from.articles.get(id) {
            Some(old) if Arc::ptr_eq(old, article) || old == article => {}
            Some(old) if but_metadata(old, article) => {
                puts.push(Edit::Metadata { article: id.clone(), to: Box::new(article.metadata.clone()) });
            }
            _ => puts.push(Edit::Article { id: id.clone(), to: Some(article.clone()) }),
        }
    }
    for id in from.articles.keys().filter(|id| !to.articles.contains_key(*id)) {
        takes.push(Edit::Article { id: id.clone(), to: None });
    }
}

/// The edits by which one coder's work on one article becomes another.
fn coding(at: &Desk, from: &Coding, to: &Coding, out: &mut Vec<Edit>) {
    let mut takes = Vec::new();
    slots(&from.annotations, &to.annotations, out, &mut takes, |id, to| Edit::Annotation {
        at: at.clone(),
        id: *id,
        to: to.map(|a| Box::new((**a).clone())),
    });
    slots(&from.orphans, &to.orphans, out, &mut takes, |id, to| Edit::Orphan {
        at: at.clone(),
        id: *id,
        to: to.map(|a| Box::new((**a).clone())),
    });
    slots(&from.relations, &to.relations, out, &mut takes, |id, to| Edit::Relation {
        at: at.clone(),
        id: *id,
        to: to.cloned().map(Box::new),
    });
    slots(&from.decisions, &to.decisions, out, &mut takes, |about, to| Edit::Decision {
        at: at.clone(),
        about: about.clone(),
        to: to.cloned().map(Box::new),
    });
    let nothing =
        |present, what: &crate::model::NothingFound| Edit::NothingFound { at: at.clone(), what: *what, present };
    out.extend(to.nothing_found.difference(&from.nothing_found).map(|what| nothing(true, what)));
    takes.extend(from.nothing_found.difference(&to.nothing_found).map(|what| nothing(false, what)));
    if from.document != to.document {
        out.push(Edit::Document { at: at.clone(), to: Box::new(to.document.clone()) });
    }
    out.extend(takes);
}
