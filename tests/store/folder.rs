//! Floor 3, the project folder: what was saved is read again, reading writes nothing, and nothing is overwritten or
//! dropped without a word.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::{Dice, dice};
use framelens::edit::{Desk, Edit, Touched};
use framelens::model::{
    Annotation, AnnotationId, Article, Code, CodeId, Coder, CoderId, Colour, Metadata, NothingFound, Origin, Placement,
    Project, Source, Tag, Voice,
};
use framelens::store::{FORMAT, Opened, Store, StoreError, everything, is_own_file};
use framelens::text::{CharSpan, Document, OffsetMap};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

/// Every file below a folder with its bytes, and every folder, but for the one where it stands who has it open.
fn snapshot(root: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("journal") {
                continue;
            }
            let content = if path.is_dir() {
                open.push(path.clone());
                None
            } else {
                Some(fs::read(&path).unwrap())
            };
            all.insert(path, content);
        }
    }
    all
}

fn changed(a: &BTreeMap<PathBuf, Option<Vec<u8>>>, b: &BTreeMap<PathBuf, Option<Vec<u8>>>) -> BTreeSet<PathBuf> {
    a.keys().chain(b.keys()).filter(|k| a.get(*k) != b.get(*k)).cloned().collect()
}

/// A project with one coder, one code, two articles and two codings on the first.
fn small() -> Project {
    let mut project = Project::new("Small");
    let coder: CoderId = "jl".parse().unwrap();
    let code: CodeId = "purge-0001".parse().unwrap();
    project.coders.insert(coder.clone(), Coder { id: coder.clone(), name: "Jonna".to_owned() });
    project.codebook.codes.insert(code.clone(), Code::new(code.clone(), "Purge", Colour::Palette(0)));
    for (title, text) in [("First", "This is not a purge, she said.\nIt is."), ("Second", "日本語の記事。\n\n👍 End.")]
    {
        let metadata = Metadata { title: title.to_owned(), ..Metadata::default() };
        let article = Article::new(text, metadata, vec![], Source::default());
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    let at = Desk { coder, article: project.articles.keys().next().unwrap().clone() };
    for (n, start, end, voice) in [(1, 14, 19, Voice::Quoted), (2, 0, 4, Voice::Outlet)] {
        let annotation = annotation(&project, &at, n, start, end, voice);
        Edit::Annotation { at: at.clone(), id: annotation.id, to: Some(Box::new(annotation)) }
            .apply(&mut project)
            .unwrap();
    }
    project
}

fn annotation(project: &Project, at: &Desk, id: u128, start: usize, end: usize, voice: Voice) -> Annotation {
    let now = "2025-03-04T10:00:00Z".parse().unwrap();
    let mut annotation = Annotation {
        id: AnnotationId(uuid::Uuid::from_u128(id)),
        tag: Tag::Frame("purge-0001".parse().unwrap()),
        spans: vec![],
        anchors: vec![],
        attributes: Default::default(),
        memo: String::new(),
        origin: Origin::Hand,
        code_revision: 1,
        created: now,
        changed: now,
    };
    annotation.attributes.voice = Some(voice);
    let map = OffsetMap::new(project.articles[&at.article].text.clone());
    assert!(annotation.place(&map, vec![CharSpan::chars(start, end)]));
    annotation
}

struct OnDisk {
    _keep: TempDir,
    root: PathBuf,
    project: Project,
    store: Store,
}

/// What another program does that knows of no locks: puts the files of a project over those that are there.
fn put_beside(root: &Path, project: &Project) {
    let keep = TempDir::new().unwrap();
    let store = Store::create(&keep.path().join("other"), project).unwrap();
    for (path, content) in snapshot(store.root()) {
        let to = root.join(path.strip_prefix(store.root()).unwrap());
        match content {
            Some(bytes) => fs::write(to, bytes).unwrap(),
            None => fs::create_dir_all(to).unwrap(),
        }
    }
}

impl OnDisk {
    fn new(project: Project) -> Self {
        let keep = TempDir::new().unwrap();
        let root = keep.path().join("study");
        let store = Store::create(&root, &project).unwrap();
        Self { _keep: keep, root, project, store }
    }

    fn coding(&self) -> PathBuf {
        let (coder, article) = self.project.codings.keys().next().unwrap();
        self.root.join("coding").join(coder.as_str()).join(format!("{article}.ron"))
    }

    fn article(&self, ending: &str) -> PathBuf {
        self.root.join("articles").join(format!("{}.{ending}", self.project.articles.keys().next().unwrap()))
    }

    /// Opens the folder, which must be there for reading only, say so with these words, and stay as it is.
    fn closed_for_writing(&self, words: &str) -> Opened {
        let before = snapshot(&self.root);
        let opened = Store::open(&self.root).unwrap();
        assert!(opened.notices.iter().any(|n| n.contains(words)), "“{words}” is not in {:?}", opened.notices);
        assert!(opened.store.read_only().is_some());
        let saved = opened.store.save(&opened.project, &everything(&opened.project));
        assert!(matches!(saved, Err(StoreError::ReadOnly(_))), "{saved:?}");
        assert_eq!(changed(&before, &snapshot(&self.root)), BTreeSet::new());
        opened
    }

    fn replace(path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_was_saved_is_read_again(mut dice in dice(900)) {
        let OnDisk { _keep, root, project, store } = OnDisk::new(dice.project());
        drop(store);
        prop_assert!(!root.join("journal").exists());
        let written = snapshot(&root);
        prop_assert!(Store::open(&root).unwrap().store.read_only().is_some(), "it was opened to be read");
        prop_assert_eq!(changed(&written, &snapshot(&root)), BTreeSet::new(), "reading wrote");
        prop_assert!(!root.join("journal").exists(), "reading wrote");
        let opened = Store::open_to_write(&root).unwrap();
        prop_assert_eq!(&opened.notices, &Vec::<String>::new());
        prop_assert_eq!(opened.store.read_only(), None);
        prop_assert_eq!(&opened.project, &project);
        prop_assert_eq!(opened.project.faults(), []);
        // What was read is written to the same bytes, so saving again changes nothing.
        opened.store.save(&opened.project, &everything(&opened.project)).unwrap();
        prop_assert_eq!(changed(&written, &snapshot(&root)), BTreeSet::new(), "saving again changed a file");
        let copy = TempDir::new().unwrap();
        Store::create(copy.path(), &opened.project).unwrap();
        let copied: Vec<_> = snapshot(copy.path()).into_values().collect();
        prop_assert_eq!(copied, written.into_values().collect::<Vec<_>>());
    }
}

#[test]
fn only_what_was_touched_is_written() {
    let mut disk = OnDisk::new(small());
    let before = snapshot(&disk.root);
    let times = |root: &Path| -> BTreeMap<PathBuf, _> {
        snapshot(root).into_keys().map(|p| (p.clone(), fs::metadata(&p).unwrap().modified().unwrap())).collect()
    };
    let old_times = times(&disk.root);
    let (coder, article) = disk.project.codings.keys().next().unwrap().clone();
    let at = Desk { coder, article };
    let what = NothingFound { span: None };
    let edit = Edit::NothingFound { at: at.clone(), what, present: true };
    let touched = edit.touches();
    let undo = edit.apply(&mut disk.project).unwrap();
    disk.store.save(&disk.project, &touched).unwrap();
    let wanted = BTreeSet::from([disk.coding()]);
    assert_eq!(changed(&before, &snapshot(&disk.root)), wanted);
    let new_times = times(&disk.root);
    for (path, time) in &old_times {
        let folder = disk.coding().parent() == Some(path);
        assert!(new_times[path] == *time || wanted.contains(path) || folder, "{path:?}");
    }

    // All of somebody's work on an article undone: the file goes.
    undo.apply(&mut disk.project).unwrap();
    for id in [1, 2] {
        let id = AnnotationId(uuid::Uuid::from_u128(id));
        Edit::Annotation { at: at.clone(), id, to: None }.apply(&mut disk.project).unwrap();
    }
    let path = disk.root.join("coding").join(at.coder.as_str()).join(format!("{}.ron", at.article));
    disk.store.save(&disk.project, &touched).unwrap();
    assert!(!path.exists());
    // And an article that is taken out takes both its files along.
    Edit::Article { id: at.article.clone(), to: None }.apply(&mut disk.project).unwrap();
    disk.store.save(&disk.project, &BTreeSet::from([Touched::Article(at.article.clone())])).unwrap();
    assert_eq!(fs::read_dir(disk.root.join("articles")).unwrap().count(), 2);
    assert_eq!(Store::open(&disk.root).unwrap().project, disk.project);
}

#[test]
fn a_coding_file_has_one_annotation_a_line() {
    let disk = OnDisk::new(small());
    let text = fs::read_to_string(disk.coding()).unwrap();
    let lines: Vec<_> = text.lines().filter(|l| l.contains("Frame(\"purge-0001\")")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].contains("This") && lines[1].contains("purge"), "in the order of the text: {text}");
    assert!(lines.iter().all(|l| l.starts_with("        (id:") && l.ends_with("),")));
}

#[test]
fn a_project_is_made_only_where_nothing_is() {
    let keep = TempDir::new().unwrap();
    let project = small();
    let deep = keep.path().join("a/b/c");
    Store::create(&deep, &project).unwrap();
    assert!(matches!(Store::create(&deep, &project), Err(StoreError::NotEmpty(_))));
    let empty = keep.path().join("empty");
    fs::create_dir(&empty).unwrap();
    Store::create(&empty, &project).unwrap();
    let file = keep.path().join("file");
    fs::write(&file, "mine").unwrap();
    for root in [file.clone(), file.join("below")] {
        let error = Store::create(&root, &project).unwrap_err();
        assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
        assert!(error.to_string().contains(&file.display().to_string()));
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let mut disk = OnDisk::new(small());
    // As when a drive is pulled out and something else stands in its place.
    fs::remove_dir_all(disk.root.join("coding")).unwrap();
    fs::write(disk.root.join("coding"), "a file").unwrap();
    let before = snapshot(&disk.root);
    let (coder, article) = disk.project.codings.keys().next().unwrap().clone();
    let touched = BTreeSet::from([Touched::Coding(coder, article)]);
    assert!(matches!(disk.store.save(&disk.project, &touched), Err(StoreError::Io { .. })));
    assert_eq!(changed(&before, &snapshot(&disk.root)), BTreeSet::new());
    fs::remove_file(disk.root.join("coding")).unwrap();
    disk.store.save(&disk.project, &touched).unwrap();
    assert_eq!(Store::open(&disk.root).unwrap().project, disk.project);
    disk.project.title = "Other".to_owned();

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&disk.root, fs::Permissions::from_mode(0o555)).unwrap();
        // A superuser may write all the same.
        if fs::write(disk.root.join("probe"), "").is_ok() {
            fs::remove_file(disk.root.join("probe")).unwrap();
        } else {
            let before = snapshot(&disk.root);
            let error = disk.store.save(&disk.project, &BTreeSet::from([Touched::Project])).unwrap_err();
            assert!(matches!(error, StoreError::Io { .. }));
            assert_eq!(changed(&before, &snapshot(&disk.root)), BTreeSet::new());
        }
        fs::set_permissions(&disk.root, fs::Permissions::from_mode(0o755)).unwrap();
    }
    disk.store.save(&disk.project, &BTreeSet::from([Touched::Project])).unwrap();
}

