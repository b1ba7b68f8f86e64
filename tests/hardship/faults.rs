//! Every single step that the store makes on the disk, made to fail: afterwards the old state is there or the new one,
//! never neither; what was acknowledged is there; and work goes on in memory and is saved once the disk recovers.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use framelens::detect::Rules;
use framelens::edit::{Desk, Edit};
use framelens::model::{Article, Coder, CoderId, Metadata, NothingFound, Project, Source};
use framelens::session::{Saved, Session};
use framelens::store::{Disk, Failure, Opening, Store, StoreError};
use framelens::text::CharSpan;
use tempfile::TempDir;

fn ada() -> CoderId {
    "ada".parse().unwrap()
}

fn article(n: usize) -> Article {
    let metadata = Metadata { title: format!("Ferry {n}"), ..Metadata::default() };
    Article::new(format!("Ferry {n}\n\nNo boats, said the harbour."), metadata, vec![], Source::default())
}

/// The state that the work begins with.
fn beginning() -> Project {
    let mut project = Project::new("Ferries");
    project.id = uuid::Uuid::from_u128(7);
    project.coders.insert(ada(), Coder { id: ada(), name: "Ada".to_owned() });
    let first = article(1);
    project.articles.insert(first.id.clone(), Arc::new(first));
    project
}

/// The work: edits of every file of a project, and files that come and go.
fn edits() -> Vec<Edit> {
    let at = Desk { coder: ada(), article: article(1).id };
    let nothing = |from, to, present| {
        let what = NothingFound { span: Some(CharSpan::chars(from, to)) };
        Edit::NothingFound { at: at.clone(), what, present }
    };
    let second = article(2);
    vec![
        nothing(0, 5, true),
        Edit::Title("Ferries and boats".to_owned()),
        Edit::Batch(vec![
            Edit::Article { id: second.id.clone(), to: Some(Arc::new(second.clone())) },
            nothing(9, 11, true),
        ]),
        nothing(0, 5, false),
        nothing(9, 11, false),
        Edit::Article { id: second.id.clone(), to: None },
        nothing(2, 4, true),
    ]
}

fn open(root: &Path, disk: &Disk) -> Result<Session, StoreError> {
    let how = Opening { to_write: true, disk: disk.clone(), ..Opening::default() };
    Session::open_as(root, Arc::new(Rules::default()), &how, &mut |_| ()).map(|(session, _)| session)
}

/// Does the work. Returns the states that the project was in, and how many of them were acknowledged as safe.
fn work(session: &mut Session, settle: impl Fn(&mut Session, usize) -> bool) -> (Vec<Project>, usize) {
    let mut states = vec![session.project().clone()];
    let mut safe = 0;
    for (n, edit) in edits().into_iter().enumerate() {
        session.perform("Work", edit, None).unwrap();
        states.push(session.project().clone());
        if settle(session, n) {
            safe = states.len() - 1;
        }
    }
    (states, safe)
}

/// Settles each edit, and saves the files after every other one.
fn carefully(session: &mut Session, n: usize) -> bool {
    let settled = session.settle().is_ok();
    if n % 2 == 1 { session.save_now().is_ok() || settled } else { settled }
}

struct Place {
    _keep: TempDir,
    root: PathBuf,
}

/// A copy of the project that the work begins with: made once, since making it waits for the disk.
fn place() -> Place {
    static MADE: std::sync::OnceLock<Place> = std::sync::OnceLock::new();
    let made = MADE.get_or_init(|| {
        let keep = TempDir::new().unwrap();
        let root = keep.path().join("ferries");
        drop(Store::create(&root, &beginning()).unwrap());
        Place { _keep: keep, root }
    });
    copy(&made.root)
}

