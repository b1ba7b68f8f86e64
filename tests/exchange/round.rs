//! Every format that is read: what it carries comes back equal, what it does not carry is what was announced, and what
//! comes back to the project that it left changes nothing there.
//!
//! `FRAMELENS_FORMAT=brat` tries one format alone; `FRAMELENS_CASES` says how many projects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::common::{Dice, dice};
use framelens::exchange::{
    Bundle, Carries, FORMATS, Feature, Format, Joined, Reading, Selection, Sink, labels, prepare, read,
};
use framelens::model::{Annotation, CodeId, Codebook, Coding, Project, RelationEnd, Tag};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn formats() -> Vec<&'static dyn Format> {
    let only = std::env::var("FRAMELENS_FORMAT").ok();
    FORMATS.iter().copied().filter(|f| f.is_read() && only.as_deref().is_none_or(|name| name == f.name())).collect()
}

fn reading() -> Reading {
    Reading { coder: framelens::exchange::SOMEBODY.to_owned(), now: Timestamp::UNIX_EPOCH }
}

/// What a format writes, as what it is read from.
fn written(reduced: &Project, format: &dyn Format) -> Bundle {
    let mut files = BTreeMap::new();
    format.write(reduced, &mut Sink::memory(&mut files, &mut |_| true)).unwrap();
    match files.remove("") {
        Some(bytes) => Bundle::bytes(&format!("corpus.{}", format.shape().ending()), bytes).unwrap(),
        None => Bundle::folder("corpus", files),
    }
}

/// The codes’ names as far as a format keeps them apart.
fn codes(book: &Codebook, carries: Carries, is_read: bool) -> BTreeMap<CodeId, String> {
    let tidy = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    let path = |id: &CodeId| book.path(id).split(" / ").map(tidy).collect::<Vec<_>>().join(labels::BETWEEN);
    let labels = labels::Labels::of(book);
    let label = |id: &CodeId| {
        let label = labels.code(id);
        label.strip_prefix("code: ").map(str::to_owned).unwrap_or(label)
    };
    let named = |id: &CodeId| {
        if carries.has(Feature::CodeIds) {
            id.to_string()
        } else if carries.has(Feature::CodeTree) || is_read {
            path(id)
        } else {
            label(id)
        }
    };
    book.codes.keys().map(|id| (id.clone(), named(id))).collect()
}

/// Everything that a format carries of a project, a line each, in an order that has nothing to do with ids that it does
/// not carry.
fn canon(project: &Project, carries: Carries, is_read: bool) -> BTreeSet<String> {
    let has = |feature| carries.has(feature);
    let named = codes(&project.codebook, carries, is_read);
    let code = |id: &CodeId| named.get(id).cloned().unwrap_or_else(|| id.to_string());
    let mut out: Vec<String> = Vec::new();
    if has(Feature::ProjectTitle) {
        out.push(format!("title {:?}", project.title));
    }
    if has(Feature::Schema) {
        out.extend(project.variables.iter().map(|v| format!("variable {v:?}")));
    }
    if has(Feature::Coders) {
        for c in project.coders.values() {
            // Who has no name is called by the id.
            let name = if c.name.trim().is_empty() { c.id.as_str() } else { &c.name };
            out.push(format!("coder {} {:?}", c.id, has(Feature::CoderNames).then_some(name)));
        }
    }
    for entity in project.entities.values() {
        out.push(format!("entity {entity:?}"));
    }
    for c in project.codebook.codes.values() {
        let mut line = format!("code {:?}", code(&c.id));
        if has(Feature::CodeIds) {
            line += &format!(" {:?}", c.name);
        }
        if has(Feature::CodeTree) {
            line += &format!(" below {:?}", c.parent.as_ref().map(code));
        }
        if has(Feature::CodeMeanings) {
            line += &format!(" {:?} {:?} {:?} {:?}", c.definition, c.use_when, c.not_when, c.examples);
        }
        if has(Feature::CodeColours) {
            line += &format!(" {}", c.colour);
        }
        if has(Feature::CodeDetails) {
            line += &format!(" {:?}", (c.position, c.shortcut, c.retired, c.revision, &c.history));
        }
        out.push(line);
    }
    if has(Feature::Texts) {
        for a in project.articles.values() {
            let id = if has(Feature::Titles) && has(Feature::Ids) { a.id.as_str() } else { "" };
            out.push(format!("article {id} {:?} {:?} {:?} {:?}", a.text, a.metadata, a.parts, a.source));
        }
    }
    for ((coder, article), coding) in &project.codings {
        let text = &project.articles[article].text;
        let coder = if has(Feature::Coders) { coder.as_str() } else { "" };
        in_coding(coding, carries, &code, &mut |line| out.push(format!("{line} [by {coder:?} on {text:?}]")));
    }
    // What is said twice is said twice.
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    out.into_iter().for_each(|line| *times.entry(line).or_default() += 1);
    times.into_iter().map(|(line, n)| format!("{line} × {n}")).collect()
}