#[test]
fn what_is_no_project_is_not_opened() {
    let keep = TempDir::new().unwrap();
    assert!(matches!(Store::open(keep.path()), Err(StoreError::NotAProject(_))));
    assert!(matches!(Store::open(&keep.path().join("nowhere")), Err(StoreError::Missing(_))));
    let file = keep.path().join("file.txt");
    fs::write(&file, "text").unwrap();
    assert!(matches!(Store::open(&file), Err(StoreError::NotAProject(_))));
    fs::create_dir(keep.path().join("project.ron")).unwrap();
    assert!(matches!(Store::open(keep.path()), Err(StoreError::NotAProject(_))));
}

#[test]
fn a_project_is_opened_by_its_file_too() {
    let disk = OnDisk::new(small());
    let opened = Store::open(&disk.root.join("project.ron")).unwrap();
    assert_eq!(opened.store.root(), disk.root);
    assert_eq!(opened.project, disk.project);
}

#[test]
fn a_broken_main_file_is_an_error_that_names_it() {
    for name in ["project.ron", "codebook.ron"] {
        for content in ["", "(", "nonsense", "(format: 1)", "\u{feff}"] {
            let disk = OnDisk::new(small());
            fs::write(disk.root.join(name), content).unwrap();
            let error = Store::open(&disk.root).unwrap_err();
            assert!(matches!(error, StoreError::Broken { .. }), "{error:?}");
            assert!(error.to_string().contains(name), "{error}");
            assert_eq!(fs::read_to_string(disk.root.join(name)).unwrap(), content);
        }
    }
    let disk = OnDisk::new(small());
    fs::remove_file(disk.root.join("codebook.ron")).unwrap();
    assert!(Store::open(&disk.root).unwrap_err().to_string().contains("codebook.ron"));
    fs::write(disk.root.join("codebook.ron"), "(format: 3, leaves: 3)").unwrap();
    assert!(Store::open(&disk.root).unwrap_err().to_string().contains("a newer Framelens made it (format 3"));
}

