//! Merging as scripts and as git call it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use framelens::detect::Rules;
use framelens::model::{AnnotationId, Project, Tag};
use framelens::session::Session;
use framelens::store::Store;
use framelens::text::CharSpan;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_framelens"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command.args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn code_of(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

struct Place {
    _keep: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        Self { root: keep.path().to_owned(), _keep: keep }
    }

    fn path(&self, name: &str) -> String {
        self.root.join(name).to_str().unwrap().to_owned()
    }

    /// A project with one article, and a copy of it for each of these names.
    fn handed_out(&self, copies: &[&str]) -> String {
        let study = self.path("study");
        let made = run(&["new", &study, "--title", "The ferry"]);
        assert_eq!(code_of(&made), 0, "{}", err(&made));
        let text = self.root.join("vote.txt");
        fs::write(&text, "Title: Vote\n\nThis is not a purge, she said.\n\nIt is a vote, said the mayor.\n").unwrap();
        assert_eq!(code_of(&run(&["import", &study, text.to_str().unwrap()])), 0);
        for copy in copies {
            copy_folder(Path::new(&study), &self.root.join(copy));
        }
        study
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// Every file below a folder with its bytes.
fn snapshot(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { drop(all.insert(path.clone(), fs::read(&path).unwrap())) }
        }
    }
    all
}

fn session(folder: &str, coder: &str) -> Session {
    let (mut session, notices) = Session::open(Path::new(folder), Arc::new(Rules::default())).unwrap();
    assert_eq!(notices, Vec::<String>::new());
    session.code_as_named(coder);
    session
}

/// Codes some words of the one article, with a code that is made if it is missing.
fn code(folder: &str, coder: &str, words: &str, name: &str) -> AnnotationId {
    let mut session = session(folder, coder);
    let article = session.project().articles.values().next().unwrap().clone();
    let code = match session.project().codebook.by_name(name) {
        Some(code) => code.id.clone(),
        None => session.add_code(name, None).unwrap(),
    };
    let start = article.text[..article.text.find(words).unwrap()].chars().count();
    let span = CharSpan::chars(start, start + words.chars().count());
    let id = session.mark(&article.id, vec![span], Tag::Frame(code), "Code").unwrap();
    session.save_now().unwrap();
    id
}

fn read(folder: &str) -> Project {
    let opened = Store::open(Path::new(folder)).unwrap();
    assert_eq!(opened.notices, Vec::<String>::new());
    assert_eq!(opened.project.faults(), []);
    opened.project
}

fn has(project: &Project, id: AnnotationId) -> bool {
    project.annotations().any(|(_, _, a)| a.id == id)
}

#[test]
fn two_coders_folders_become_one() {
    let place = Place::new();
    let study = place.handed_out(&["ada", "bo"]);
    let (ada, bo) = (place.path("ada"), place.path("bo"));
    let first = code(&ada, "Ada Brandt", "purge", "Purge");
    let second = code(&bo, "Bo Lind", "vote", "Purge");
    let before = [snapshot(Path::new(&study)), snapshot(Path::new(&ada)), snapshot(Path::new(&bo))];

    let dry = run(&["merge", &study, &ada, &bo, "--dry-run"]);
    assert_eq!((code_of(&dry), err(&dry).as_str()), (0, ""), "{}", out(&dry));
    assert!(out(&dry).contains("From ada: new: 1 coder") && out(&dry).contains("Nothing was changed"), "{}", out(&dry));
    assert_eq!(snapshot(Path::new(&study)), before[0]);

    let merged = run(&["merge", &study, &ada, &bo]);
    assert_eq!((code_of(&merged), err(&merged).as_str()), (0, ""), "{}", out(&merged));
    assert!(out(&merged).contains("One now: code “Purge”"), "{}", out(&merged));
    assert_eq!(snapshot(Path::new(&ada)), before[1]);
    assert_eq!(snapshot(Path::new(&bo)), before[2]);
    let project = read(&study);
    assert!(has(&project, first) && has(&project, second));
    assert_eq!((project.codebook.codes.len(), project.coders.len()), (1, 2));
    let checked = run(&["check", &study]);
    assert_eq!(code_of(&checked), 0, "{}", out(&checked));

    let after = snapshot(Path::new(&study));
    let again = run(&["merge", &study, &ada, &bo]);
    assert_eq!(code_of(&again), 0);
    assert!(out(&again).contains("From ada: nothing new\nFrom bo: nothing new"), "{}", out(&again));
    assert_eq!(snapshot(Path::new(&study)), after, "nothing is written");

    // The other way round, and with the state that was handed out: the same.
    copy_folder(&place.root.join("ada"), &place.root.join("other"));
    assert_eq!(code_of(&run(&["merge", &place.path("other"), &bo])), 0);
    assert_eq!(read(&place.path("other")), project);
    let json = run(&["merge", &study, &ada, "--base", &study, "--json", "--dry-run"]);
    let report: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(report["inputs"][1]["input"], "ada");
    assert!(report["inputs"][1]["deleted"].as_array().unwrap().iter().any(|i| i["kind"] == "annotation"));
}

