//! `check` and `check --repair` as people call them: on texts, copies and journals that came to harm.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use framelens::edit::{Desk, Edit, retext};
use framelens::model::{ArticleId, CoderId, NothingFound, Project};
use framelens::store::{Store, backups};
use framelens::text::{CharOffset, CharSpan};

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

impl Place {
    /// One coder's file on the article that [`coded`](Self::coded) is.
    fn coding(&self) -> ((CoderId, ArticleId), PathBuf) {
        let (article, _) = self.coded();
        let (key, _) =
            self.project.codings.iter().find(|((_, on), c)| *on == article && !c.annotations.is_empty()).unwrap();
        (key.clone(), self.root.join(format!("coding/{}/{}.ron", key.0, key.1)))
    }

    /// Does work that gets no further than the journal, as where the program is killed. Returns how often.
    fn work_in_the_journal(&self) -> usize {
        let opened = Store::open_to_write(&self.root).unwrap();
        let mut project = opened.project.clone();
        let ((coder, article), _) = self.coding();
        for end in 2..7 {
            let span = CharSpan::new(CharOffset(0), CharOffset(end));
            let at = Desk { coder: coder.clone(), article: article.clone() };
            let edit = Edit::NothingFound { at, what: NothingFound { span: Some(span) }, present: true };
            let was = edit.clone().apply(&mut project).unwrap();
            opened.store.journal(&project, &edit, was);
        }
        opened.store.settle(None).unwrap();
        5
    }

    fn journals(&self) -> Vec<PathBuf> {
        let Ok(found) = fs::read_dir(self.root.join("journal")) else { return Vec::new() };
        found.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "journal")).collect()
    }

    fn read(&self, key: &(CoderId, ArticleId)) -> usize {
        let before = self.project.codings[key].nothing_found.len();
        self.project().codings[key].nothing_found.len() - before
    }
}

#[test]
fn a_conflicted_copy_is_taken_in_whatever_else_is_broken() {
    let place = Place::with_backup();
    let (key, path) = place.coding();
    let copy = path.with_file_name(format!("{} (conflicted copy).ron", key.1));
    let article = place.root.join(format!("articles/{}.ron", key.1));
    let about = article.with_file_name(format!("{} (conflicted copy).ron", key.1));
    fs::copy(&article, &about).unwrap();
    // In the copy is work that is nowhere else: the file itself has lost it.
    let whole = fs::read(&path).unwrap();
    fs::write(&copy, &whole).unwrap();
    fs::remove_file(&path).unwrap();
    for broken in ["codebook.ron", "project.ron"] {
        fs::write(place.root.join(broken), "broken").unwrap();
    }
    fs::write(path.with_file_name("notes by hand.ron"), "no coding").unwrap();
    let said = place.repair(0);
    assert!(said.contains("notes by hand.ron has a name that no coding has"), "{said}");
    assert_eq!(said.matches("A conflicted copy was found and taken in").count(), 2, "{said}");
    assert_eq!(place.project(), place.project);
    assert!(!copy.exists() && !about.exists());
    assert!(files(&place.root.join("backups/conflicted")).values().any(|kept| *kept == whole));
    place.check(0);
}

#[test]
fn a_conflicted_copy_stands_in_for_a_file_that_is_broken_or_gone() {
    for name in ["project.ron", "codebook.ron", "article"] {
        for gone in [true, false] {
            let place = Place::new();
            let name = if name == "article" { format!("articles/{}.ron", place.coded().0) } else { name.to_owned() };
            let path = place.root.join(&name);
            let stem = path.file_stem().unwrap().to_str().unwrap();
            fs::copy(&path, path.with_file_name(format!("{stem} (conflicted copy 2026-03-04).ron"))).unwrap();
            if gone {
                fs::remove_file(&path).unwrap();
            } else {
                fs::write(&path, "broken").unwrap();
            }
            let said = place.repair(0);
            assert!(said.contains("taken from the conflicted copy"), "{said}");
            assert_eq!(place.project(), place.project, "{name}");
        }
    }
}

#[test]
fn a_copy_with_another_text_is_left_to_people() {
    let place = Place::new();
    let (_, path) = place.coded();
    let copy = path.with_file_name("another (conflicted copy).txt");
    fs::write(&copy, "Another text that nobody coded.").unwrap();
    let said = place.repair(1);
    assert!(said.contains("Left to you: ") && said.contains("move it away") && !said.contains("sound"), "{said}");
    assert!(copy.exists());
}

#[test]
fn work_in_a_journal_is_reached_though_the_project_file_is_lost() {
    for damage in [None, Some("broken")] {
        let place = Place::new();
        let done = place.work_in_the_journal();
        let mark = place.root.join("project.ron");
        match damage {
            None => fs::remove_file(&mark).unwrap(),
            Some(damage) => fs::write(&mark, damage).unwrap(),
        }
        let said = place.repair(0);
        assert!(said.contains(&format!("the last {done} changes were brought back")), "{said}");
        assert_eq!(place.project().id, place.project.id);
        assert_eq!(place.read(&place.coding().0), done);
        assert_eq!(place.journals(), Vec::<PathBuf>::new());
        // The journal is in the copy of the folder, too.
        let copy = backups::list(&place.root).unwrap().into_iter().find(|b| b.raw).unwrap();
        let bytes = fs::read(copy.path).unwrap();
        assert!(bytes.windows(8).any(|w| w == b".journal"));
        place.check(0);
    }
}