#[test]
fn a_broken_article_or_coding_closes_the_project_for_writing() {
    let disk = OnDisk::new(small());
    fs::write(disk.coding(), "(format: 1, coder: \"jl\"").unwrap();
    let opened = disk.closed_for_writing("cannot be read");
    assert!(opened.project.codings.is_empty());

    let disk = OnDisk::new(small());
    fs::write(disk.article("ron"), "()").unwrap();
    let opened = disk.closed_for_writing("cannot be read");
    assert_eq!(opened.project.articles.len(), 1);

    let disk = OnDisk::new(small());
    fs::remove_file(disk.article("txt")).unwrap();
    disk.closed_for_writing(".txt");

    let disk = OnDisk::new(small());
    fs::write(disk.article("txt"), b"caf\xe9").unwrap();
    disk.closed_for_writing("byte 3 is not UTF-8");

    let disk = OnDisk::new(small());
    OnDisk::replace(&disk.article("txt"), "purge", "party");
    let opened = Store::open(&disk.root).unwrap();
    assert_eq!(opened.notices, Vec::<String>::new());
    assert_eq!(opened.changed, [disk.project.articles.keys().next().unwrap().clone()]);
    assert_eq!(opened.project.faults().len(), 2, "{:?}", opened.project.faults());

    let disk = OnDisk::new(small());
    OnDisk::replace(&disk.article("ron"), "parts: []", "parts: [(kind: Headline, span: (start: 3, end: 9999))]");
    disk.closed_for_writing("does not fit the text");
}

