//! Who has a project open for work. One writer at a time; everybody else is told who it is and may read.
//!
//! `journal/lock` is held by the operating system's lock, which goes with the process however it ends; where that works,
//! nothing else is needed. A synchronised folder carries no such locks to another computer: there `journal/open.ron`
//! says who has the project open and when they were last seen.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::disk::Disk;

/// How often whoever has a project open says that they still have.
const BEAT: Duration = Duration::from_mins(2);
/// Who has not been seen for so long on another computer has gone without closing.
const STALE: Duration = Duration::from_mins(15);

/// Somebody who has a project open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Their name on their computer.
    pub user: String,
    pub host: String,
    pub process: u32,
    pub since: Timestamp,
    /// When they last said that they have it open.
    pub seen: Timestamp,
    id: Uuid,
}

impl Holder {
    /// This process, now.
    fn here() -> Self {
        let user = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|v| std::env::var(v).ok());
        let now = Timestamp::now();
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        Self {
            user: user.filter(|u| !u.is_empty()).unwrap_or_else(|| "somebody".to_owned()),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            process: std::process::id(),
            since: now,
            seen: now,
            id: Uuid::now_v7(),
        }
    }

    fn unknown() -> Self {
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let epoch = Timestamp::UNIX_EPOCH;
        Self { user: "somebody".to_owned(), host, process: 0, since: epoch, seen: epoch, id: Uuid::nil() }
    }
}

impl std::fmt::Display for Holder {
    /// "ada on study-laptop, since 2025-03-04 10:30 (process 4711)", in the reader's time zone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}", self.user, self.host)?;
        if self.since > Timestamp::UNIX_EPOCH {
            let since = self.since.to_zoned_datetime(jiff::tz::TimeZone::system());
            write!(f, ", since {}", since.strftime("%Y-%m-%d %H:%M"))?;
        }
        if self.process > 0 {
            write!(f, " (process {})", self.process)?;
        }
        Ok(())
    }
}

/// A project that is ours to write in, until this is dropped.
#[derive(Debug)]
pub struct Lock {
    notice: Arc<Notice>,
    lost: Arc<AtomicBool>,
    /// The thread that says now and then that the project is still open; it ends when the sender goes.
    heart: Option<(Sender<()>, JoinHandle<()>)>,
    file: Mutex<File>,
}

/// What is written down of who has a project open.
#[derive(Debug)]
struct Notice {
    folder: PathBuf,
    disk: Disk,
    holder: Mutex<Holder>,
}

/// What came of an attempt to take a project.
#[derive(Debug)]
pub enum Taken {
    /// It is ours. Who had it before and never closed it, if anybody.
    Ours(Lock, Option<Holder>),
    /// Somebody has it. `certain`: their process lives; else they were seen not long ago, on another computer.
    Theirs { holder: Holder, certain: bool },
}

/// Takes the project whose folder `journal` is given. With `force`, also from somebody who may still have it open on
/// another computer.
///
/// # Errors
/// Where the folder cannot be written.
pub fn take(folder: &Path, disk: &Disk, force: bool) -> io::Result<Taken> {
    disk.make_folder(folder)?;
    let path = folder.join("lock");
    // Opening a pipe would wait for ever.
    if fs::symlink_metadata(&path).is_ok_and(|about| !about.is_file()) {
        return Err(io::Error::other("journal/lock is not a file; move it away"));
    }
    loop {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) if !is_at(&file, &path) => continue,
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = read(folder).unwrap_or_else(Holder::unknown);
                return Ok(Taken::Theirs { holder, certain: true });
            }
            // Some shares know no locks: there only what is written down counts.
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(e)) => return Err(e),
        }
        let before = read(folder);
        let here = Holder::here();
        if let Some(holder) = &before
            && !force
            && holder.host != here.host
            && Timestamp::now().duration_since(holder.seen).unsigned_abs() < STALE
        {
            return Ok(Taken::Theirs { holder: holder.clone(), certain: false });
        }
        let notice = Arc::new(Notice { folder: folder.to_owned(), disk: disk.clone(), holder: Mutex::new(here) });
        notice.write_down()?;
        let lost = Arc::new(AtomicBool::new(false));
        // Without a thread, other computers will think after a while that the project is free; this one will not.
        let heart = beat_on(notice.clone(), lost.clone()).ok();
        let lock = Lock { notice, lost, heart, file: Mutex::new(file) };
        return Ok(Taken::Ours(lock, before));
    }
}

/// Who has the project open, as far as is written down.
fn read(folder: &Path) -> Option<Holder> {
    let path = folder.join("open.ron");
    let small = fs::metadata(&path).is_ok_and(|m| m.is_file() && m.len() < 64 << 10);
    small.then(|| fs::read_to_string(path).ok()).flatten().and_then(|text| ron::from_str(&text).ok())
}

