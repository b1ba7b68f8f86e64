//! Floor 3, copies of the past: kept when something changed, in order, as many as the settings say, and whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::Dice;
use framelens::detect::Rules;
use framelens::edit::Edit;
use framelens::model::{self, Project};
use framelens::session::{Saved, Session, SessionError};
use framelens::store::backups::{self, Backup, backup_folder, due, list, make, newest_common, read, rotate};
use framelens::store::{Store, pack};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

fn some_project() -> Project {
    let mut runner = TestRunner::deterministic();
    let mut dice: Dice = prop::collection::vec(any::<u32>(), 900).new_tree(&mut runner).unwrap().current().into();
    let mut project = dice.project();
    project.settings.backups = model::Backups::default();
    project
}

fn on_disk() -> (TempDir, PathBuf, Project) {
    let keep = TempDir::new().unwrap();
    let root = keep.path().join("study");
    let project = some_project();
    Store::create(&root, &project).unwrap();
    (keep, root, project)
}

fn names(backups: &[Backup]) -> Vec<String> {
    backups.iter().map(Backup::name).collect()
}

#[test]
fn a_backup_is_made_when_something_changed() {
    let (_keep, root, mut project) = on_disk();
    assert_eq!(list(&root).unwrap(), []);
    let first = make(&root, &project, "").unwrap().unwrap();
    assert_eq!((first.why.as_str(), first.raw), ("", false));
    assert!(first.path.starts_with(root.join("backups")) && first.bytes == fs::metadata(&first.path).unwrap().len());
    assert_eq!(make(&root, &project, "").unwrap(), None, "nothing changed");
    assert_eq!(make(&root, &project, "by hand").unwrap(), None, "nothing changed");
    let old = project.clone();
    project.title += "!";
    let second = make(&root, &project, "Before the merge").unwrap().unwrap();
    assert_eq!(second.why, "before-the-merge");
    assert_eq!(list(&root).unwrap(), [second.clone(), first.clone()]);
    assert_eq!(read(&first).unwrap().project, old);
    assert_eq!(read(&second).unwrap().project, project);
    // Back to what it was: that is a change from the newest one.
    assert!(make(&root, &old, "").unwrap().is_some());
    // The project itself neither sees them nor loses anything.
    assert_eq!(Store::open(&root).unwrap().project, old);
}

#[test]
fn a_damaged_backup_does_not_count_as_one() {
    let (_keep, root, project) = on_disk();
    let first = make(&root, &project, "").unwrap().unwrap();
    let mut bytes = fs::read(&first.path).unwrap();
    bytes[60] ^= 0xff;
    fs::write(&first.path, bytes).unwrap();
    assert!(read(&first).unwrap_err().to_string().contains(&first.name()));
    let second = make(&root, &project, "").unwrap().unwrap();
    assert_eq!(read(&second).unwrap().project, project);
}

#[test]
fn what_is_no_backup_is_passed_over() {
    let (_keep, root, project) = on_disk();
    let folder = root.join("backups");
    fs::create_dir_all(folder.join("2026-03-04T09-30-00.000Z.framelens")).unwrap();
    for name in ["x.framelens", "2026-13-04T09-30-00.000Z.framelens", "2026-03-04T09-30-00.000Zx.framelens", "note.txt"]
    {
        fs::write(folder.join(name), "").unwrap();
    }
    assert_eq!(list(&root).unwrap(), []);
    make(&root, &project, "").unwrap().unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 6);
}

/// An old backup of that day of March 2020, with so many bytes in it.
fn old(root: &Path, day: usize, why: &str, ending: &str, bytes: usize) -> String {
    let name = format!("2020-03-{day:02}T09-30-00.000Z{why}.{ending}");
    fs::create_dir_all(root.join("backups")).unwrap();
    fs::write(root.join("backups").join(&name), vec![0; bytes]).unwrap();
    name
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_oldest_go_first(
        rows in prop::collection::vec((0..4usize, 0..3_000_000usize), 0..20),
        keep in 0..8u32,
        megabytes in 0..12u32,
    ) {
        let folder = TempDir::new().unwrap();
        let root = folder.path();
        for (n, (kind, bytes)) in rows.iter().enumerate() {
            let (why, ending) = [
                ("", "framelens"), ("-before-merge", "framelens"), ("-before-repair", "zip"), ("-before-format-2", "zip"),
            ][*kind];
            old(root, n + 1, why, ending, *bytes);
        }
        let all = list(root).unwrap();
        prop_assert_eq!(all.len(), rows.len());
        let settings = model::Backups { keep, megabytes, minutes: 1 };
        let gone = rotate(root, &settings).unwrap();
        let left = list(root).unwrap();
        prop_assert_eq!(left.len() + gone.len(), all.len());
        if keep == 0 {
            prop_assert!(gone.is_empty(), "who stops making copies has not asked to lose those there are");
        }
        let newest = all.iter().find(|b| !b.raw);
        prop_assert!(newest.is_none_or(|newest| left.contains(newest)));
        prop_assert!(gone.iter().all(|b| !b.why.starts_with("before-format")));
        for before in [false, true] {
            let of = |b: &&Backup| b.why.starts_with("before-") == before && !b.why.starts_with("before-format");
            let (left, gone): (Vec<_>, Vec<_>) = (left.iter().filter(of).collect(), gone.iter().filter(of).collect());
            prop_assert!(keep == 0 || left.len() <= keep as usize + 1);
            let oldest_left = left.iter().filter(|b| Some(**b) != newest).map(|b| b.at).min();
            let newest_gone = gone.iter().map(|b| b.at).max();
            prop_assert!(oldest_left.zip(newest_gone).is_none_or(|(left, gone)| gone < left));
            let bytes: u64 = left.iter().skip(1).map(|b| b.bytes).sum();
            prop_assert!(keep == 0 || bytes <= u64::from(megabytes) * 1_000_000 + newest.map_or(0, |b| b.bytes));
        }
        prop_assert_eq!(rotate(root, &settings).unwrap(), vec![], "once is enough");
    }
}