#[test]
fn a_coding_that_lies_in_the_wrong_place_is_told() {
    let disk = OnDisk::new(small());
    let other = disk.root.join("coding/ao");
    fs::create_dir(&other).unwrap();
    fs::copy(disk.coding(), other.join(disk.coding().file_name().unwrap())).unwrap();
    disk.closed_for_writing("it says it is jl’s work");

    let disk = OnDisk::new(small());
    let second = disk.project.articles.keys().nth(1).unwrap();
    fs::copy(disk.coding(), disk.coding().with_file_name(format!("{second}.ron"))).unwrap();
    disk.closed_for_writing("it says it is jl’s work");

    // What a program that keeps folders in step leaves behind.
    let disk = OnDisk::new(small());
    let stray = disk.coding().with_file_name("first (conflicted copy).ron");
    fs::copy(disk.coding(), &stray).unwrap();
    let opened = Store::open(&disk.root).unwrap();
    assert_eq!((opened.notices, opened.strays), (vec![], vec![stray]));
}

#[test]
fn what_stands_twice_is_told() {
    let disk = OnDisk::new(small());
    OnDisk::replace(&disk.coding(), "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000001");
    disk.closed_for_writing("holds 00000000-0000-0000-0000-000000000001 twice");

    let disk = OnDisk::new(small());
    let path = disk.root.join("codebook.ron");
    let text = fs::read_to_string(&path).unwrap();
    let code = &text[text.find("        (").unwrap()..text.rfind("    ],").unwrap()];
    fs::write(&path, text.replacen(code, &format!("{code}{code}"), 1)).unwrap();
    disk.closed_for_writing("holds purge-0001 twice");

    let disk = OnDisk::new(small());
    let coder = "(\n            id: \"jl\",\n            name: \"Jonna\",\n        ),";
    OnDisk::replace(&disk.root.join("project.ron"), coder, &format!("{coder}\n{coder}"));
    disk.closed_for_writing("holds jl twice");
}

