//! `framelens find`, as scripts call it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn sample() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge").display().to_string()
}

fn find(more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framelens")).arg("find").arg(sample()).args(more).output().expect("it runs")
}

fn text(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout.clone()).expect("UTF-8")
}

/// The articles' texts, read without the program.
fn texts() -> Vec<String> {
    let folder = Path::new(&sample()).join("articles");
    let files = std::fs::read_dir(folder).expect("a folder").map(|f| f.expect("a file").path());
    files
        .filter(|f| f.extension().is_some_and(|e| e == "txt"))
        .map(|f| std::fs::read_to_string(f).expect("a text"))
        .collect()
}

#[test]
fn lines_offsets_and_counts() {
    let really: usize = texts().iter().map(|t| t.to_lowercase().matches("purge").count()).sum();
    assert_eq!(text(&find(&["purge"])).lines().count(), really);
    assert!(text(&find(&["purge", "--count"])).contains(&really.to_string()));
    let json = text(&find(&["purge", "--json", "--sort", "right"]));
    let hits: Vec<Value> = json.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(hits.len(), really);
    let all = texts();
    for hit in &hits {
        let words = hit["text"].as_str().expect("the words");
        let n = |key: &str| hit[key].as_u64().expect("a number") as usize;
        let (start, end, from, to) = (n("start"), n("end"), n("byte_start"), n("byte_end"));
        assert!(
            all.iter().any(|t| t.get(from..to) == Some(words)
                && t.chars().skip(start).take(end - start).collect::<String>() == words),
            "{hit}"
        );
    }
    // Sorted by what follows.
    let right: Vec<String> = hits.iter().map(|h| h["right"].as_str().expect("context").to_lowercase()).collect();
    let words = |s: &str| {
        s.split_whitespace().next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
    };
    let first: Vec<String> = right.iter().map(|r| words(r)).filter(|w| !w.is_empty()).collect();
    assert!(first.windows(2).filter(|p| p[0] > p[1]).count() * 10 < first.len(), "{first:?}");
}

#[test]
fn what_narrows_the_search_down() {
    let all = text(&find(&["purge"])).lines().count();
    let outlet = text(&find(&["purge", "--outlet", "The Quay Gazette"])).lines().count();
    assert!(outlet > 0 && outlet < all);
    let early = text(&find(&["purge", "--to", "2025-03-06"])).lines().count();
    let late = text(&find(&["purge", "--from", "2025-03-07"])).lines().count();
    assert_eq!(early + late, all);
    let coded = text(&find(&["purge", "--code", "Purge", "--coder", "Jonna Lind"])).lines().count();
    assert!(coded > 0 && coded < all);
    let quoted = text(&find(&["purge", "--voice", "quoted"])).lines().count();
    let own = text(&find(&["purge", "--voice", "outlet"])).lines().count();
    assert!(quoted > 0 && own > 0 && quoted + own < all);
    let words = text(&find(&["Purge", "--case", "--word"])).lines().count();
    assert!(words < all);
    assert!(text(&find(&["party NEAR/5 purge"])).lines().count() < all);
}

#[test]
fn nothing_found_is_no_failure_and_nonsense_is() {
    assert_eq!(text(&find(&["zzzz"])), "");
    for wrong in [
        &["/(/"][..],
        &["\"open"],
        &["a NEAR/0 b"],
        &[""],
        &["x", "--code", "Nobody knows it"],
        &["x", "--from", "soon"],
    ] {
        let out = find(wrong);
        assert_ne!(out.status.code(), Some(0), "{wrong:?}");
        assert!(!out.stderr.is_empty() && out.stdout.is_empty(), "{wrong:?}");
    }
    let nowhere =
        Command::new(env!("CARGO_BIN_EXE_framelens")).args(["find", "/nowhere/at/all", "x"]).output().expect("it runs");
    assert_eq!(nowhere.status.code(), Some(1));
}

#[test]
fn finding_writes_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let files = |root: &Path| {
        let mut found: Vec<_> = walk(root)
            .into_iter()
            .map(|p| (p.clone(), std::fs::metadata(&p).and_then(|m| m.modified()).ok()))
            .collect();
        found.sort();
        found
    };
    let project = place.path().join("p");
    copy(Path::new(&sample()), &project);
    let before = files(&project);
    let out =
        Command::new(env!("CARGO_BIN_EXE_framelens")).arg("find").arg(&project).arg("purge").output().expect("it runs");
    assert!(out.status.success());
    assert_eq!(files(&project), before);
}

fn walk(root: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).expect("a folder").flatten() {
        if entry.path().is_dir() { found.extend(walk(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