#[test]
fn as_many_are_kept_as_the_settings_say() {
    let (_keep, root, mut project) = on_disk();
    project.settings.backups = model::Backups { keep: 3, megabytes: 100, minutes: 30 };
    let protected = old(&root, 1, "-before-merge", "framelens", 10);
    let format = old(&root, 2, "-before-format-2", "zip", 10);
    let mut made = Vec::new();
    for n in 0..6 {
        project.title = format!("Title {n}");
        made.insert(0, make(&root, &project, "").unwrap().unwrap().name());
    }
    made.truncate(3);
    made.extend([format, protected]);
    assert_eq!(names(&list(&root).unwrap()), made);

    project.settings.backups.keep = 0;
    assert_eq!(make(&root, &project, "").unwrap(), None, "none are made by the clock");
    assert!(make(&root, &project, "by-hand").unwrap().is_some(), "but on request");
}

#[test]
fn names_sort_by_age_even_where_the_clock_was_set_back() {
    let (_keep, root, mut project) = on_disk();
    let future = "2999-01-01T00-00-00.000Z.framelens";
    fs::create_dir_all(root.join("backups")).unwrap();
    fs::write(root.join("backups").join(future), "").unwrap();
    for n in 0..3 {
        project.title = format!("Title {n}");
        let backup = make(&root, &project, "").unwrap().unwrap();
        assert_eq!(list(&root).unwrap()[0], backup);
    }
    assert_eq!(list(&root).unwrap().len(), 4);
}

#[test]
fn another_is_due_after_the_minutes_that_the_settings_say() {
    let (_keep, root, project) = on_disk();
    let settings = model::Backups { keep: 3, megabytes: 1, minutes: 30 };
    let now: Timestamp = "2020-03-01T10:00:00Z".parse().unwrap();
    assert!(due(&root, &settings, now).unwrap());
    old(&root, 1, "", "framelens", 0);
    assert!(due(&root, &settings, now).unwrap());
    assert!(!due(&root, &settings, "2020-03-01T09:59:00Z".parse().unwrap()).unwrap());
    assert!(!due(&root, &model::Backups { keep: 0, ..settings }, now).unwrap());
    drop(project);
}

#[test]
fn a_copy_of_the_folder_holds_every_file_as_it_lay_there() {
    let (_keep, root, project) = on_disk();
    make(&root, &project, "").unwrap();
    fs::create_dir(root.join("journal")).unwrap();
    fs::write(root.join("journal/x"), "").unwrap();
    fs::write(root.join("codebook.ron"), b"\xff broken").unwrap();
    fs::write(root.join("NOTES.md"), "mine").unwrap();
    fs::write(root.join("notes.md"), "mine too").unwrap();
    fs::write(root.join("articles/.saving-x"), "half").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/", root.join("link")).unwrap();
    let backup = backup_folder(&root, "before-repair").unwrap();
    assert!(backup.raw && backup.why == "before-repair");
    let bytes = fs::read(&backup.path).unwrap();
    let has = |words: &[u8]| bytes.windows(words.len()).any(|w| w == words);
    assert!(has(b"\xff broken") && has(b"NOTES.md") && has(b"notes.md") && has(b"articles/"));
    assert!(!has(b"backups/") && !has(b"journal/") && !has(b".saving-") && !has(b"link"));
    // As the folder was: its codebook cannot be read.
    assert!(read(&backup).unwrap_err().to_string().contains("codebook.ron in it cannot be read"));

    let (_keep, root, project) = on_disk();
    fs::write(root.join("NOTES.md"), "mine").unwrap();
    let backup = backup_folder(&root, "before-repair").unwrap();
    assert_eq!(read(&backup).unwrap().project, project);
}