#[test]
fn fields_from_a_newer_version_are_kept() {
    let cases: [(&str, &str, &str, &str); 5] = [
        ("project.ron", "    title:", "    mood: \"good\",\n    title:", "mood"),
        ("codebook.ron", "            name:", "            weight: 3,\n            name:", "weight"),
        ("coding", "    document: (", "    bookmarks: [(at: 3, list: [1, {2: \"x\"}])],\n    document: (", "bookmarks"),
        ("coding", "voice:", "tone: Some(\"x\"),voice:", "tone"),
        ("article", "    metadata: (", "    metadata: (\n        edition: 2,", "edition"),
    ];
    for (file, from, to, field) in cases {
        let disk = OnDisk::new(small());
        let path = match file {
            "coding" => disk.coding(),
            "article" => disk.article("ron"),
            name => disk.root.join(name),
        };
        OnDisk::replace(&path, from, to);
        let opened = disk.closed_for_writing(field);
        assert_eq!(opened.project, disk.project, "the rest is read");
    }
    // However many there are, the message stays readable.
    let disk = OnDisk::new(small());
    let many: String = (0..5000).map(|n| format!("field_{n}: {n},")).collect();
    OnDisk::replace(&disk.coding(), "    document: (", &format!("    {many}\n    document: ("));
    let opened = disk.closed_for_writing("and 4992 more");
    assert!(opened.notices[0].len() < 600);
}

#[test]
fn files_of_a_newer_format_are_read_and_not_written() {
    for file in ["project.ron", "codebook.ron", "entities.ron", "article", "coding"] {
        let mut project = small();
        let mut dice = example(40);
        let entity = dice.entity();
        project.entities.insert(entity.id, entity);
        let disk = OnDisk::new(project);
        let path = match file {
            "coding" => disk.coding(),
            "article" => disk.article("ron"),
            name => disk.root.join(name),
        };
        OnDisk::replace(&path, "format: 2", "format: 3");
        assert_eq!(FORMAT, 2);
        let opened = disk.closed_for_writing("newer Framelens");
        assert_eq!(opened.project, disk.project);
    }
}

#[test]
fn what_another_program_changed_is_not_overwritten() {
    let mut disk = OnDisk::new(small());
    let mut mine = disk.project.clone();
    let all = everything(&disk.project);
    // The other program saves first.
    disk.project.title = "Theirs".to_owned();
    put_beside(&disk.root, &disk.project);
    let before = snapshot(&disk.root);
    mine.title = "Mine".to_owned();
    let error = disk.store.save(&mine, &all).unwrap_err();
    assert!(matches!(error, StoreError::ChangedOutside(_)), "{error:?}");
    assert!(error.to_string().contains("project.ron"));
    assert_eq!(changed(&before, &snapshot(&disk.root)), BTreeSet::new());
    // The same change by both is no conflict.
    mine.title = "Theirs".to_owned();
    disk.store.save(&mine, &all).unwrap();
    mine.title = "Next".to_owned();
    disk.store.save(&mine, &all).unwrap();
    assert_eq!(Store::open(&disk.root).unwrap().project, mine);

    // A file that came into being meanwhile is theirs too.
    let mut theirs = mine.clone();
    let (coder, second) = (mine.coders.keys().next().unwrap().clone(), mine.articles.keys().nth(1).unwrap().clone());
    let at = Desk { coder, article: second };
    Edit::NothingFound { at: at.clone(), what: NothingFound { span: None }, present: true }.apply(&mut theirs).unwrap();
    let touched = BTreeSet::from([Touched::Coding(at.coder.clone(), at.article.clone())]);
    put_beside(&disk.root, &theirs);
    let span = Some(CharSpan::chars(0, 3));
    Edit::NothingFound { at, what: NothingFound { span }, present: true }.apply(&mut mine).unwrap();
    assert!(matches!(disk.store.save(&mine, &touched), Err(StoreError::ChangedOutside(_))));
    assert_eq!(Store::open(&disk.root).unwrap().project, theirs);
}

