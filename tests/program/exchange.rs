//! Corpora out and in, as scripts do it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use framelens::exchange::{FORMATS, Shape};
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_framelens"));
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn done(arguments: &[&str]) -> (String, String) {
    let output = run(arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of the sample project, and the folder around it.
fn sample() -> (tempfile::TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let project = place.path().join("study");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge"), &project);
    (place, project.to_str().unwrap().to_owned())
}

fn in_place(place: &tempfile::TempDir, name: &str) -> String {
    place.path().join(name).to_str().unwrap().to_owned()
}

/// Every file of a project’s own with its content; not the journal, the lock and the backups.
fn content(project: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("backups") && !path.ends_with("journal") {
                walk(&path, out);
            } else if path.is_file() {
                out.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(Path::new(project), &mut out);
    out
}

#[test]
fn every_format_goes_out_and_comes_home() {
    let (place, project) = sample();
    let before = content(&project);
    for format in FORMATS {
        let name = match format.shape() {
            Shape::File(ending) => format!("{}.{ending}", format.name()),
            Shape::Folder => format!("{}-folder", format.name()),
        };
        let path = in_place(&place, &name);
        let (said, losses) = done(&["export", &project, "--format", format.name(), "--out", &path]);
        assert!(said.contains("written to"), "{said}");
        let beside = match format.shape() {
            Shape::File(_) => PathBuf::from(format!("{path}.left-out.json")),
            Shape::Folder => Path::new(&path).join("left-out.json"),
        };
        let listed = fs::read(beside).ok().map(|b| serde_json::from_slice::<Value>(&b).unwrap());
        let listed = listed.map_or(0, |all| all["left_out"].as_array().unwrap().len());
        assert_eq!(losses.lines().count(), listed, "{}: {losses}", format.name());
        // What is there is not written over unasked.
        assert!(!run(&["export", &project, "--format", format.name(), "--out", &path]).status.success());
        done(&["export", &project, "--format", format.name(), "--out", &path, "--force"]);
        if format.is_read() {
            let (said, _) = done(&["import", &project, &path]);
            assert!(!said.contains("new") || said.contains("Nothing new"), "{}: {said}", format.name());
            assert_eq!(content(&project), before, "{} changed the project it came from", format.name());
        }
        if format.shape() == Shape::Folder {
            let zip = in_place(&place, &format!("{}.zip", format.name()));
            done(&["export", &project, "--format", format.name(), "--out", &zip]);
            assert!(fs::read(&zip).unwrap().starts_with(b"PK"));
            if format.is_read() {
                done(&["import", &project, &zip]);
                assert_eq!(content(&project), before, "{} as a zip file changed the project", format.name());
            }
        }
    }
}

#[test]
fn a_folder_of_somebody_elses_is_not_thrown_away() {
    let (place, project) = sample();
    let Some(folder) = FORMATS.iter().find(|f| f.shape() == Shape::Folder) else { return };
    let mine = place.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("thesis.txt"), "years of work").unwrap();
    let out = run(&["export", &project, "--format", folder.name(), "--out", mine.to_str().unwrap(), "--force"]);
    assert!(!out.status.success() && String::from_utf8_lossy(&out.stderr).contains("other things"));
    assert_eq!(fs::read_to_string(mine.join("thesis.txt")).unwrap(), "years of work");
    let to_pipe = run(&["export", &project, "--format", folder.name(), "--out", "-"]);
    assert!(!to_pipe.status.success() && String::from_utf8_lossy(&to_pipe.stderr).contains("folder of files"));
}

#[test]
fn a_corpus_comes_into_a_new_project_and_twice_is_once() {
    let (place, project) = sample();
    let (file, fresh) = (in_place(&place, "all.jsonl"), in_place(&place, "fresh"));
    done(&["export", &project, "--format", "jsonl", "--out", &file]);
    done(&["new", &fresh, "--title", "Fresh"]);
    let (said, _) = done(&["import", &fresh, &file]);
    assert!(said.contains("10 new articles") && said.contains("142 new codings"), "{said}");
    let after = content(&fresh);
    let (said, _) = done(&["import", &fresh, &file]);
    assert!(said.contains("142 codings there already") && !said.contains("new"), "{said}");
    assert_eq!(content(&fresh), after);
    done(&["check", &fresh]);
}

#[test]
fn what_another_program_changed_is_changed_and_nothing_else() {
    let (place, project) = sample();
    let file = in_place(&place, "all.jsonl");
    done(&["export", &project, "--format", "jsonl", "--out", &file]);
    let mut lines: Vec<Value> =
        fs::read_to_string(&file).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let mine = lines.iter_mut().find(|l| !l["annotations"].as_array().unwrap().is_empty()).unwrap();
    let id = mine["annotations"][0]["id"].as_str().unwrap().to_owned();
    mine["annotations"][0]["memo"] = "looked at elsewhere".into();
    mine["annotations"].as_array_mut().unwrap().truncate(1);
    let changed: String = lines.iter().map(|l| format!("{l}\n")).collect();
    fs::write(&file, changed).unwrap();
    let before = content(&project);
    let (said, _) = done(&["import", &project, &file]);
    assert!(said.contains("1 coding changed in the other program") && !said.contains("new"), "{said}");
    let after = content(&project);
    let differing: Vec<_> = before.iter().filter(|(path, bytes)| after[*path] != **bytes).collect();
    assert_eq!(differing.len(), 1, "one file of one coder");
    let now = String::from_utf8(after[differing[0].0].clone()).unwrap();
    assert!(now.contains("looked at elsewhere") && now.contains(&id));
    assert_eq!(now.lines().count(), String::from_utf8_lossy(differing[0].1).lines().count());
}

#[test]
fn settled_work_alone_and_open_suggestions() {
    let (place, project) = sample();
    let file = in_place(&place, "x.jsonl");
    let export =
        |more: &[&str]| run(&[&["export", &project, "--format", "jsonl", "--out", &file, "--force"], more].concat());
    let nobody = export(&["--settled"]);
    assert!(!nobody.status.success() && String::from_utf8_lossy(&nobody.stderr).contains("settled"));
    let coders = |file: &str| -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for line in fs::read_to_string(file).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            for a in line["annotations"].as_array().unwrap() {
                *found.entry(a["coder"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        found
    };
    let edits = in_place(&place, "edits.jsonl");
    fs::write(&edits, "{\"do\":\"settings\",\"coder\":\"ao\",\"settled_by\":[\"ao\"]}\n").unwrap();
    done(&["apply", &project, &edits]);
    assert!(export(&["--settled"]).status.success());
    assert_eq!(coders(&file).into_keys().collect::<Vec<_>>(), ["ao"]);
    assert!(export(&["--with-suggestions"]).status.success());
    let with = coders(&file);
    assert!(with["suggestions"] > 20 && with.len() == 3, "{with:?}");
    // They are no annotations, and do not come in as such.
    let before = content(&project);
    let (_, told) = done(&["import", &project, &file]);
    assert!(told.contains("suggestions"), "{told}");
    assert_eq!(content(&project), before);
}

#[test]
fn what_is_no_corpus_is_said_and_the_rest_comes_in() {
    let (place, project) = sample();
    let (good, bad) = (in_place(&place, "good.jsonl"), in_place(&place, "bad.jsonl"));
    done(&["export", &project, "--format", "jsonl", "--out", &good]);
    let text = fs::read_to_string(&good).unwrap();
    fs::write(&bad, &text[..text.len() / 2]).unwrap();
    let fresh = in_place(&place, "fresh");
    done(&["new", &fresh, "--title", "Fresh"]);
    let out = run(&["import", &fresh, &bad, &good]);
    assert!(!out.status.success());
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("bad.jsonl") && said.contains("line"), "{said}");
    assert!(String::from_utf8_lossy(&out.stdout).contains("10 new articles"));
    done(&["check", &fresh]);
}
