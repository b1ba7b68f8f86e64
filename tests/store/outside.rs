//! Other programs that write in a project's folder while it is open: noticed, merged, never overwritten.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::common::{Dice, dice};
use framelens::detect::Rules;
use framelens::edit::{Desk, Edit};
use framelens::model::{
    Annotation, AnnotationId, Article, ArticleId, Coder, CoderId, Metadata, NothingFound, Project, Source,
};
use framelens::session::{Session, Told};
use framelens::store::{Store, everything};
use framelens::text::CharSpan;
use proptest::prelude::*;
use tempfile::TempDir;

fn id(name: &str) -> CoderId {
    name.parse().unwrap()
}

/// Two coders, three articles, and a mark by Ada on the first.
fn ferries() -> Project {
    let mut project = Project::new("Ferries");
    for name in ["ada", "ben"] {
        project.coders.insert(id(name), Coder { id: id(name), name: name.to_owned() });
    }
    for n in 1..=3 {
        let metadata = Metadata { title: format!("Ferry {n}"), ..Metadata::default() };
        let article = Article::new(format!("Ferry {n}\n\nNo boats, they said."), metadata, vec![], Source::default());
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    let first = articles(&project)[0].clone();
    nothing("ada", &first, 0, 5).apply(&mut project).unwrap();
    project
}

fn articles(project: &Project) -> Vec<ArticleId> {
    project.articles.keys().cloned().collect()
}

/// "Nothing found" in a passage.
fn nothing(coder: &str, article: &ArticleId, from: usize, to: usize) -> Edit {
    let at = Desk { coder: id(coder), article: article.clone() };
    Edit::NothingFound { at, what: NothingFound { span: Some(CharSpan::chars(from, to)) }, present: true }
}

struct Place {
    _keep: TempDir,
    root: PathBuf,
    project: Project,
}

impl Place {
    fn new(project: Project) -> Self {
        let keep = TempDir::new().unwrap();
        let root = keep.path().join("ferries");
        drop(Store::create(&root, &project).unwrap());
        Self { _keep: keep, root, project }
    }

    fn open(&self) -> Session {
        let (session, told) = Session::open(&self.root, Arc::new(Rules::default())).unwrap();
        assert_eq!(told, Vec::<String>::new());
        session
    }

    /// Writes a project's files over those that are there, knowing of no lock.
    fn put(&self, project: &Project) {
        let keep = TempDir::new().unwrap();
        let store = Store::create(&keep.path().join("other"), project).unwrap();
        copy(store.root(), &self.root);
    }

    fn coding(&self, coder: &str, article: &ArticleId) -> PathBuf {
        self.root.join("coding").join(coder).join(format!("{article}.ron"))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.ends_with("journal") {
            // Who has the other one open is of no concern here.
        } else if path.is_dir() {
            copy(&path, &to);
        } else if fs::read(&to).ok() != Some(fs::read(&path).unwrap()) {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// Has the session look, and waits until it has.
fn look(session: &mut Session) -> Vec<Told> {
    let mut told = Vec::new();
    for _ in 0..60 {
        session.look_outside(true);
        std::thread::sleep(Duration::from_millis(5));
        told.extend(session.poll());
    }
    told
}

fn is_news(told: &[Told], words: &str) -> bool {
    told.iter().any(|t| matches!(t, Told::News(n) if n.contains(words)))
}

fn is_trouble(told: &[Told], words: &str) -> bool {
    told.iter().any(|t| matches!(t, Told::Trouble(n) if n.contains(words)))
}

#[test]
fn where_nothing_changed_nothing_is_told() {
    let place = Place::new(ferries());
    let mut session = place.open();
    assert_eq!(look(&mut session), []);
    session.perform("Work", nothing("ada", &articles(&place.project)[1], 0, 2), None).unwrap();
    session.save_now().unwrap();
    assert_eq!(look(&mut session), []);
}

#[test]
fn what_another_coder_did_is_taken_in_and_can_be_undone() {
    let place = Place::new(ferries());
    let mut session = place.open();
    let mut theirs = place.project.clone();
    theirs.title = "Ferries and boats".to_owned();
    nothing("ben", &articles(&theirs)[1], 0, 3).apply(&mut theirs).unwrap();
    place.put(&theirs);
    let told = look(&mut session);
    assert!(is_news(&told, "changed 2 files"), "{told:?}");
    assert_eq!(*session.project(), theirs);
    assert_eq!(look(&mut session), [], "told once");
    session.undo().unwrap();
    assert_eq!(*session.project(), place.project);
    session.save_now().unwrap();
    drop(session);
    assert_eq!(Store::open(&place.root).unwrap().project, place.project);
}

#[test]
fn two_who_change_one_file_both_keep_what_they_did() {
    for at_saving in [false, true] {
        let place = Place::new(ferries());
        let mut session = place.open();
        let first = articles(&place.project)[0].clone();
        let mut theirs = place.project.clone();
        nothing("ada", &first, 9, 11).apply(&mut theirs).unwrap();
        place.put(&theirs);
        session.perform("Work", nothing("ada", &first, 12, 17), None).unwrap();
        if at_saving {
            session.save_now().unwrap();
        } else {
            assert!(is_news(&look(&mut session), "changed a file"));
            session.save_now().unwrap();
        }
        let marks = session.project().coding(&id("ada"), &first).unwrap().nothing_found.len();
        assert_eq!(marks, 3, "at saving: {at_saving}");
        let project = session.project().clone();
        drop(session);
        assert_eq!(Store::open(&place.root).unwrap().project, project);
    }
}

#[test]
fn what_is_deleted_outside_goes_and_comes_back_with_undo() {
    let place = Place::new(ferries());
    let mut session = place.open();
    let first = articles(&place.project)[0].clone();
    fs::remove_file(place.coding("ada", &first)).unwrap();
    let told = look(&mut session);
    assert!(is_trouble(&told, "changed a file"), "{told:?}");
    assert_eq!(session.backups().unwrap()[0].why, "before-taking-in");
    assert!(session.project().codings.is_empty());
    session.undo().unwrap();
    session.save_now().unwrap();
    assert!(place.coding("ada", &first).is_file());
}

#[test]
fn a_drive_that_goes_away_deletes_nothing() {
    let mut project = ferries();
    for article in articles(&project) {
        for coder in ["ada", "ben"] {
            nothing(coder, &article, 0, 4).apply(&mut project).unwrap();
        }
    }
    let place = Place::new(project);
    let mut session = place.open();
    fs::remove_dir_all(place.root.join("coding")).unwrap();
    fs::remove_dir_all(place.root.join("articles")).unwrap();
    let told = look(&mut session);
    assert!(is_trouble(&told, "files are gone"), "{told:?}");
    assert_eq!(*session.project(), place.project);
}

#[test]
fn a_file_that_is_half_there_is_left_alone_until_it_is_whole() {
    let place = Place::new(ferries());
    let mut session = place.open();
    let first = articles(&place.project)[0].clone();
    let mut theirs = place.project.clone();
    nothing("ada", &first, 9, 11).apply(&mut theirs).unwrap();
    let other = Place::new(theirs.clone());
    let whole = fs::read(other.coding("ada", &first)).unwrap();
    fs::write(place.coding("ada", &first), &whole[..whole.len() / 2]).unwrap();
    let told = look(&mut session);
    assert!(is_trouble(&told, "cannot be read"), "{told:?}");
    assert_eq!(told.len(), 1, "told once: {told:?}");
    assert_eq!(*session.project(), place.project);
    // What is not understood is not overwritten either.
    session.perform("Work", nothing("ada", &first, 12, 14), None).unwrap();
    assert!(session.save_now().is_err());
    assert_eq!(fs::read(place.coding("ada", &first)).unwrap(), whole[..whole.len() / 2]);
    fs::write(place.coding("ada", &first), &whole).unwrap();
    session.save_now().unwrap();
    assert_eq!(session.project().coding(&id("ada"), &first).unwrap().nothing_found.len(), 3);
}

#[test]
fn a_conflicted_copy_is_taken_in_and_put_away() {
    let place = Place::new(ferries());
    let mut session = place.open();
    let first = articles(&place.project)[0].clone();
    let mut theirs = place.project.clone();
    nothing("ada", &first, 9, 11).apply(&mut theirs).unwrap();
    theirs.coders.insert(id("cem"), Coder { id: id("cem"), name: "Cem".to_owned() });
    let other = Place::new(theirs);
    let copies = [
        (other.coding("ada", &first), place.root.join("coding/ada").join(format!("{first} (conflicted copy).ron"))),
        (other.root.join("project.ron"), place.root.join("project (Ada's conflicted copy 2025-03-04).ron")),
    ];
    for (from, to) in &copies {
        fs::copy(from, to).unwrap();
    }
    let odd = place.root.join("coding/ada/notes.sync-conflict-20250304-101500.ron");
    fs::write(&odd, "no project file at all").unwrap();
    let told = look(&mut session);
    assert!(is_news(&told, "conflicted copy was found"), "{told:?}");
    assert!(is_trouble(&told, "was left alone"), "{told:?}");
    assert_eq!(session.project().coding(&id("ada"), &first).unwrap().nothing_found.len(), 2);
    assert!(session.project().coders.contains_key(&id("cem")));
    assert!(copies.iter().all(|(_, to)| to.exists()), "moved only once it is saved");
    session.save_now().unwrap();
    assert!(copies.iter().all(|(_, to)| !to.exists()));
    assert!(odd.exists());
    let kept = fs::read_dir(place.root.join("backups/conflicted")).unwrap().count();
    assert!(kept >= 1);
    assert_eq!(look(&mut session), []);
}

/// The program was killed, and before it was started again another one changed the files.
#[test]
fn a_journal_and_another_program_are_merged() {
    let place = Place::new(ferries());
    let first = articles(&place.project)[0].clone();
    let copied = TempDir::new().unwrap();
    let root = copied.path().join("killed");
    {
        let mut session = place.open();
        session.perform("Work", Edit::Title("By the journal".to_owned()), None).unwrap();
        session.perform("Work", nothing("ada", &first, 12, 14), None).unwrap();
        session.settle().unwrap();
        copy(&place.root, &root);
        fs::create_dir(root.join("journal")).unwrap();
        for entry in fs::read_dir(place.root.join("journal")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, root.join("journal").join(path.file_name().unwrap())).unwrap();
        }
    }
    let mut theirs = place.project.clone();
    theirs.title = "By the other program".to_owned();
    nothing("ben", &first, 0, 3).apply(&mut theirs).unwrap();
    let killed = Place { _keep: copied, root, project: place.project.clone() };
    killed.put(&theirs);
    let opened = Store::open_to_write(&killed.root).unwrap();
    let title = opened.project.title.clone();
    assert!(["By the journal", "By the other program"].contains(&title.as_str()));
    let other = if title == "By the journal" { "By the other program" } else { "By the journal" };
    assert!(opened.news.iter().any(|n| n.contains(other)), "the one that gave way is told: {:?}", opened.news);
    assert_eq!(opened.project.codings.len(), 2);
    assert_eq!(opened.project.coding(&id("ada"), &first).unwrap().nothing_found.len(), 2);
    assert_eq!(opened.notices, Vec::<String>::new());
}

/// A random project, changed at random here and there.
fn changed(project: &Project, dice: &mut Dice) -> Project {
    let mut changed = project.clone();
    for _ in 0..8 {
        let coder = dice.pick(&["jl", "ao"]);
        let all: Vec<_> = changed.articles.values().cloned().collect();
        let article = dice.pick(&all);
        let codes: Vec<_> = changed.codebook.codes.keys().cloned().collect();
        let new = Annotation { id: AnnotationId::new(), ..dice.annotation(&article, &codes, &[]) };
        let at = Desk { coder: id(coder), article: article.id.clone() };
        Edit::Annotation { at, id: new.id, to: Some(Box::new(new)) }.apply(&mut changed).unwrap();
    }
    changed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn nothing_that_either_side_added_is_missing(mut dice in dice(700), mut more in dice(700)) {
        let start = dice.project();
        let place = Place::new(start.clone());
        let (session, _) = Session::open(&place.root, Arc::new(Rules::default())).unwrap();
        let mut session = session;
        let mine = changed(&start, &mut dice);
        let theirs = changed(&start, &mut more);
        session.perform("Work", framelens::edit::difference(&start, &mine), None).unwrap();
        place.put(&theirs);
        let told = look(&mut session);
        session.save_now().unwrap();
        for project in [&mine, &theirs] {
            for (coder, article, annotation) in project.annotations() {
                let kept = session.project().annotation(coder, article, annotation.id);
                prop_assert_eq!(kept, Some(annotation), "{:?}", told);
            }
        }
        let project = session.project().clone();
        drop(session);
        let opened = Store::open(&place.root).unwrap();
        prop_assert_eq!(opened.notices, Vec::<String>::new());
        prop_assert!(opened.project == project);
        prop_assert!(everything(&project).len() >= everything(&start).len());
    }
}
