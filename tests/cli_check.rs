//! `check` and `check --repair` as people call them: on texts, copies and journals that came to harm.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use framelens::model::{ArticleId, Project};
use framelens::store::{Store, backups};

/// What was said on both streams, where it ended with this code.
fn ends(with: i32, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_framelens"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(with), "{arguments:?}: {said}");
    said
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.is_file() {
                all.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    all
}

struct Place {
    _keep: tempfile::TempDir,
    root: PathBuf,
    project: Project,
}

impl Place {
    /// A copy of the sample project.
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("study");
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge");
        for (name, content) in files(&sample) {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let project = Store::open(&root).unwrap().project;
        Self { _keep: keep, root, project }
    }

    fn with_backup() -> Self {
        let place = Self::new();
        backups::make(&place.root, &place.project, "by-hand").unwrap().unwrap();
        place
    }

    fn check(&self, ends_with: i32) -> String {
        let before = files(&self.root);
        let said = ends(ends_with, &["check", self.root.to_str().unwrap()]);
        assert_eq!(files(&self.root), before, "check changed something");
        said
    }

    fn repair(&self, ends_with: i32) -> String {
        ends(ends_with, &["check", self.root.to_str().unwrap(), "--repair"])
    }

    fn project(&self) -> Project {
        let opened = Store::open_to_write(&self.root).unwrap();
        assert_eq!(opened.notices, Vec::<String>::new());
        opened.project
    }

    /// An article that has parts and that somebody coded.
    fn coded(&self) -> (ArticleId, PathBuf) {
        let coded =
            |id: &ArticleId| self.project.codings.iter().any(|((_, on), c)| on == id && c.annotations.len() > 2);
        let (id, _) = self.project.articles.iter().find(|(id, a)| !a.parts.is_empty() && coded(id)).unwrap();
        (id.clone(), self.root.join(format!("articles/{id}.txt")))
    }

    fn has_raw_copy(&self) -> bool {
        backups::list(&self.root).unwrap().iter().any(|b| b.raw && b.why == "before-repair")
    }

    /// Whether some file in `backups/broken` holds this.
    fn kept_aside(&self, content: &[u8]) -> bool {
        files(&self.root.join("backups/broken")).values().any(|kept| kept == content)
    }
}

#[test]
fn a_damaged_text_is_taken_from_the_backup() {
    for damage in ["empty", "zeros", "half", "crlf", "bom"] {
        let place = Place::with_backup();
        let (_, path) = place.coded();
        let text = fs::read(&path).unwrap();
        let bad = match damage {
            "empty" => Vec::new(),
            "zeros" => vec![0; text.len()],
            "half" => String::from_utf8_lossy(&text).chars().take(text.len() / 2).collect::<String>().into_bytes(),
            "crlf" => String::from_utf8_lossy(&text).replace('\n', "\r\n").into_bytes(),
            _ => [&b"\xef\xbb\xbf"[..], &text].concat(),
        };
        fs::write(&path, &bad).unwrap();
        let said = place.check(1);
        assert!(said.contains("Not sound"), "{damage}: {said}");
        let said = place.repair(0);
        assert!(said.contains("1 finding repaired. Now it is sound."), "{damage}: {said}");
        assert_eq!(fs::read(&path).unwrap(), text, "{damage}");
        assert_eq!(place.project(), place.project, "{damage}");
        assert!(place.has_raw_copy() && place.kept_aside(&bad), "{damage}");
        place.check(0);
    }
}

#[test]
fn without_a_backup_line_ends_are_undone_and_ruins_left_alone() {
    let place = Place::new();
    let (id, path) = place.coded();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace('\n', "\r\n")).unwrap();
    place.repair(0);
    assert_eq!(place.project(), place.project);
    for ruin in [String::new(), "\0".repeat(200)] {
        let place = Place::new();
        let path = place.root.join("articles").join(path.file_name().unwrap());
        fs::write(&path, &ruin).unwrap();
        let before = files(&place.root);
        let said = place.repair(1);
        assert!(said.contains("Left to you: articles/") && said.contains("no backup"), "{said}");
        assert!(said.matches("Left to you").count() == 1, "{said}");
        assert_eq!(files(&place.root), before, "{said}");
        // And when the text is back, so is everything.
        fs::write(&path, &text).unwrap();
        place.repair(0);
        assert_eq!(place.project(), place.project);
        assert!(place.project.articles.contains_key(&id));
    }
}

#[test]
fn codings_are_found_again_in_another_text_and_each_is_told() {
    let place = Place::new();
    let (id, path) = place.coded();
    let text = fs::read_to_string(&path).unwrap();
    // Only the second half is left, so that the headline is gone.
    let half: String = text.chars().skip(text.chars().count() / 2).collect();
    fs::write(&path, &half).unwrap();
    let before = files(&place.root);
    let said = place.repair(0);
    let repaired = place.project();
    assert_eq!(&*repaired.articles[&id].text, half);
    assert_eq!(repaired.faults(), []);
    let gone = |p: &Project| p.codings.values().map(|c| c.orphans.len()).sum::<usize>();
    assert!(gone(&repaired) > 0);
    assert_eq!(said.matches("kept as an orphan\n").count(), gone(&repaired), "{said}");
    let lost = place.project.articles[&id].parts.len() - repaired.articles[&id].parts.len();
    assert!(lost > 0);
    assert_eq!(said.matches("is marked no more").count(), lost, "{said}");
    // The folder as it was can be gone back to.
    assert!(place.has_raw_copy());
    let raw = backups::list(&place.root).unwrap().into_iter().find(|b| b.raw).unwrap();
    let copied = backups::read(&raw).unwrap();
    let annotations = |p: &Project| p.annotations().count();
    assert_eq!(annotations(&copied.project), annotations(&place.project));
    assert!(!before.is_empty());
    place.check(0);
}
