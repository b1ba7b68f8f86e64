//! Packing, backups and repair as scripts call them: what is written where, and with which code it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use framelens::store::{Store, content_hash};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_framelens"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What was said, where it ended with this code.
fn ends(with: i32, arguments: &[&str]) -> (String, String) {
    let output = run(arguments);
    let said = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(with), "{arguments:?}: {said:?}");
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
            } else {
                all.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    all
}

struct Place {
    keep: tempfile::TempDir,
}

impl Place {
    /// A folder with a copy of the sample project in it, called `study`.
    fn new() -> Self {
        let place = Self { keep: tempfile::tempdir().unwrap() };
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge");
        for (name, content) in files(&sample) {
            let path = place.keep.path().join("study").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> String {
        self.keep.path().join(name).to_str().unwrap().to_owned()
    }

    fn files(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.keep.path().join(name))
    }

    fn content(&self, name: &str) -> String {
        content_hash(&Store::open(&self.keep.path().join(name)).unwrap().project)
    }
}

#[test]
fn there_and_back_in_one_file() {
    let place = Place::new();
    let study = place.path("study");
    let (said, _) = ends(0, &["pack", &study]);
    assert!(said.contains("files packed into") && said.contains("study.framelens"), "{said}");
    let packed = place.path("study.framelens");
    let (_, told) = ends(1, &["pack", &study]);
    assert!(told.contains("--force"), "{told}");
    ends(0, &["pack", &study, "--force"]);
    ends(0, &["pack", &study, "--out", &place.path("again")]);
    assert_eq!(fs::read(&packed).unwrap(), fs::read(place.path("again")).unwrap());

    let (_, told) = ends(1, &["unpack", &packed]);
    assert!(told.contains("is not empty"), "{told}");
    let (said, told) = ends(0, &["unpack", &packed, &place.path("back")]);
    assert!(said.starts_with("The project is in") && told.is_empty(), "{said} {told}");
    assert_eq!(place.files("back"), place.files("study"));
    // Without an ending, a folder must be named.
    ends(1, &["unpack", &place.path("again")]);
    ends(1, &["unpack", &place.path("nowhere.framelens"), &place.path("new")]);
    ends(1, &["unpack", &place.path("study/project.ron"), &place.path("new")]);
    ends(2, &["unpack"]);
    assert!(!Path::new(&place.path("new")).exists());

    // What would be missing a part is not packed.
    fs::write(place.path("study/entities.ron"), "(format: 2, entities: [], tomorrow: 1)").unwrap();
    let (_, told) = ends(1, &["pack", &study, "--out", &place.path("part")]);
    assert!(told.contains("nothing was packed"), "{told}");
    assert!(!Path::new(&place.path("part")).exists());
}

#[test]
fn there_and_back_without_the_texts() {
    let place = Place::new();
    let (study, bare, back) = (place.path("study"), place.path("bare.framelens"), place.path("back"));
    let (said, _) = ends(0, &["pack", &study, "--without-texts", "--out", &bare]);
    assert!(said.contains("packed without their texts") && said.contains("the limit is 10 %"), "{said}");
    let (_, told) = ends(1, &["unpack", &bare, &back]);
    assert!(told.contains("--texts"), "{told}");
    let (_, told) = ends(1, &["unpack", &bare, &back, "--texts", &place.path("nowhere")]);
    assert!(told.contains("there is nothing at"), "{told}");
    ends(0, &["unpack", &bare, &back, "--texts", &format!("{study}/articles")]);
    assert_eq!(place.files("back"), place.files("study"));

    // Only some of them, and one of those with a head of metadata, as files for import have it.
    let texts = place.path("texts");
    fs::create_dir(&texts).unwrap();
    let mut all = place.files("study").into_iter().filter(|(p, _)| p.extension().is_some_and(|e| e == "txt"));
    let (_, first) = all.next().unwrap();
    fs::write(format!("{texts}/one.txt"), first).unwrap();
    let part = place.path("part");
    let (_, told) = ends(1, &["unpack", &bare, &part, "--texts", &texts]);
    assert!(told.contains("--partial") && !Path::new(&part).exists(), "{told}");
    let (said, told) = ends(1, &["unpack", &bare, &part, "--texts", &texts, "--partial"]);
    assert!(said.contains("left out; all of their codings stay in"), "{said}");
    assert!(told.contains("its text was not found"), "{told}");
    ends(0, &["check", &part]);
    assert_eq!(Store::open(Path::new(&part)).unwrap().project.articles.len(), 1);
    ends(2, &["unpack", &bare, &part, "--partial"]);
}

#[test]
fn back_to_how_it_was() {
    let place = Place::new();
    let study = place.path("study");
    let before = place.content("study");
    let (said, _) = ends(0, &["backup", &study]);
    assert!(said.contains("-by-hand.framelens"), "{said}");
    let (said, _) = ends(0, &["backup", &study]);
    assert!(said.contains("no other was made"), "{said}");
    let article = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ferry.txt");
    ends(0, &["import", &study, article.to_str().unwrap()]);
    let changed = place.content("study");
    assert_ne!(before, changed);

    let (listed, _) = ends(0, &["backup", &study, "--list"]);
    assert_eq!(listed.lines().count(), 1);
    let name = listed.split('\t').next().unwrap().to_owned();
    let (_, told) = ends(1, &["backup", &study, "--restore", "1999"]);
    assert!(told.contains("there is no backup “1999”"), "{told}");
    ends(0, &["backup", &study, "--restore", &name]);
    assert_eq!(place.content("study"), before);
    let (said, _) = ends(0, &["backup", &study, "--restore", &name]);
    assert!(said.contains("Nothing to do"), "{said}");

    // And forward again: what there was is kept.
    let (listed, _) = ends(0, &["backup", &study, "--list"]);
    let newest = listed.lines().next().unwrap().split('\t').next().unwrap();
    assert!(newest.contains("before-restore"), "{listed}");
    let (_, told) = ends(1, &["backup", &study, "--restore", "2"]);
    assert!(told.contains("2 backups begin with"), "{told}");
    ends(0, &["backup", &study, "--restore", newest]);
    assert_eq!(place.content("study"), changed);
    ends(2, &["backup", &study, "--list", "--restore", newest]);
    ends(1, &["backup", &place.path("nowhere")]);
}

#[test]
fn a_broken_project_is_repaired_on_request() {
    let place = Place::new();
    let study = place.path("study");
    let (said, _) = ends(0, &["check", &study]);
    assert!(said.ends_with("Sound.\n"), "{said}");
    let (said, _) = ends(0, &["check", &study, "--repair"]);
    assert_eq!(said, "Sound: there was nothing to repair.\n");
    let content = place.content("study");
    ends(0, &["backup", &study]);

    fs::write(place.path("study/codebook.ron"), "broken").unwrap();
    let before = place.files("study");
    let (said, told) = ends(1, &["check", &study]);
    assert!(said.contains("A repair would see to this: codebook.ron cannot be read"), "{said}");
    assert!(told.contains("codebook.ron"), "{told}");
    assert_eq!(place.files("study"), before, "check changed something");
    let (said, _) = ends(0, &["check", &study, "--repair"]);
    assert!(said.contains("before-repair.zip") && said.contains("Now it is sound"), "{said}");
    assert_eq!(place.content("study"), content);
    ends(0, &["check", &study]);

    // Something that only people can decide.
    let coding = place.files("study").into_keys().find(|p| p.starts_with("coding")).unwrap();
    let path = place.keep.path().join("study").join(coding);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("(\n", "(\n    of_tomorrow: 3,\n", 1)).unwrap();
    let (said, _) = ends(1, &["check", &study, "--repair"]);
    assert!(said.contains("Left to you") && said.contains("of_tomorrow"), "{said}");
}
