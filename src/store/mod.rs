//! Floor 3: the project folder. Every edit is appended to a journal at once; whole files are replaced atomically, later.
//! Reading never writes.
//!
//! ```text
//! project.ron                   format version, id, title, coders, variable schema, settings
//! codebook.ron                  the codes
//! entities.ron                  the register of names
//! articles/<id>.txt             the text exactly as coded
//! articles/<id>.ron             its metadata, parts, source and text hash
//! coding/<coder>/<article>.ron  one coder's work on one article, one annotation a line
//! journal/                      who has the project open, and what is not yet in the files above
//! ```

pub mod backups;
mod disk;
mod files;
mod journal;
mod layout;
mod lock;
pub mod migrate;
mod outside;
mod pack;
mod plain;
mod read;
mod recover;
pub mod repair;
mod single;
mod strays;
mod textless;
mod unsaved;
mod writer;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::edit::Touched;
use crate::model::{ArticleId, Project};
pub use disk::{Disk, Failure, Step, replace as replace_file};
use layout::{Content, Role};
pub use lock::Holder;
pub use outside::Outside;
pub use pack::{ENDING as PACKED, PackError, Packed, Receipt, content_hash, pack, read_any, read_packed, unpack};
use read::Seen;
pub use single::OneFile;
pub use textless::{SHARE, Shown, Texts, WORDS, pack_without_texts, rebuild};
use writer::Writer;

/// The version of the project folder that this program writes.
pub const FORMAT: u32 = 2;

/// No file of a project is larger than this, in bytes: an article of a million words has six million.
const LARGEST: u64 = 256 << 20;

/// The file by which a folder is known to be a project.
const MARK: &str = "project.ron";

/// The folder of the journals and of the lock.
const JOURNALS: &str = "journal";

/// Why a project could not be made, opened or saved.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is nothing at {0}. To make a project there: framelens new {0}")]
    Missing(PathBuf),
    #[error("{0} is not a Framelens project: it has no project.ron. Choose the folder that holds that file")]
    NotAProject(PathBuf),
    #[error("{0} is not empty. Choose a new folder, so that nothing in it is overwritten")]
    NotEmpty(PathBuf),
    #[error("cannot {doing} {path}: {reason}")]
    Io { doing: &'static str, path: PathBuf, reason: io::Error },
    #[error("{path} cannot be read: {reason}. Restore it from a copy; nothing was changed")]
    Broken { path: PathBuf, reason: String },
    #[error(
        "{0} was changed by another program since it was opened here, and is not overwritten. Your work is kept in memory and in the journal, and merged with the file as soon as it can be read"
    )]
    ChangedOutside(PathBuf),
    #[error("this project is open for reading only: {0}")]
    ReadOnly(String),
    #[error("{path} is open already: {holder}. Close it there, or open it here for reading only")]
    InUse {
        path: PathBuf,
        holder: Box<Holder>,
        /// Whether they surely still have it; else they were seen not long ago, on another computer.
        certain: bool,
    },
    #[error(
        "the files of {path} could not be copied before they are written in a newer format: {reason}. Nothing was written; your work is in memory and in the journal"
    )]
    OlderNotKept { path: PathBuf, reason: String },
    #[error("the journal of {path} cannot be written: {reason}. Your work is still in memory")]
    Journal { path: PathBuf, reason: String },
}

impl StoreError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |reason| Self::Io { doing, path, reason }
    }
}

/// A project folder that is open.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    read_only: Option<String>,
    /// What each file held when it was last read or written here, so that somebody else's change is never overwritten.
    known: Mutex<HashMap<PathBuf, Seen>>,
    disk: Disk,
    /// Made with the first edit.
    journal: OnceLock<Option<Writer>>,
    /// Journals of writers who are gone, whose edits wait to be saved in the files.
    left: Mutex<Vec<recover::Left>>,
    /// The oldest format that any of the files has, until the first of them is written.
    oldest: Mutex<u32>,
    /// Held while the project is open for work. Dropped last, after the journal is closed.
    lock: Mutex<Option<lock::Lock>>,
}

