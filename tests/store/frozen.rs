//! Projects that older versions wrote, kept as they were: they open as they did then, and are saved in today's form
//! without anything lost. None of these folders is ever changed; a new format gets folders of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use framelens::exchange::{Selection, format, stream};
use framelens::model::Project;
use framelens::store::backups::{list, read};
use framelens::store::{FORMAT, Store, everything};
use serde_json::Value;
use tempfile::TempDir;

fn frozen() -> Vec<(u32, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen");
    let mut found = Vec::new();
    for number in 1..=FORMAT {
        let folder = root.join(format!("format-{number}"));
        let mut projects: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        projects.retain(|p| p.is_dir());
        assert!(projects.len() >= 2, "format {number} needs frozen projects");
        found.extend(projects.into_iter().map(|p| (number, p)));
    }
    found
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("journal") {
                // Who has it open is no part of it.
            } else if path.is_dir() {
                open.push(path);
            } else {
                all.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    all
}

fn copy(of: &Path) -> (TempDir, PathBuf) {
    let keep = TempDir::new().unwrap();
    let root = keep.path().join("study");
    for (name, content) in files(of) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    (keep, root)
}

fn jsonl(project: &Project) -> String {
    let mut out = Vec::new();
    stream(project, &Selection::default(), format("jsonl").unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn they_say_what_they_said_when_they_were_frozen() {
    for (_, folder) in frozen() {
        let opened = Store::open(&folder).unwrap();
        assert_eq!(opened.notices, Vec::<String>::new(), "{}", folder.display());
        assert_eq!(opened.project.faults(), []);
        let kept = fs::read_to_string(folder.with_extension("jsonl")).unwrap();
        let now = jsonl(&opened.project);
        assert_eq!(kept.lines().count(), now.lines().count(), "{}", folder.display());
        for (kept, now) in kept.lines().zip(now.lines()) {
            let (kept, now) = (serde_json::from_str(kept).unwrap(), serde_json::from_str(now).unwrap());
            assert_eq!(missing(&kept, &now), None, "{}", folder.display());
        }
    }
}

/// The first thing that `kept` says and `now` does not. Today's records say more than those of their time did.
fn missing(kept: &Value, now: &Value) -> Option<String> {
    match (kept, now) {
        (Value::Null, _) => None,
        (Value::Object(kept), Value::Object(now)) => kept.iter().find_map(|(key, value)| {
            // What a record calls by another name today.
            let name = if key == "old_spans" { "spans" } else { key };
            missing(value, now.get(name).unwrap_or(&Value::Null)).map(|told| format!("{key}: {told}"))
        }),
        (Value::Array(kept), Value::Array(now)) if kept.is_empty() || kept.len() == now.len() => {
            kept.iter().zip(now).find_map(|(kept, now)| missing(kept, now))
        }
        _ => (kept != now).then(|| format!("{kept} is {now}")),
    }
}

#[test]
fn they_are_saved_in_todays_form_with_the_old_files_kept() {
    for (number, folder) in frozen() {
        let (_keep, root) = copy(&folder);
        let old = files(&root);
        let opened = Store::open_to_write(&root).unwrap();
        assert_eq!(opened.notices, Vec::<String>::new());
        assert_eq!(opened.news.len(), usize::from(number < FORMAT), "{:?}", opened.news);
        assert_eq!(list(&root).unwrap().len(), 0, "opening writes none of it");
        opened.store.save(&opened.project, &everything(&opened.project)).unwrap();
        opened.store.save(&opened.project, &everything(&opened.project)).unwrap();
        assert_eq!(list(&root).unwrap().len(), usize::from(number < FORMAT), "once, before the first file is written");
        let again = Store::open(&root).unwrap();
        assert_eq!(again.notices, Vec::<String>::new());
        assert_eq!(again.project, opened.project);
        for (name, content) in files(&root) {
            if name.extension().is_some_and(|e| e == "ron") {
                let text = String::from_utf8(content).unwrap();
                assert!(text.contains(&format!("    format: {FORMAT},\n")), "{}", name.display());
            }
        }
        if number < FORMAT {
            let backup = &list(&root).unwrap()[0];
            assert_eq!(backup.why, format!("before-format-{FORMAT}"));
            assert_eq!(read(backup).unwrap().project, opened.project);
            // The old bytes are in it, one by one.
            let unpacked = TempDir::new().unwrap();
            fs::copy(&backup.path, unpacked.path().join("p")).unwrap();
            let back = unpacked.path().join("study");
            framelens::store::unpack(&unpacked.path().join("p"), &back).unwrap();
            assert_eq!(files(&back), old);
        }
    }
}

#[test]
fn todays_own_do_not_change_when_they_are_saved() {
    for (_, folder) in frozen().into_iter().filter(|(number, _)| *number == FORMAT) {
        let (_keep, root) = copy(&folder);
        let opened = Store::open_to_write(&root).unwrap();
        opened.store.save(&opened.project, &everything(&opened.project)).unwrap();
        drop(opened);
        assert_eq!(files(&root), files(&folder), "{}", folder.display());
    }
}

/// Writes what is frozen for today's format; kept so that the next format can be frozen the same way:
/// `FRAMELENS_FREEZE=1 cargo test --test store frozen -- --ignored`
#[test]
#[ignore = "it writes the folders that the others read"]
fn freeze() {
    if std::env::var_os("FRAMELENS_FREEZE").is_none() {
        return;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let to = here.join(format!("tests/frozen/format-{FORMAT}"));
    assert!(!to.exists(), "what is frozen stays as it is");
    let sample = Store::open(&here.join("projects/harbour-purge")).unwrap().project;
    for (name, project) in [("harbour-purge", sample), ("everything", everything_there_is())] {
        Store::create(&to.join(name), &project).unwrap();
        fs::write(to.join(format!("{name}.jsonl")), jsonl(&project)).unwrap();
    }
}

/// A random project that holds something of everything.
fn everything_there_is() -> Project {
    use framelens::model::{Backups, Revision};
    let mut project = (1u32..20_000)
        .map(|seed| {
            // A row of numbers without a pattern that a roll of the dice could see.
            let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
            let rolls = (0..1200).map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state
            });
            crate::common::Dice::from(rolls.collect::<Vec<u32>>()).project()
        })
        .find(|p| {
            let any = |what: fn(&framelens::model::Coding) -> bool| p.codings.values().any(|c| what(c));
            p.articles.len() >= 3
                && !p.entities.is_empty()
                && !p.variables.is_empty()
                && p.settings.backups != Backups::default()
                && any(|c| !c.orphans.is_empty())
                && any(|c| !c.relations.is_empty())
                && any(|c| !c.decisions.is_empty())
                && any(|c| !c.nothing_found.is_empty())
                && any(|c| c.document != framelens::model::DocumentCoding::default())
                && p.codebook.codes.values().any(|c| c.parent.is_some())
        })
        .unwrap();
    let by = project.coders.keys().next().unwrap().clone();
    let code = project.codebook.codes.values_mut().next().unwrap();
    let (definition, use_when, not_when) = ("before".to_owned(), "then".to_owned(), "“now”".to_owned());
    let until = "2025-03-04T10:00:00Z".parse().unwrap();
    code.history.push(Revision { revision: 1, until, changed_by: by, definition, use_when, not_when });
    code.revision = 2;
    project
}