/// A copy of a folder, of which nothing is forced to the disk.
fn copy(folder: &Path) -> Place {
    let keep = TempDir::new().unwrap();
    let root = keep.path().join("copy");
    for (path, bytes) in files(folder) {
        let to = root.join(path.strip_prefix(folder).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    Place { _keep: keep, root }
}

fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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

/// What is on disk must be one of the states from the last safe one on.
fn check(root: &Path, states: &[Project], safe: usize, told: &str) {
    let opened = Store::open(root).unwrap_or_else(|e| panic!("{told}: {e}"));
    assert_eq!(opened.notices, Vec::<String>::new(), "{told}");
    let at = states.iter().rposition(|state| *state == opened.project);
    assert!(at.is_some_and(|at| at >= safe), "{told}: {at:?}, safe up to {safe}");
}

/// A disk that takes nothing, one that is full in the middle of a file, and a share that did what it says it did not.
const KINDS: [Failure; 3] = [
    Failure::Before(ErrorKind::ReadOnlyFilesystem),
    Failure::Halfway(ErrorKind::StorageFull),
    Failure::After(ErrorKind::Interrupted),
];

/// A disk on which step `first`, or every step from it on, fails until `healed`.
fn failing(first: usize, lasting: bool, failure: Failure, healed: &Arc<AtomicBool>) -> (Disk, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (counted, healed) = (count.clone(), healed.clone());
    let disk = Disk::failing(move |_, _| {
        let n = counted.fetch_add(1, Ordering::SeqCst);
        let fails = if lasting { n >= first } else { n == first };
        (fails && !healed.load(Ordering::SeqCst)).then_some(failure)
    });
    (disk, count)
}

fn steps() -> usize {
    let place = place();
    let (disk, count) = failing(usize::MAX, false, KINDS[0], &Arc::default());
    let mut session = open(&place.root, &disk).unwrap();
    let (states, safe) = work(&mut session, carefully);
    session.save_now().unwrap();
    drop(session);
    assert_eq!(safe, states.len() - 1);
    check(&place.root, &states, safe, "nothing failed");
    assert!(!place.root.join("journal").exists(), "a project that is saved and closed has no journal");
    count.load(Ordering::SeqCst)
}

#[test]
fn whatever_step_fails_the_old_state_or_the_new_one_is_there() {
    let steps = steps();
    assert!(steps > 50, "{steps} steps");
    for step in 0..steps {
        for failure in KINDS {
            for lasting in [false, true] {
                let told = format!("step {step} of {steps}, {failure:?}, lasting: {lasting}");
                let place = place();
                let before = files(&place.root);
                let healed = Arc::<AtomicBool>::default();
                let (disk, _) = failing(step, lasting, failure, &healed);
                let mut session = open(&place.root, &disk).unwrap_or_else(|e| panic!("{told}: {e}"));
                if session.read_only().is_some() {
                    // It failed before anything was done: the project can be read and is as it was.
                    assert_eq!(*session.project(), beginning(), "{told}");
                    drop(session);
                    let left = files(&place.root);
                    assert!(before.iter().all(|(path, bytes)| left.get(path) == Some(bytes)), "{told}");
                    check(&place.root, &[beginning()], 0, &told);
                    continue;
                }
                let (states, safe) = work(&mut session, carefully);
                assert_eq!(session.project(), states.last().unwrap(), "{told}: work goes on in memory");
                check(&place.root, &states, safe, &told);
                if safe < states.len() - 1 {
                    assert!(matches!(session.saved(), Saved::Failed(_)), "{told}: {:?}", session.saved());
                }
                healed.store(true, Ordering::SeqCst);
                session.save_now().unwrap_or_else(|e| panic!("{told}: {e}"));
                session.settle().unwrap();
                assert_eq!(session.saved(), Saved::Yes, "{told}");
                check(&place.root, &states, states.len() - 1, &told);
                drop(session);
                check(&place.root, &states, states.len() - 1, &told);
            }
        }
    }
}

/// Where the program is gone before the disk recovers, what was acknowledged is there.
#[test]
fn what_was_acknowledged_survives_a_disk_that_stays_broken() {
    let steps = steps();
    for step in 0..steps {
        for failure in KINDS {
            let told = format!("step {step} of {steps}, {failure:?}");
            let place = place();
            let (disk, _) = failing(step, true, failure, &Arc::default());
            let mut session = open(&place.root, &disk).unwrap();
            if session.read_only().is_some() {
                continue;
            }
            let (states, safe) = work(&mut session, carefully);
            drop(session);
            check(&place.root, &states, safe, &told);
            // And it can be worked in again.
            let mut session = open(&place.root, &Disk::default()).unwrap();
            session.perform("Work", Edit::Title("Again".to_owned()), None).unwrap();
            session.save_now().unwrap();
            drop(session);
            assert_eq!(Store::open(&place.root).unwrap().project.title, "Again", "{told}");
            assert!(!place.root.join("journal").exists(), "{told}");
        }
    }
}

/// Nothing but the journal was ever written: opening brings it all back, and saving puts it into the files.
#[test]
fn a_journal_alone_is_enough() {
    let place = place();
    let before = files(&place.root);
    let mut session = open(&place.root, &Disk::default()).unwrap();
    let (states, safe) = work(&mut session, |session, _| session.settle().is_ok());
    assert_eq!(safe, states.len() - 1);
    // As if the program were gone: a copy of the folder as it is now.
    let Place { _keep, root } = copy(&place.root);
    drop(session);
    let opened = Store::open_to_write(&root).unwrap();
    assert_eq!(opened.project, *states.last().unwrap());
    assert!(opened.news.iter().any(|n| n.contains("the last 7 changes were brought back")), "{:?}", opened.news);
    let files_then = files(&root);
    assert!(
        before.iter().all(|(p, bytes)| files_then.get(&root.join(p.strip_prefix(&place.root).unwrap())) == Some(bytes)),
        "opening wrote no file of the project"
    );
    drop(opened);
    let mut session = open(&root, &Disk::default()).unwrap();
    session.save_now().unwrap();
    drop(session);
    assert!(!root.join("journal").exists());
    assert_eq!(Store::open(&root).unwrap().project, *states.last().unwrap());
}

/// Somebody tidies up while a project is open, and takes the journal with the lock away: what was acknowledged is written
/// anew, and nobody else gets in.
#[cfg(unix)]
#[test]
fn a_journal_that_is_taken_away_is_written_anew() {
    let place = place();
    let mut session = open(&place.root, &Disk::default()).unwrap();
    let mut states = vec![session.project().clone()];
    for (n, edit) in edits().into_iter().enumerate() {
        session.perform("Work", edit, None).unwrap();
        session.settle().unwrap();
        states.push(session.project().clone());
        check(&place.root, &states, states.len() - 1, &format!("after edit {n}"));
        if n == 2 || n == 4 {
            fs::remove_dir_all(place.root.join("journal")).unwrap();
        }
    }
    assert!(matches!(Store::open_to_write(&place.root), Err(StoreError::InUse { .. })));
    session.save_now().unwrap();
    drop(session);
    assert!(!place.root.join("journal").exists());
    check(&place.root, &states, states.len() - 1, "closed");
}

/// The whole folder goes while the project is open: nothing half is put in its place, and that is said.
#[test]
fn a_project_that_is_gone_is_not_made_anew_by_halves() {
    let place = place();
    let mut session = open(&place.root, &Disk::default()).unwrap();
    session.perform("Work", edits().swap_remove(0), None).unwrap();
    session.save_now().unwrap();
    fs::remove_dir_all(&place.root).unwrap();
    session.perform("Work", edits().swap_remove(6), None).unwrap();
    assert!(session.settle().is_err());
    assert!(session.save_now().is_err());
    assert!(!place.root.join("coding").exists());
}

/// A frame never waits long for a disk that does not answer.
#[test]
fn a_frame_is_drawn_whatever_the_disk_does() {
    let place = place();
    let released = Arc::<AtomicBool>::default();
    let hold = released.clone();
    let disk = Disk::failing(move |_, path| {
        while path.extension().is_some_and(|e| e == "journal") && !hold.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        None
    });
    let mut session = open(&place.root, &disk).unwrap();
    session.perform("Work", Edit::Title("Slow".to_owned()), None).unwrap();
    session.settle_soon();
    // It came back although the journal is not written, and says so.
    assert_eq!(session.saved(), Saved::Soon);
    released.store(true, Ordering::SeqCst);
    session.settle().unwrap();
    drop(session);
    assert_eq!(Store::open(&place.root).unwrap().project.title, "Slow");
}

/// A project that an older program made: whatever fails, its files are kept as they were before the first is replaced.
#[test]
fn what_an_older_program_wrote_is_kept_whatever_fails() {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/format-1/everything");
    let work = |session: &mut Session| {
        let before = session.project().clone();
        session.perform("Work", Edit::Title("Newer".to_owned()), None).unwrap();
        let settled = session.settle().is_ok();
        let saved = session.save_now().is_ok();
        (vec![before, session.project().clone()], usize::from(settled || saved), saved)
    };
    let counted = copy(&frozen);
    let (disk, count) = failing(usize::MAX, false, KINDS[0], &Arc::default());
    let mut session = open(&counted.root, &disk).unwrap();
    assert!(work(&mut session).2);
    drop(session);
    for step in 0..count.load(Ordering::SeqCst) {
        for (failure, lasting) in [(KINDS[0], true), (KINDS[0], false), (KINDS[2], false)] {
            let told = format!("step {step}, {failure:?}, lasting: {lasting}");
            let place = copy(&frozen);
            let (disk, _) = failing(step, lasting, failure, &Arc::default());
            let mut session = open(&place.root, &disk).unwrap();
            if session.read_only().is_some() {
                continue;
            }
            let (states, safe, _) = work(&mut session);
            let newer = fs::read_to_string(place.root.join("project.ron")).unwrap().contains("format: 2");
            let kept = fs::read_dir(place.root.join("backups")).is_ok_and(|mut entries| {
                entries.any(|e| e.unwrap().file_name().to_string_lossy().ends_with("-before-format-2.zip"))
            });
            assert!(kept || !newer, "{told}");
            check(&place.root, &states, safe, &told);
            let saved = session.save_now().map(drop);
            assert!(lasting || saved.is_ok(), "{told}: {saved:?}");
        }
    }
}