#[test]
fn the_newest_common_backup_is_where_two_folders_parted() {
    let (_keep, a, mut project) = on_disk();
    let b = a.with_file_name("copy");
    Store::create(&b, &project).unwrap();
    assert_eq!(newest_common(&a, &b).unwrap(), None);
    make(&a, &project, "").unwrap();
    make(&b, &project, "").unwrap();
    project.title = "Later".to_owned();
    let parted = make(&a, &project, "").unwrap().unwrap();
    make(&b, &project, "sent").unwrap();
    project.title = "By a".to_owned();
    make(&a, &project, "").unwrap();
    project.title = "By b".to_owned();
    make(&b, &project, "").unwrap();
    assert_eq!(newest_common(&a, &b).unwrap(), Some(parted.clone()));
    assert_eq!(read(&newest_common(&b, &a).unwrap().unwrap()).unwrap().project.title, "Later");
    // What only says that it holds the same is not believed.
    let other = a.with_file_name("other.framelens");
    project.title = "Forged".to_owned();
    pack(&project, &other, false).unwrap();
    let (mut forged, real) = (fs::read(&other).unwrap(), fs::read(&parted.path).unwrap());
    let (at, from) = (forged.len() - 64, real.len() - 64);
    forged[at..].copy_from_slice(&real[from..]);
    fs::write(&parted.path, forged).unwrap();
    assert_eq!(read(&newest_common(&a, &b).unwrap().unwrap()).unwrap().project, some_project());
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_no_backup_is_half() {
    let (_keep, root, project) = on_disk();
    fs::write(root.join("backups"), "a file").unwrap();
    assert!(make(&root, &project, "").unwrap_err().to_string().contains("backups"));
    assert!(backup_folder(&root, "x").is_err());
    assert!(backups::list(&root).is_err());
    let kept: BTreeSet<_> = fs::read_dir(&root).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(kept.contains(std::ffi::OsStr::new("backups")));
}

#[test]
fn going_back_is_one_step_that_can_be_undone() {
    let (_keep, root, project) = on_disk();
    let mut session = Session::open(&root, Arc::new(Rules::default())).unwrap().0;
    let backup = session.back_up("by-hand").unwrap().unwrap();
    assert!(!session.restore_backup(&backup).unwrap(), "nothing changed since");
    assert_eq!(session.backups().unwrap().len(), 1);
    let ids: Vec<_> = project.codings.keys().cloned().collect();
    for (coder, article) in ids {
        for id in project.codings[&(coder.clone(), article.clone())].annotations.keys() {
            let at = framelens::edit::Desk { coder: coder.clone(), article: article.clone() };
            session.perform("Delete", Edit::Annotation { at, id: *id, to: None }, None).unwrap();
        }
    }
    session.perform("Title", Edit::Title("Later".to_owned()), None).unwrap();
    let later = session.project().clone();
    assert_ne!(later, project);
    assert!(session.restore_backup(&backup).unwrap());
    assert_eq!(*session.project(), project);
    session.settle().unwrap();
    assert_eq!(Store::open(&root).unwrap().project, project);
    // What there was is kept, and one undo brings it back.
    let kept = &session.backups().unwrap()[0];
    assert_eq!(kept.why, "before-restore");
    assert_eq!(read(kept).unwrap().project, later);
    assert!(session.undo().unwrap().unwrap().starts_with("Go back to the backup of"));
    assert_eq!(*session.project(), later);
    session.settle().unwrap();
    assert_eq!(Store::open(&root).unwrap().project, later);
}

#[test]
fn a_backup_of_which_a_part_cannot_be_read_is_not_gone_back_to() {
    let (_keep, root, _) = on_disk();
    let coding = fs::read_dir(root.join("articles")).unwrap().map(|e| e.unwrap().path());
    let about = coding.into_iter().find(|p| p.extension().is_some_and(|e| e == "ron")).unwrap();
    let sound = fs::read(&about).unwrap();
    fs::write(&about, "broken").unwrap();
    let backup = backup_folder(&root, "before-repair").unwrap();
    fs::write(&about, sound).unwrap();
    let mut session = Session::open(&root, Arc::new(Rules::default())).unwrap().0;
    let before = session.project().clone();
    let refused = session.restore_backup(&backup);
    assert!(matches!(refused, Err(SessionError::BackupIncomplete(_))), "{refused:?}");
    assert_eq!(*session.project(), before);
}

#[test]
fn the_session_makes_one_when_it_is_time() {
    let (_keep, root, _) = on_disk();
    let mut session = Session::open(&root, Arc::new(Rules::default())).unwrap().0;
    for title in ["One", "Two"] {
        session.perform("Work", Edit::Title(title.to_owned()), None).unwrap();
        // As a window does, frame by frame.
        for _ in 0..200 {
            session.save_when_due();
            session.poll();
            std::thread::sleep(std::time::Duration::from_millis(10));
            if session.saved() == Saved::Yes && session.backups().unwrap().len() == 1 {
                break;
            }
        }
        assert_eq!(session.backups().unwrap().len(), 1, "one when the first change is saved, none so soon after it");
    }
}