#[test]
fn a_register_that_is_no_file_is_not_taken_for_none() {
    let disk = OnDisk::new(small());
    fs::create_dir(disk.root.join("entities.ron")).unwrap();
    assert!(Store::open(&disk.root).unwrap_err().to_string().contains("entities.ron"));
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_lock_does_not_hold_anybody_up() {
    let disk = OnDisk::new(small());
    let OnDisk { _keep, root, store, .. } = disk;
    drop(store);
    fs::create_dir(root.join("journal")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(root.join("journal/lock")).status();
    if made.is_ok_and(|status| status.success()) {
        let opened = Store::open_to_write(&root).unwrap();
        assert!(opened.notices[0].contains("is not a file"), "{:?}", opened.notices);
    }
}

#[test]
fn only_the_projects_own_files_are_its_own() {
    let disk = OnDisk::new(small());
    for (name, own) in [("project.ron", true), ("coding/jl/x.ron", true), ("out.csv", false), ("../project.ron", false)]
    {
        assert_eq!(is_own_file(&disk.root, &disk.root.join(name)), own, "{name}");
    }
}

#[test]
fn no_temporary_file_is_left_and_a_stray_one_does_no_harm() {
    let disk = OnDisk::new(small());
    assert!(snapshot(&disk.root).keys().all(|p| !p.file_name().unwrap().to_string_lossy().starts_with('.')));
    fs::write(disk.coding().with_file_name(".saving-x1.ron"), "half a fi").unwrap();
    fs::write(disk.root.join("articles/notes.md"), "mine").unwrap();
    let opened = Store::open(&disk.root).unwrap();
    assert_eq!((opened.notices, opened.project), (vec![], disk.project));
}

#[test]
fn an_endless_file_is_not_read() {
    let disk = OnDisk::new(small());
    let file = fs::File::options().write(true).open(disk.article("txt")).unwrap();
    file.set_len(1 << 40).unwrap();
    drop(file);
    let opened = Store::open(&disk.root).unwrap();
    assert!(opened.notices.iter().any(|n| n.contains("larger than 256 MB")), "{:?}", opened.notices);
    #[cfg(unix)]
    {
        fs::remove_file(disk.article("txt")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", disk.article("txt")).unwrap();
        let opened = Store::open(&disk.root).unwrap();
        assert!(opened.notices.iter().any(|n| n.contains("it is not a file")), "{:?}", opened.notices);
    }
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    const N: usize = 100_000;
    let project = small();
    let disk = OnDisk::new(project);
    for file in [disk.root.join("project.ron"), disk.root.join("codebook.ron"), disk.coding(), disk.article("ron")] {
        let real = fs::read_to_string(&file).unwrap();
        for open in ["(", "[", "{", "Some(", "a:(", "((x:", "/*", "{\"a\":", "[(", "#![enable(", "r#", "\"\\u{"] {
            let deep = open.repeat(N);
            for content in [deep.clone(), real.replacen("format: 2,", &format!("format: 2, extra: {deep}"), 1)] {
                fs::write(&file, content).unwrap();
                exercise(Store::open(&disk.root));
            }
        }
        fs::write(&file, real).unwrap();
    }
    assert_eq!(Store::open(&disk.root).unwrap().notices, Vec::<String>::new());
}

/// Looks at everything in a project that came from who knows where.
fn exercise(opened: Result<Opened, StoreError>) {
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let project = &opened.project;
    let _ = (project.faults(), project.code_counts(), project.codebook.next_colour());
    assert_eq!(project.codebook.tree().len(), project.codebook.codes.len());
    for id in project.codebook.codes.keys() {
        let _ = (project.codebook.path(id), project.codebook.with_descendants(id));
    }
    for ((_, article), coding) in &project.codings {
        let article = project.articles.get(article);
        let document = article.map(|a| Document::new(a.text.clone()));
        for annotation in coding.in_order() {
            let _ = (annotation.words(), annotation.hull());
            if let (Some(document), Some(article)) = (&document, article) {
                let at = annotation.hull().start;
                let _ = Placement::of(document, &article.parts, at);
                let _ = document.snap_to_words(annotation.hull());
                let _ = document.grow(annotation.hull());
                let _ = document.map().slice(annotation.hull());
            }
        }
    }
    for article in project.articles.values() {
        let _ = article.display_title();
    }
}

/// The same random project every time.
fn example(rolls: usize) -> Dice {
    let mut runner = TestRunner::deterministic();
    loop {
        let tree = prop::collection::vec(any::<u32>(), rolls).new_tree(&mut runner).unwrap();
        if !tree.current().is_empty() {
            return Dice::from(tree.current());
        }
    }
}

/// One way to spoil a file.
#[derive(Clone, Debug)]
enum Spoil {
    Truncate,
    Flip(u8),
    Insert(&'static str),
    Bytes(Vec<u8>),
    Cut(usize),
    Double(usize),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    const TOKENS: &[&str] = &[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        ",",
        ":",
        "Some(",
        "None",
        "()",
        "r#\"",
        "/*",
        "//",
        "-1",
        "NaN",
        "inf",
        "1e999",
        "18446744073709551615",
        "18446744073709551616",
        "340282366920938463463374607431768211456",
        "0x",
        "b'",
        "\\u{110000}",
        "\\u{d800}",
        "\u{feff}",
        "\u{0}",
        "palette-0",
        "#12345",
        "true",
        "start:",
        "end:",
        "id:",
        "\\",
        "#![enable(implicit_some)]",
        "#![enable(unwrap_newtypes, unwrap_variant_newtypes)]",
        "Frame(",
        "é",
    ];
    prop_oneof![
        Just(Spoil::Truncate),
        any::<u8>().prop_map(Spoil::Flip),
        prop::sample::select(TOKENS).prop_map(Spoil::Insert),
        prop::collection::vec(any::<u8>(), 0..60).prop_map(Spoil::Bytes),
        (1usize..200).prop_map(Spoil::Cut),
        (1usize..400).prop_map(Spoil::Double),
    ]
}

fn spoiled(mut bytes: Vec<u8>, how: &[(usize, Spoil)]) -> Vec<u8> {
    for (at, spoil) in how {
        let at = at % (bytes.len() + 1);
        let upto = |n: usize| (at + n).min(bytes.len());
        match spoil {
            Spoil::Truncate => bytes.truncate(at),
            Spoil::Flip(with) => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = *with;
                }
            }
            Spoil::Insert(token) => drop(bytes.splice(at..at, token.bytes())),
            Spoil::Bytes(new) => drop(bytes.splice(at..at, new.iter().copied())),
            Spoil::Cut(n) => drop(bytes.drain(at..upto(*n))),
            Spoil::Double(n) => {
                let piece = bytes[at..upto(*n)].to_vec();
                drop(bytes.splice(at..at, piece));
            }
        }
    }
    bytes
}

/// Puts what `content` makes of a file in its place, opens the project and looks around in it, for many cases.
fn hostile<S: Strategy>(cases: u32, strategy: S, content: impl Fn(Vec<u8>, S::Value) -> Vec<u8>) {
    let disk = OnDisk::new(example(1500).project());
    let files: Vec<_> = snapshot(&disk.root).into_iter().filter_map(|(path, content)| Some((path, content?))).collect();
    assert!(files.len() > 8, "{files:?}");
    let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
    runner
        .run(&(0..files.len(), strategy), |(which, how)| {
            let (path, real) = &files[which];
            let bad = content(real.clone(), how);
            fs::write(path, &bad).unwrap();
            let opened = Store::open(&disk.root);
            let after = fs::read(path).unwrap();
            exercise(opened);
            fs::write(path, real).unwrap();
            prop_assert_eq!(after, bad, "opening wrote");
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_bytes_in_any_file_are_an_answer_or_an_error() {
    hostile(400, prop::collection::vec(any::<u8>(), 0..300), |_, bytes| bytes);
    hostile(200, ".{0,200}", |_, text: String| text.into_bytes());
}

#[test]
fn any_spoiled_file_is_an_answer_or_an_error() {
    hostile(1500, prop::collection::vec((any::<usize>(), spoil()), 1..4), |real, how| spoiled(real, &how));
}