fn beat_on(notice: Arc<Notice>, lost: Arc<AtomicBool>) -> io::Result<(Sender<()>, JoinHandle<()>)> {
    let (sender, receiver) = channel::<()>();
    let heart = move || {
        while receiver.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
            if !notice.beat() {
                lost.store(true, Ordering::Relaxed);
                return;
            }
        }
    };
    Ok((sender, thread::Builder::new().name("framelens-lock".to_owned()).spawn(heart)?))
}

impl Lock {
    /// Makes sure that the lock still is where others look for it: somebody who tidies up may take it away. Returns
    /// whether it is ours.
    pub fn keep(&self) -> bool {
        let path = self.notice.folder.join("lock");
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if is_at(&file, &path) {
            return true;
        }
        // Where the project is gone, nothing is made in its place.
        if !self.notice.folder.parent().is_some_and(|root| root.join(super::MARK).is_file()) {
            return true;
        }
        let again = self
            .notice
            .disk
            .make_folder(&self.notice.folder)
            .and_then(|()| OpenOptions::new().write(true).create(true).truncate(false).open(&path));
        if let Ok(again) = again {
            if matches!(again.try_lock(), Err(TryLockError::WouldBlock)) {
                self.lost.store(true, Ordering::Relaxed);
                return false;
            }
            *file = again;
            // Where it cannot be written, saving will say so.
            let _ = self.notice.write_down();
        }
        true
    }

    /// Whether another computer took the project although it was open here.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Notice {
    /// Says that the project is still open here. Returns whether it is still ours: another computer may have taken it.
    fn beat(&self) -> bool {
        let mine = self.holder.lock().unwrap_or_else(PoisonError::into_inner).id;
        if read(&self.folder).is_some_and(|holder| holder.id != mine) {
            return false;
        }
        self.holder.lock().unwrap_or_else(PoisonError::into_inner).seen = Timestamp::now();
        // Where it cannot be written, saving will say so; the lock holds all the same.
        let _ = self.write_down();
        true
    }

    fn write_down(&self) -> io::Result<()> {
        let holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        let text = ron::to_string(&*holder).unwrap_or_else(|e| unreachable!("plain data: {e}"));
        self.disk.replace(&self.folder.join("open.ron"), text.as_bytes())
    }
}

impl Drop for Lock {
    /// Leaves the folder as if it had never been there, where nothing else is in it.
    fn drop(&mut self) {
        if let Some((sender, heart)) = self.heart.take() {
            drop(sender);
            let _ = heart.join();
        }
        let folder = &self.notice.folder;
        let mine = self.notice.holder.lock().unwrap_or_else(PoisonError::into_inner).id;
        if read(folder).is_none_or(|holder| holder.id == mine) {
            let _ = fs::remove_file(folder.join("open.ron"));
            if cfg!(unix) {
                let _ = fs::remove_file(folder.join("lock"));
            }
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Whether a file is still the one at a path: whoever closes a project removes it, and who waited for it then holds
/// one that nobody else can see.
#[cfg(unix)]
pub fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
pub fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(taken: Taken) -> (Lock, Option<Holder>) {
        match taken {
            Taken::Ours(lock, before) => (lock, before),
            Taken::Theirs { holder, .. } => panic!("taken by {holder}"),
        }
    }

    fn written(folder: &Path, host: &str, seen: Timestamp) {
        let holder = Holder { host: host.to_owned(), seen, id: Uuid::now_v7(), ..Holder::here() };
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("open.ron"), ron::to_string(&holder).unwrap()).unwrap();
    }

    #[test]
    fn one_writer_at_a_time_and_no_trace_afterwards() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("journal");
        let (first, before) = ours(take(&folder, &Disk::default(), false).unwrap());
        assert_eq!(before, None);
        let Taken::Theirs { holder, certain } = take(&folder, &Disk::default(), true).unwrap() else {
            panic!("taken twice")
        };
        assert!(certain && holder.process == std::process::id());
        assert!(first.notice.beat());
        drop(first);
        assert!(!folder.exists());
        ours(take(&folder, &Disk::default(), false).unwrap());
    }

    #[test]
    fn who_died_here_or_long_ago_elsewhere_holds_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("journal");
        let here = Holder::here().host;
        let now = Timestamp::now();
        written(&folder, &here, now);
        let (lock, before) = ours(take(&folder, &Disk::default(), false).unwrap());
        assert!(before.is_some(), "this computer's process is gone");
        drop(lock);
        written(&folder, "another-laptop", now - Duration::from_hours(1));
        drop(ours(take(&folder, &Disk::default(), false).unwrap()));
        written(&folder, "another-laptop", now);
        let taken = take(&folder, &Disk::default(), false).unwrap();
        assert!(matches!(taken, Taken::Theirs { certain: false, .. }), "seen a moment ago, elsewhere");
        let (lock, _) = ours(take(&folder, &Disk::default(), true).unwrap());
        // And then the other computer comes back.
        written(&folder, "another-laptop", now);
        assert!(!lock.notice.beat());
        drop(lock);
        assert!(folder.join("open.ron").exists(), "what is theirs stays");
    }
}
