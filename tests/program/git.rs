//! Projects under version control: two branches come together by `git merge`, with framelens as the merge driver.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use framelens::detect::Rules;
use framelens::model::{Annotation, AnnotationId, Project, Tag, Voice};
use framelens::session::Session;
use framelens::store::{OneFile, Store};
use framelens::text::CharSpan;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_framelens")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A repository with a project in a folder of it.
struct Repository {
    _keep: tempfile::TempDir,
    root: PathBuf,
}

impl Repository {
    /// `None` where there is no git to try it with.
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            eprintln!("git is not installed: nothing was tried");
            return None;
        }
        let keep = tempfile::tempdir().unwrap();
        // The driver's path has to be a word of the shell, and the project's, too.
        let root = keep.path().join("it's here");
        fs::create_dir(&root).unwrap();
        let repository = Self { _keep: keep, root };
        repository.git(&["init", "-q", "-b", "main"]);
        let study = repository.study();
        assert!(run(&["new", &study, "--title", "The ferry"]).status.success());
        let text = repository.root.join("vote.txt");
        fs::write(&text, "Title: Vote\n\nThis is not a purge, she said.\n\nIt is a vote, said the mayor.\n").unwrap();
        assert!(run(&["import", &study, text.to_str().unwrap()]).status.success());
        let tidied = run(&["tidy", &study, "--configure"]);
        assert!(tidied.status.success(), "{}", err(&tidied));
        repository.commit("Hand out");
        Some(repository)
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
        let none = self.root.join("no-settings");
        Command::new("git")
            .current_dir(&self.root)
            .env("GIT_CONFIG_GLOBAL", &none)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.autocrlf=true"])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", String::from_utf8_lossy(&output.stdout), err(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn study(&self) -> String {
        self.root.join("my study").to_str().unwrap().to_owned()
    }

    fn session(&self, coder: &str) -> Session {
        let (mut session, notices) = Session::open(Path::new(&self.study()), Arc::new(Rules::default())).unwrap();
        assert_eq!(notices, Vec::<String>::new());
        session.code_as_named(coder);
        session
    }

    /// Codes some words of the one article with a new code, or with one that is there.
    fn code(&self, coder: &str, words: &str, name: &str) -> AnnotationId {
        let mut session = self.session(coder);
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

    fn change(&self, coder: &str, id: AnnotationId, change: impl FnOnce(&mut Annotation)) {
        let mut session = self.session(coder);
        let article = session.project().articles.keys().next().unwrap().clone();
        session.change(&article, id, "Change", None, change).unwrap();
        session.save_now().unwrap();
    }

    fn read(&self) -> Project {
        let opened = Store::open(Path::new(&self.study())).unwrap();
        assert_eq!(opened.notices, Vec::<String>::new());
        opened.project
    }

    fn is_sound(&self) {
        let checked = run(&["check", &self.study()]);
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
        assert_eq!(self.git(&["status", "--porcelain"]), "");
    }
}

fn annotation(project: &Project, id: AnnotationId) -> &Annotation {
    project.annotations().find(|(_, _, a)| a.id == id).unwrap().2
}

#[test]
fn two_branches_come_together() {
    let Some(repository) = Repository::new() else { return };
    let before = repository.code("Ada", "said the mayor", "Authority");
    repository.commit("The first coding");
    repository.git(&["checkout", "-q", "-b", "bo"]);
    let theirs = repository.code("Bo Lind", "vote", "Choice");
    repository.change("Ada", before, |a| a.memo = "the mayor again".to_owned());
    repository.commit("Bo codes");
    repository.git(&["checkout", "-q", "main"]);
    let ours = repository.code("Ada", "purge", "Purge");
    repository.change("Ada", before, |a| a.attributes.voice = Some(Voice::Reported));
    let project_file = repository.root.join("my study/project.ron");
    let text = fs::read_to_string(&project_file).unwrap();
    fs::write(&project_file, text.replace("The ferry", "The ferry in the press")).unwrap();
    repository.code("Cy", "she said", "Source");
    repository.commit("Ada and Cy code, and the project has a better name");

    repository.git(&["merge", "-q", "--no-edit", "bo"]);
    repository.is_sound();
    let project = repository.read();
    assert_eq!(project.title, "The ferry in the press");
    assert_eq!((project.coders.len(), project.codebook.codes.len()), (3, 4));
    assert_eq!(project.annotations().count(), 4);
    assert!(annotation(&project, ours).tag.code().is_some() && annotation(&project, theirs).tag.code().is_some());
    let both = annotation(&project, before);
    assert_eq!((both.attributes.voice, both.memo.as_str()), (Some(Voice::Reported), "the mayor again"));
}

#[test]
fn one_annotation_changed_in_two_ways_is_a_conflict() {
    let Some(repository) = Repository::new() else { return };
    let id = repository.code("Ada", "purge", "Purge");
    repository.commit("The first coding");
    repository.git(&["checkout", "-q", "-b", "other"]);
    repository.change("Ada", id, |a| a.attributes.voice = Some(Voice::Quoted));
    repository.commit("Quoted");
    repository.git(&["checkout", "-q", "main"]);
    repository.change("Ada", id, |a| a.attributes.voice = Some(Voice::Headline));
    repository.code("Ada", "vote", "Purge");
    repository.commit("Headline");
    let ours = repository.read();

    let merged = repository.try_git(&["merge", "--no-edit", "other"]);
    assert!(!merged.status.success());
    assert!(err(&merged).contains("voice") && err(&merged).contains("quoted"), "{}", err(&merged));
    assert!(err(&merged).contains("git checkout --ours"), "{}", err(&merged));
    // No marks of a conflict are in the file: it is ours, and the project opens.
    assert_eq!(repository.read(), ours);
    repository.commit("Ours");
    repository.is_sound();
}

#[test]
fn codes_of_one_name_are_told_and_become_one_on_purpose() {
    let Some(repository) = Repository::new() else { return };
    repository.git(&["checkout", "-q", "-b", "bo"]);
    repository.code("Bo", "vote", "Purge");
    repository.commit("Bo");
    repository.git(&["checkout", "-q", "main"]);
    repository.code("Ada", "purge", "Purge");
    repository.commit("Ada");
    let merged = repository.try_git(&["merge", "--no-edit", "bo"]);
    assert!(merged.status.success(), "{}", err(&merged));
    assert!(err(&merged).contains("Needs a decision: code “Purge”"), "{}", err(&merged));
    repository.is_sound();
    let ids: Vec<_> = repository.read().codebook.codes.keys().cloned().collect();
    assert_eq!(ids.len(), 2);
    let one = run(&["merge", &repository.study(), "--same-code", &format!("Purge={}", ids[1])]);
    assert!(one.status.success(), "{}", err(&one));
    let project = repository.read();
    assert_eq!(project.codebook.codes.keys().collect::<Vec<_>>(), [&ids[0]]);
    assert_eq!(project.annotations().filter(|(_, _, a)| a.tag.code() == Some(&ids[0])).count(), 2);
}

#[test]
fn texts_are_not_touched_by_git() {
    let Some(repository) = Repository::new() else { return };
    let read = |repository: &Repository| {
        let articles = repository.root.join("my study/articles");
        let texts = fs::read_dir(articles).unwrap().map(|e| e.unwrap().path());
        fs::read(texts.into_iter().find(|p| p.extension().unwrap() == "txt").unwrap()).unwrap()
    };
    let before = read(&repository);
    repository.git(&["checkout", "-q", "-b", "empty"]);
    repository.git(&["rm", "-q", "-r", "my study/articles"]);
    repository.commit("Nothing left");
    repository.git(&["checkout", "-q", "main"]);
    assert_eq!(read(&repository), before);
    assert!(!before.contains(&b'\r'));
    // Twice is once, and a tidied project shows nothing of what is of one computer.
    let attributes = fs::read(repository.root.join("my study/.gitattributes")).unwrap();
    let again = run(&["tidy", &repository.study()]);
    assert!(
        String::from_utf8_lossy(&again.stdout).contains("git config merge.framelens.driver \"framelens merge-file")
    );
    assert_eq!(fs::read(repository.root.join("my study/.gitattributes")).unwrap(), attributes);
    for name in ["journal/x", "backups/y.framelens", ".saving-abc"] {
        let path = repository.root.join("my study").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    repository.is_sound();
    assert!(!run(&["tidy", repository.root.to_str().unwrap()]).status.success(), "that is no project");
}

#[test]
fn a_file_that_cannot_be_read_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = "(format: 2, codes: [])";
    let base = file("base", b"");
    let cases: [(&str, &[u8], &str, &str); 7] = [
        ("x/codebook.ron", b"<<<<<<< ours", good, "our version was not merged"),
        ("x/codebook.ron", good.as_bytes(), "(format: 2, codes: [], leaves: 3)", "does not know (leaves)"),
        ("x/codebook.ron", good.as_bytes(), "(format: 99, codes: [])", "newer Framelens"),
        ("x/codebook.ron", b"caf\xe9", good, "not UTF-8"),
        ("x/codebook.ron", good.as_bytes(), "", "their version is empty"),
        ("x/notes.md", b"mine", "theirs", "is no file of a Framelens project"),
        (
            "coding/ada/first-00000000.ron",
            b"(format: 2, coder: \"bo\", article: \"first-00000000\")",
            good,
            "it says it is bo’s",
        ),
    ];
    for (path, ours, theirs, told) in cases {
        let (o, t) = (file("ours", ours), file("theirs", theirs.as_bytes()));
        let output = run(&["merge-file", &base, &o, &t, path]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert!(err(&output).contains(told), "{}", err(&output));
        assert_eq!(fs::read(&o).unwrap(), ours);
    }
    // A text that was corrected on one side only; and on both.
    let path = "my study/articles/vote-00000000.txt";
    let (b, o, t) = (file("b", b"A vote."), file("o", b"A vote."), file("t", "A “vote”.".as_bytes()));
    assert!(run(&["merge-file", &b, &o, &t, path]).status.success());
    assert_eq!(fs::read_to_string(&o).unwrap(), "A “vote”.");
    let o = file("o", b"Two votes.");
    let both = run(&["merge-file", &b, &o, &t, path]);
    assert_eq!((both.status.code(), fs::read(&o).unwrap()), (Some(1), b"Two votes.".to_vec()));
    assert!(err(&both).contains("Two votes."), "{}", err(&both));
}

#[test]
fn a_file_is_known_by_its_path() {
    let known = |path: &str| OneFile::at(Path::new(path));
    assert_eq!(known("a/b/project.ron"), Some(OneFile::Project));
    assert_eq!(known("codebook.ron"), Some(OneFile::Codebook));
    assert_eq!(known("x/articles/a-1.txt"), Some(OneFile::Text("a-1".parse().unwrap())));
    assert_eq!(known("articles/a-1.ron"), Some(OneFile::Article("a-1".parse().unwrap())));
    let coding = OneFile::Coding("ada".parse().unwrap(), "a-1".parse().unwrap());
    assert_eq!(known("x/coding/ada/a-1.ron"), Some(coding));
    for none in ["", "..", "articles/A B.txt", "articles/a.md", "a-1.ron", "coding/a-1.ron", "coding/ada/x.txt"] {
        assert_eq!(known(none), None, "{none}");
    }
}