fn in_coding(coding: &Coding, carries: Carries, code: &dyn Fn(&CodeId) -> String, out: &mut dyn FnMut(String)) {
    let has = |feature| carries.has(feature);
    let tag = |tag: &Tag| match tag {
        Tag::Frame(id) => format!("frame {:?}", code(id)),
        other => format!("{other:?}"),
    };
    let id = |a: &Annotation| if has(Feature::Ids) { a.id.to_string() } else { String::new() };
    let line = |a: &Annotation| {
        let mut line = format!("{} {} {:?}", id(a), tag(&a.tag), a.spans);
        line += &format!(" {:?} {:?} {:?}", a.anchors, a.attributes, a.memo);
        if has(Feature::Origins) {
            line += &format!(" {:?}", a.origin);
        }
        if has(Feature::Revisions) {
            line += &format!(" {:?}", a.code_revision);
        }
        if has(Feature::Times) {
            line += &format!(" {} {}", a.created, a.changed);
        }
        line
    };
    coding.annotations.values().for_each(|a| out(format!("annotation {}", line(a))));
    coding.orphans.values().for_each(|a| out(format!("orphan {}", line(a))));
    let place = |id| coding.annotations.get(id).map_or_else(|| "gone".to_owned(), |a| line(a));
    for r in coding.relations.values() {
        let to = match &r.to {
            RelationEnd::Annotation(id) => place(id),
            RelationEnd::Entity(id) => id.to_string(),
        };
        out(format!("relation {:?} from {} to {to}", r.kind, place(&r.from)));
    }
    let d = &coding.document;
    if *d != framelens::model::DocumentCoding::default() {
        let codes: BTreeSet<_> = d.codes.iter().map(code).collect();
        let primary = d.primary.as_ref().map(code);
        out(format!("document {primary:?} {codes:?} {:?} {:?} {:?}", d.variables, d.memo, d.finished));
    }
    coding.nothing_found.iter().for_each(|n| out(format!("{n:?}")));
    coding.decisions.iter().for_each(|d| out(format!("{d:?}")));
}

/// What differs, line by line, so that a failure can be read.
fn differences(a: &BTreeSet<String>, b: &BTreeSet<String>) -> String {
    let lost = a.difference(b).map(|l| format!("- {l}\n"));
    lost.chain(b.difference(a).map(|l| format!("+ {l}\n"))).collect()
}

fn run(name: &str, cases: u32, test: impl Fn(Project, &dyn Format) -> Result<(), TestCaseError>) {
    let cases = std::env::var("FRAMELENS_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    for format in formats() {
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let result = runner.run(&dice(300), |dice: Dice| test(dice.tidy().project(), format));
        if let Err(e) = result {
            panic!("{name}, {}: {e}", format.name());
        }
    }
}

#[test]
fn what_is_carried_comes_back() {
    run("comes back", 150, |project, format| {
        let carries = format.carries();
        let (reduced, _) = prepare(&project, &Selection::default(), format);
        let bundle = written(&reduced, format);
        prop_assert!(
            format.recognises(&bundle) || reduced.articles.is_empty() || reduced.codings.is_empty(),
            "not recognised"
        );
        // A format without texts is read where the texts are.
        let mut known = Project::new("");
        if !carries.has(Feature::Texts) {
            known = Project { codings: BTreeMap::new(), articles: project.articles.clone(), ..known };
        }
        let Joined { project: back, report } =
            read(&known, &bundle, format, &reading()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let (before, after) = (canon(&reduced, carries, false), canon(&back, carries, true));
        prop_assert!(before == after, "{}\n{:?}", differences(&before, &after), report.told);
        prop_assert_eq!(back.faults(), vec![]);
        Ok(())
    });
}

#[test]
fn what_comes_home_changes_nothing() {
    run("comes home", 100, |project, format| {
        let (reduced, _) = prepare(&project, &Selection::default(), format);
        let bundle = written(&reduced, format);
        let Joined { project: back, report } =
            read(&project, &bundle, format, &reading()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        if back != project {
            let all = Carries::EVERYTHING;
            let difference = differences(&canon(&project, all, false), &canon(&back, all, false));
            prop_assert!(false, "{difference}\n{report:?}");
        }
        Ok(())
    });
}

#[test]
fn what_is_spoiled_is_refused_and_panics_nowhere() {
    run("spoiled", 60, |project, format| {
        let (reduced, _) = prepare(&project, &Selection::default(), format);
        let mut files = BTreeMap::new();
        format.write(&reduced, &mut Sink::memory(&mut files, &mut |_| true)).unwrap();
        let seed = files.values().map(Vec::len).sum::<usize>();
        for round in 0..8 {
            let mut spoiled = files.clone();
            let Some((_, bytes)) = spoiled.iter_mut().nth(round % files.len().max(1)) else { continue };
            spoil(bytes, seed.wrapping_mul(round * 2 + 1));
            let bundle = match spoiled.remove("") {
                Some(bytes) => Bundle::bytes(&format!("corpus.{}", format.shape().ending()), bytes),
                None => Ok(Bundle::folder("corpus", spoiled)),
            };
            let Ok(bundle) = bundle else { continue };
            let mut incoming =
                framelens::exchange::Incoming::new(&project, "spoiled", "somebody", Timestamp::UNIX_EPOCH);
            if format.read(&bundle, &mut incoming).is_ok() {
                let joined = framelens::exchange::join(&project, incoming.finish(), format, Timestamp::UNIX_EPOCH);
                prop_assert_eq!(joined.project.faults(), vec![]);
                // Whatever is read, nothing of the project goes.
                for (key, coding) in &project.codings {
                    let now: &Arc<Coding> = &joined.project.codings[key];
                    prop_assert!(coding.annotations.keys().all(|id| now.annotations.contains_key(id)));
                }
            }
        }
        Ok(())
    });
}

fn spoil(bytes: &mut Vec<u8>, chance: usize) {
    if bytes.is_empty() {
        return;
    }
    let at = chance % bytes.len();
    match chance % 5 {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << (chance % 8),
        2 => drop(bytes.drain(at..(at + 1 + chance % 9).min(bytes.len()))),
        3 => bytes.splice(at..at, b"\0\xff\"<999999999999999999999,-1:".iter().copied()).for_each(drop),
        _ => {
            let piece = bytes[at..(at + 40).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece).for_each(drop);
        }
    }
}