/// A project as it was read.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    pub project: Project,
    /// Why nothing can be written, in whole sentences; none where it can.
    pub notices: Vec<String>,
    /// What else is worth knowing: work that a crash had left in the journal, a lock that nobody holds any more.
    pub news: Vec<String>,
    /// Articles whose text is not the one that was coded.
    pub changed: Vec<ArticleId>,
    /// Files that look like copies of the project's own: what synchronising programs make when two write at once.
    pub strays: Vec<PathBuf>,
    /// What came out of a journal and is not yet in the files.
    pub recovered: BTreeSet<Touched>,
    /// The project as the files alone have it.
    pub on_disk: Project,
}

/// How a project is opened.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// To work in it: nobody else may have it open.
    pub to_write: bool,
    /// Also where somebody on another computer may still have it open.
    pub force: bool,
    pub disk: Disk,
}

impl Store {
    /// Makes a project folder at `root`, which must not exist or be empty.
    ///
    /// # Errors
    /// Where something is there already or cannot be written.
    pub fn create(root: &Path, project: &Project) -> Result<Self, StoreError> {
        Self::create_on(root, project, Disk::default())
    }

    /// As [`create`](Self::create), on this disk.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_on(root: &Path, project: &Project, disk: Disk) -> Result<Self, StoreError> {
        match fs::read_dir(root) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(StoreError::NotEmpty(root.to_owned()));
                }
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                disk.make_folder(root).map_err(StoreError::io("make the folder", root))?;
            }
            Err(e) => return Err(StoreError::io("read the folder", root)(e)),
        }
        let lock = match lock::take(&root.join(JOURNALS), &disk, false) {
            Ok(lock::Taken::Ours(lock, _)) => lock,
            Ok(lock::Taken::Theirs { holder, certain }) => {
                return Err(StoreError::InUse { path: root.to_owned(), holder: Box::new(holder), certain });
            }
            Err(e) => return Err(StoreError::io("write in", root)(e)),
        };
        let store = Self::new(root, disk, HashMap::new(), Some(lock));
        store.save(project, &everything(project))?;
        Ok(store)
    }

    fn new(root: &Path, disk: Disk, known: HashMap<PathBuf, Seen>, lock: Option<lock::Lock>) -> Self {
        Self {
            root: root.to_owned(),
            read_only: None,
            known: Mutex::new(known),
            disk,
            journal: OnceLock::new(),
            left: Mutex::default(),
            oldest: Mutex::new(FORMAT),
            lock: Mutex::new(lock),
        }
    }

    /// Reads the project folder at `root`, with what is only in its journals as yet. Nothing is written, now or later:
    /// the store is read-only. What a newer version made, and what cannot be read, is told in the notices.
    ///
    /// # Errors
    /// Where the folder is not a project, or its `project.ron` or `codebook.ron` cannot be read.
    pub fn open(root: &Path) -> Result<Opened, StoreError> {
        Self::open_as(root, &Opening::default(), &mut |_| ())
    }

    /// Opens the project folder at `root` to work in it. Where it can be read and not written, it is open for reading
    /// only, and the notices say why.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where somebody else has it open.
    pub fn open_to_write(root: &Path) -> Result<Opened, StoreError> {
        Self::open_as(root, &Opening { to_write: true, ..Opening::default() }, &mut |_| ())
    }

    /// Opens a project in one way or the other. `listed` is called with the project as soon as its articles are known.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`open_to_write`](Self::open_to_write).
    pub fn open_as(root: &Path, how: &Opening, listed: &mut dyn FnMut(&Project)) -> Result<Opened, StoreError> {
        let root = if root.ends_with(MARK) { root.parent().unwrap_or(root) } else { root };
        let mark = root.join(MARK);
        if !mark.is_file() {
            return Err(if root.exists() {
                StoreError::NotAProject(root.to_owned())
            } else {
                StoreError::Missing(root.to_owned())
            });
        }
        let mut news = Vec::new();
        let mut unwritable = None;
        let mut lock = None;
        if how.to_write {
            match take_lock(root, how) {
                Ok(lock::Taken::Ours(ours, before)) => {
                    lock = Some(ours);
                    news.extend(before.map(|holder| {
                        format!("It was open before ({holder}) and not closed. Nobody has it open any more.")
                    }));
                }
                Ok(lock::Taken::Theirs { holder, certain }) => {
                    return Err(StoreError::InUse { path: root.to_owned(), holder: Box::new(holder), certain });
                }
                Err(error) => {
                    unwritable = Some(format!(
                        "{} cannot be written ({error}). The project is open for reading only.",
                        root.display()
                    ));
                }
            }
        }
        let (on_disk, mut found) = read::project(root, listed)?;
        found.notices.splice(0..0, unwritable);
        let recovered = recover::recover(root, on_disk.clone(), how.to_write)?;
        found.notices.extend(recovered.notices);
        news.extend(recovered.news);
        let mut store = Self::new(root, how.disk.clone(), found.known.into_iter().collect(), lock);
        store.read_only = match found.notices.first() {
            Some(notice) => Some(notice.clone()),
            None if how.to_write => None,
            None => Some("it was opened to be read".to_owned()),
        };
        if store.read_only.is_some() {
            store.lock = Mutex::new(None);
        }
        *store.left() = recovered.journals;
        let oldest = found.oldest.unwrap_or(FORMAT);
        store.oldest = Mutex::new(oldest);
        if how.to_write && oldest < FORMAT && store.read_only.is_none() {
            news.push(format!(
                "An older Framelens made this project (format {oldest}, this one writes {FORMAT}). Before the first change is saved, all its files are copied into backups/ as they are."
            ));
        }
        Ok(Opened {
            store,
            project: recovered.project,
            notices: found.notices,
            news,
            changed: found.changed,
            strays: found.strays,
            recovered: recovered.touched,
            on_disk,
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Why nothing can be saved here, if nothing can.
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_deref()
    }

    /// Writes the files that were touched, each whole and atomically. A file that somebody else changed meanwhile is
    /// left as it is.
    ///
    /// # Errors
    /// The first thing that went wrong; files written before it stay written, and saving again is safe.
    pub fn save(&self, project: &Project, touched: &BTreeSet<Touched>) -> Result<(), StoreError> {
        if let Some(why) = &self.read_only {
            return Err(StoreError::ReadOnly(why.clone()));
        }
        // A folder that was taken away is not made anew from what happens to be saved next.
        if self.seen_before(MARK) && !self.root.join(MARK).exists() && !touched.contains(&Touched::Project) {
            return Err(StoreError::Missing(self.root.clone()));
        }
        self.keep_older()?;
        for touched in touched {
            for (path, content) in layout::files_of(project, touched) {
                match content {
                    Some(Content::Text(text)) => self.put_text(&path, text)?,
                    Some(Content::Ron(ron)) => self.put(&path, Some(ron))?,
                    None => self.put(&path, None)?,
                }
            }
        }
        Ok(())
    }

    fn seen_before(&self, name: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&self.root.join(name))
    }

    /// Where an older program made the project, its files are kept as they are before the first of them is written.
    fn keep_older(&self) -> Result<(), StoreError> {
        let mut oldest = self.oldest.lock().unwrap_or_else(PoisonError::into_inner);
        if *oldest < FORMAT {
            migrate::before_first_save(&self.root, *oldest, &self.disk)
                .map_err(|e| StoreError::OlderNotKept { path: self.root.clone(), reason: e.to_string() })?;
            *oldest = FORMAT;
        }
        Ok(())
    }

    /// An article's text is written once; where the same text is there already, it is left alone.
    fn put_text(&self, path: &Path, text: &str) -> Result<(), StoreError> {
        let same = fs::read(self.root.join(path)).is_ok_and(|there| there == text.as_bytes());
        if same { Ok(()) } else { self.put(path, Some(text.to_owned())) }
    }

    /// Replaces one file, or removes it (`None`).
    fn put(&self, path: &Path, content: Option<String>) -> Result<(), StoreError> {
        let path = self.root.join(path);
        let there = match fs::read(&path) {
            Ok(bytes) => Some(blake3::hash(&bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(StoreError::io("read", &path)(e)),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new = content.as_ref().map(|c| blake3::hash(c.as_bytes()));
        let mut result = Ok(());
        if there == new {
            // Nothing to do; and if it was somebody else who wrote the same, so much the better.
        } else if there.is_some() && there != known.get(&path).map(|seen| seen.hash) {
            // Whatever its length and time say, it is to be looked at.
            if let Some(seen) = known.get_mut(&path) {
                seen.stamp = None;
            }
            return Err(StoreError::ChangedOutside(path));
        } else {
            let done = match &content {
                Some(content) => self.disk.replace(&path, content.as_bytes()).map_err(StoreError::io("write", &path)),
                None => self.disk.remove(&path).map_err(StoreError::io("remove", &path)),
            };
            // What was reported as failed may have been done all the same; then it is our own work that is there.
            if done.is_err() && fs::read(&path).ok().map(|bytes| blake3::hash(&bytes)) != new {
                return done;
            }
            result = done;
        }
        match new {
            Some(hash) => known.insert(path.clone(), Seen { hash, stamp: read::stamp(&path) }),
            None => known.remove(&path),
        };
        result
    }
}

impl Store {
    /// Keeps a copy of the project in its folder; see [`backups::make`].
    ///
    /// # Errors
    /// As [`backups::make`].
    pub fn back_up(&self, project: &Project, why: &str) -> Result<Option<backups::Backup>, PackError> {
        backups::make_on(&self.disk, &self.root, project, why)
    }

    /// Puts a report of an import into the project's folder, as `imports/NAME`. Returns where it lies.
    ///
    /// # Errors
    /// Where the project is read-only or the file cannot be written.
    pub fn keep_report(&self, name: &str, content: &[u8]) -> Result<PathBuf, StoreError> {
        if let Some(why) = self.read_only() {
            return Err(StoreError::ReadOnly(why.to_owned()));
        }
        let folder = self.root.join("imports");
        let path = folder.join(name);
        self.disk.make_folder(&folder).map_err(StoreError::io("make", &folder))?;
        self.disk.replace(&path, content).map_err(StoreError::io("write", &path))?;
        Ok(path)
    }
}

/// A project that nobody else can open for work while this is held.
#[derive(Debug)]
pub struct Held(#[allow(dead_code, reason = "held until it is dropped")] lock::Lock);

/// Holds the project at `root`, as for a repair.
///
/// # Errors
/// Where somebody has it open, or it cannot be written.
pub fn hold(root: &Path) -> Result<Held, StoreError> {
    match take_lock(root, &Opening::default()).map_err(StoreError::io("write in", root))? {
        lock::Taken::Ours(lock, _) => Ok(Held(lock)),
        lock::Taken::Theirs { holder, certain } => {
            Err(StoreError::InUse { path: root.to_owned(), holder: Box::new(holder), certain })
        }
    }
}

/// Takes the project's lock. One that this very program holds may be about to go: a job of a window that was closed a
/// moment ago is still reading.
fn take_lock(root: &Path, how: &Opening) -> io::Result<lock::Taken> {
    for _ in 0..50 {
        match lock::take(&root.join(JOURNALS), &how.disk, how.force)? {
            lock::Taken::Theirs { holder, .. } if holder.process == std::process::id() => {
                std::thread::sleep(Duration::from_millis(20));
            }
            taken => return Ok(taken),
        }
    }
    lock::take(&root.join(JOURNALS), &how.disk, how.force)
}

/// Reads what would stand in the file of this name within a project (`coding/jl/a.ron`), and returns it as it would be
/// written: what was read can be read again, and is written the same.
///
/// # Errors
/// Where a project has no such file, or it could not be read.
pub fn rewritten(name: &str, bytes: &[u8]) -> Result<String, StoreError> {
    let role = Role::of(name).ok_or_else(|| broken(Path::new(name), "a project has no file of this name"))?;
    files::rewritten(&role, bytes).map_err(|reason| broken(Path::new(name), reason))
}

/// Whether a path is one of the files that the project at `root` consists of: nothing else may be written there.
pub fn is_own_file(root: &Path, path: &Path) -> bool {
    let whole = |path: &Path| {
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
    };
    let (Ok(root), Some(path)) = (fs::canonicalize(root), whole(path)) else { return false };
    path.strip_prefix(root).is_ok_and(|name| Role::of(&layout::name_of(name)).is_some())
}

/// Every file of a project.
pub fn everything(project: &Project) -> BTreeSet<Touched> {
    let mut all = BTreeSet::from([Touched::Project, Touched::Codebook, Touched::Entities]);
    all.extend(project.articles.keys().cloned().map(Touched::Article));
    all.extend(project.codings.keys().cloned().map(|(coder, article)| Touched::Coding(coder, article)));
    all
}

fn broken(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Broken { path: path.to_owned(), reason: reason.into() }
}