#[test]
fn two_meanings_need_a_decision() {
    let place = Place::new();
    let study = place.handed_out(&["ada", "bo"]);
    for (folder, coder, meaning) in [("ada", "Ada", "Of people."), ("bo", "Bo", "Of foxes.")] {
        let folder = place.path(folder);
        code(&folder, coder, "purge", "Hunt");
        let mut session = session(&folder, coder);
        let id = session.project().codebook.codes.keys().next().unwrap().clone();
        session.change_code(&id, "Define", |code| code.definition = meaning.to_owned()).unwrap();
        session.save_now().unwrap();
    }
    let (ada, bo) = (place.path("ada"), place.path("bo"));
    let slip = run(&["merge", &study, &ada, &bo, "--same-code", "Hunt=cy"]);
    assert_eq!(code_of(&slip), 1);
    assert!(err(&slip).contains("nothing was merged") && err(&slip).contains("“cy”"), "{}", err(&slip));
    assert_eq!(read(&study).codebook.codes.len(), 0);

    let open = run(&["merge", &study, &ada, &bo]);
    assert_eq!(code_of(&open), 1);
    assert!(
        out(&open).contains("Needs a decision: code “Hunt”") && out(&open).contains("--same-code"),
        "{}",
        out(&open)
    );
    assert_eq!(read(&study).codebook.codes.len(), 2);

    let decided = run(&["merge", &study, &ada, &bo, "--same-code", "Hunt=bo"]);
    assert_eq!(code_of(&decided), 0, "{}{}", out(&decided), err(&decided));
    let project = read(&study);
    let codes: Vec<_> = project.codebook.codes.values().collect();
    assert_eq!((codes.len(), codes[0].definition.as_str()), (1, "Of foxes."));
    assert_eq!(project.annotations().count(), 2);
}

#[test]
fn what_cannot_be_merged_is_told_and_nothing_is_changed() {
    let place = Place::new();
    let study = place.handed_out(&["ada"]);
    let ada = place.path("ada");
    code(&ada, "Ada", "purge", "Purge");
    let before = snapshot(Path::new(&study));
    for (arguments, told) in [
        (vec!["merge", &study, &place.path("nowhere")], "there is nothing at"),
        (vec!["merge", &study, place.root.to_str().unwrap()], "is not a Framelens project"),
        (vec!["merge", &place.path("nowhere"), &ada], "there is nothing at"),
        (vec!["merge", &study, &ada, "--same-code", "Purge"], "is not NAME="),
    ] {
        let output = run(&arguments);
        assert_eq!(code_of(&output), 1, "{arguments:?}");
        assert!(err(&output).contains(told), "{}", err(&output));
    }
    assert_eq!(code_of(&run(&["merge", &study])), 2);
    assert_eq!(snapshot(Path::new(&study)), before);

    // A copy of which a file is broken brings the rest, and that is told; with a base it would count as deleted.
    let coding = snapshot(Path::new(&ada)).into_keys().find(|p| p.starts_with(place.root.join("ada/coding"))).unwrap();
    fs::write(&coding, "(format: 2, coder: \"ada\"").unwrap();
    let based = run(&["merge", &study, &ada, "--base", &study]);
    assert_eq!(code_of(&based), 1);
    assert!(err(&based).contains("taken for deleted"), "{}", err(&based));
    assert_eq!(snapshot(Path::new(&study)), before);
    let partly = run(&["merge", &study, &ada]);
    assert_eq!(code_of(&partly), 1);
    assert!(err(&partly).contains("cannot be read"), "{}", err(&partly));
    assert_eq!(read(&study).codebook.codes.len(), 1);
    // A project that is open for reading only is not merged into.
    let closed = run(&["merge", &ada, &study]);
    assert_eq!(code_of(&closed), 1);
    assert!(err(&closed).contains("reading only"), "{}", err(&closed));
}

#[test]
fn another_project_comes_in_as_well() {
    let place = Place::new();
    let study = place.handed_out(&[]);
    let other = place.path("other");
    run(&["new", &other, "--title", "Bridges", "--coder", "Cy"]);
    let text = place.root.join("bridge.txt");
    fs::write(&text, "The bridge is shut.\n").unwrap();
    run(&["import", &other, text.to_str().unwrap()]);
    let merged = run(&["merge", &study, &other]);
    assert_eq!(code_of(&merged), 0, "{}", err(&merged));
    assert!(out(&merged).contains("not copies of one project"), "{}", out(&merged));
    assert_eq!(read(&study).articles.len(), 2);
}

#[test]
fn with_an_ancestor_only_whole_copies_of_it_are_merged() {
    let place = Place::new();
    let study = place.handed_out(&["ada", "bo", "base"]);
    let (ada, base) = (place.path("ada"), place.path("base"));
    code(&ada, "Ada", "purge", "Purge");
    let other = place.path("other");
    run(&["new", &other]);
    let refused = run(&["merge", &study, &other, "--base", &base]);
    assert_eq!(code_of(&refused), 1);
    assert!(err(&refused).contains("is no copy of the project"), "{}", err(&refused));
    for ending in ["ron", "txt"] {
        let articles = fs::read_dir(place.root.join("bo/articles")).unwrap().map(|e| e.unwrap().path());
        articles.filter(|p| p.extension().unwrap() == ending).for_each(|p| fs::remove_file(p).unwrap());
    }
    let before = read(&study);
    assert_eq!(code_of(&run(&["merge", &study, &ada, "--base", &base])), 0);
    // A merge can be gone back to, also when the program has ended.
    let list = run(&["backup", &study, "--list"]);
    assert!(out(&list).contains("before-merge"), "{}", out(&list));
    let name = out(&list).split_whitespace().find(|w| w.ends_with(".framelens")).unwrap().to_owned();
    assert_eq!(code_of(&run(&["backup", &study, "--restore", &name])), 0);
    assert_eq!(read(&study), before);
}