#[test]
fn a_journal_of_another_project_is_kept_aside() {
    let (place, other) = (Place::new(), Place::new());
    let mark = other.root.join("project.ron");
    let ron = fs::read_to_string(&mark).unwrap();
    fs::write(&mark, ron.replace(&place.project.id.to_string(), "0195f1e5-d68d-71cb-8b69-dfe886d9d5ef")).unwrap();
    other.work_in_the_journal();
    let journal = other.journals().remove(0);
    fs::create_dir(place.root.join("journal")).unwrap();
    fs::copy(&journal, place.root.join("journal").join(journal.file_name().unwrap())).unwrap();
    fs::create_dir(place.root.join("journal/folder.journal")).unwrap();
    let said = place.repair(0);
    assert!(said.contains("is the journal of another project: taken out of the way"), "{said}");
    assert!(said.contains("folder.journal cannot be a journal"), "{said}");
    assert!(place.kept_aside(&fs::read(&journal).unwrap()));
    assert_eq!(place.project(), place.project);
}

#[cfg(unix)]
#[test]
fn links_to_nowhere_do_not_stay_and_the_text_does() {
    for backup in [true, false] {
        let place = if backup { Place::with_backup() } else { Place::new() };
        let (id, text) = place.coded();
        let (_, coding) = place.coding();
        for path in [&place.root.join(format!("articles/{id}.ron")), &coding] {
            fs::remove_file(path).unwrap();
            std::os::unix::fs::symlink("/nowhere/at/all", path).unwrap();
        }
        place.check(1);
        let said = place.repair(0);
        assert_eq!(said.matches(&format!("Repaired: articles/{id}.ron")).count(), 1, "{said}");
        assert!(text.exists());
        let now = place.project();
        assert_eq!(now.articles[&id].text, place.project.articles[&id].text);
        if backup {
            assert_eq!(now, place.project);
        }
        place.check(0);
    }
}

#[test]
fn files_that_an_editor_saved_in_its_own_encoding_are_read_all_the_same() {
    let place = Place::new();
    let (_, coding) = place.coding();
    let article = place.root.join(format!("articles/{}.ron", place.coded().0));
    for (n, path) in
        [coding, article, place.root.join("codebook.ron"), place.root.join("project.ron")].iter().enumerate()
    {
        let text = format!("\u{feff}{}", fs::read_to_string(path).unwrap());
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(path, if n % 2 == 0 { wide } else { text.into_bytes() }).unwrap();
    }
    let said = place.repair(0);
    assert_eq!(said.matches("written as UTF-8").count(), 4, "{said}");
    assert_eq!(place.project(), place.project);
}

#[test]
fn a_changed_text_is_not_sound_though_a_journal_has_another_one() {
    for coded in [true, false] {
        let place = Place::new();
        let (id, path) = place.coded();
        let opened = Store::open_to_write(&place.root).unwrap();
        let mut project = opened.project.clone();
        let text = format!("{}\nA line that was lost.", project.articles[&id].text);
        let text = if coded { text } else { "All of it is new.".to_owned() };
        let (edit, _) = retext(&project, &id, text.into(), None).unwrap();
        let was = edit.clone().apply(&mut project).unwrap();
        opened.store.journal(&project, &edit, was);
        opened.store.settle(None).unwrap();
        drop(opened);
        fs::write(&path, "Another text.").unwrap();
        let said = place.check(1);
        assert!(said.contains("Not sound"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let place = Place::with_backup();
    let (_, coding) = place.coding();
    fs::remove_file(&coding).unwrap();
    fs::create_dir(place.root.join("journal")).unwrap();
    for pipe in [&coding, &place.root.join("journal/0.journal")] {
        assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    let said = ends(1, &["check", place.root.to_str().unwrap()]);
    assert!(said.contains("cannot be a journal"), "{said}");
    place.repair(0);
    assert_eq!(place.project(), place.project);
}

#[test]
fn a_copy_of_work_on_a_text_that_is_gone_stays_for_people() {
    let place = Place::new();
    let (key, path) = place.coding();
    let (_, text) = place.coded();
    let copy = path.with_file_name(format!("{} (conflicted copy).ron", key.1));
    fs::rename(&path, &copy).unwrap();
    let whole = fs::read(&copy).unwrap();
    let coded = fs::read_to_string(&text).unwrap();
    fs::write(&text, coded.chars().skip(coded.chars().count() / 2).collect::<String>()).unwrap();
    let said = place.repair(1);
    assert!(said.contains("Left to you: The conflicted copy"), "{said}");
    assert_eq!(fs::read(&copy).unwrap(), whole);
    assert!(place.has_raw_copy());
}
