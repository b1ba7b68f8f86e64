//! Floor 3: the project folder. Every edit is appended to a journal at once; whole files are replaced atomically, later.
//! Reading never writes.
//!
//! ```text
//! project.ron                   format version, id, title, coders, variable schema, settings
//! codebook.ron                  the codes
//! entities.ron                  the register of names
//! articles/<id>.txt             the text exactly as coded; never rewritten
//! articles/<id>.ron             its metadata, parts, source and text hash
//! coding/<coder>/<article>.ron  one coder's work on one article, one annotation a line
//! journal/                      who has the project open, and what is not yet in the files above
//! ```

mod disk;
mod files;
mod journal;
mod lock;
mod plain;
mod read;
mod recover;
mod writer;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::edit::{Edit, Touched};
use crate::model::{Article, ArticleId, CoderId, Project};
pub use disk::{Disk, Failure, Step, replace as replace_file};
use files::{ArticleFile, CodebookFile, CodingFile, EntitiesFile, ProjectFile};
use journal::Begun;
pub use lock::Holder;
use read::Seen;
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
        "{0} was changed by another program since it was opened here. It was not overwritten; your work is still in this window. Save it in a new folder (Save a copy), then open both"
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
    left: Mutex<Vec<PathBuf>>,
    /// Held while the project is open for work. Dropped last, after the journal is closed.
    lock: Option<lock::Lock>,
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
            lock,
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
            match lock::take(&root.join(JOURNALS), &how.disk, how.force) {
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
        let (disk_state, mut found) = read::project(root, listed)?;
        found.notices.splice(0..0, unwritable);
        let recovered = recover::recover(root, disk_state, how.to_write)?;
        found.notices.extend(recovered.notices);
        news.extend(recovered.news);
        let mut store = Self::new(root, how.disk.clone(), found.known.into_iter().collect(), lock);
        store.read_only = match found.notices.first() {
            Some(notice) => Some(notice.clone()),
            None if how.to_write => None,
            None => Some("it was opened to be read".to_owned()),
        };
        if store.read_only.is_some() {
            store.lock = None;
        }
        *store.left() = recovered.journals;
        Ok(Opened {
            store,
            project: recovered.project,
            notices: found.notices,
            news,
            changed: found.changed,
            strays: found.strays,
            recovered: recovered.touched,
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
        for touched in touched {
            match touched {
                Touched::Project => self.put(Path::new(MARK), Some(ProjectFile::of(project).to_ron()))?,
                Touched::Codebook => {
                    self.put(Path::new("codebook.ron"), Some(CodebookFile::of(&project.codebook).to_ron()))?;
                }
                Touched::Entities => {
                    let some = (!project.entities.is_empty()).then(|| EntitiesFile::of(&project.entities).to_ron());
                    self.put(Path::new("entities.ron"), some)?;
                }
                Touched::Article(id) => {
                    let article = project.articles.get(id);
                    let text = article_path(id, "txt");
                    if let Some(article) = article {
                        self.put_text(&text, article)?;
                    }
                    self.put(&article_path(id, "ron"), article.map(|a| ArticleFile::of(a).to_ron()))?;
                    if article.is_none() {
                        self.put(&text, None)?;
                    }
                }
                Touched::Coding(coder, article) => {
                    let coding = project.coding(coder, article);
                    let ron = coding.map(|c| CodingFile::of(coder, article, c).to_ron());
                    self.put(&coding_path(coder, article), ron)?;
                }
            }
        }
        Ok(())
    }

    /// An article's text is written once; where the same text is there already, it is left alone.
    fn put_text(&self, path: &Path, article: &Article) -> Result<(), StoreError> {
        let same = fs::read(self.root.join(path)).is_ok_and(|there| there == article.text.as_bytes());
        if same { Ok(()) } else { self.put(path, Some(article.text.to_string())) }
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
        if there == new {
            // Nothing to do; and if it was somebody else who wrote the same, so much the better.
        } else if there.is_some() && there != known.get(&path).map(|seen| seen.hash) {
            return Err(StoreError::ChangedOutside(path));
        } else if let Some(content) = content {
            self.disk.replace(&path, content.as_bytes()).map_err(StoreError::io("write", &path))?;
        } else if there.is_some() {
            self.disk.remove(&path).map_err(StoreError::io("remove", &path))?;
        }
        match new {
            Some(hash) => known.insert(path.clone(), Seen { hash, stamp: read::stamp(&path) }),
            None => known.remove(&path),
        };
        Ok(())
    }
}

/// What is not in the files yet.
impl Store {
    /// Hands an edit to the journal, with what stood in its slots before. It is on disk once
    /// [`settle`](Self::settle) says so.
    pub fn journal(&self, project: &Project, edit: &Edit, was: Edit) {
        if self.read_only.is_some() {
            return;
        }
        let journal = self.journal.get_or_init(|| {
            let name = format!("{}.journal", uuid::Uuid::now_v7());
            let begun = Begun { format: FORMAT, project: project.id };
            // Without a thread there is no journal: settling says so, and files are saved all the same.
            Writer::new(self.root.join(JOURNALS).join(name), begun, self.disk.clone()).ok()
        });
        if let Some(journal) = journal {
            journal.append(edit.clone(), was);
        }
    }

    /// The number of the last edit that the journal was given; 0 where there was none.
    pub fn last_edit(&self) -> u64 {
        self.writer().map_or(0, Writer::last)
    }

    /// Waits until every edit so far is on disk, `longest` at the most. Returns whether all are.
    ///
    /// # Errors
    /// Why they are not; they stay in memory and are tried again.
    pub fn settle(&self, longest: Option<Duration>) -> Result<bool, StoreError> {
        let failed = |reason| StoreError::Journal { path: self.root.clone(), reason };
        match (self.journal.get(), &self.read_only) {
            (_, Some(why)) => Err(StoreError::ReadOnly(why.clone())),
            (None, None) => Ok(true),
            (Some(Some(journal)), None) => journal.wait(longest).map_err(failed),
            (Some(None), None) => Err(failed("the system gives no more threads".to_owned())),
        }
    }

    /// Why the journal cannot be written, while it cannot.
    pub fn journal_failure(&self) -> Option<String> {
        self.writer().and_then(Writer::failure)
    }

    /// Says that everything up to this edit is in the files, and what other writers had left behind as well.
    pub fn saved_up_to(&self, edit: u64) {
        if let Some(journal) = self.writer() {
            journal.saved(edit);
        }
        let left = std::mem::take(&mut *self.left());
        for path in left {
            // One that stays is replayed once more and changes nothing.
            let _ = self.disk.remove(&path);
        }
    }

    /// Whether another computer took the project although it is open here.
    pub fn is_taken(&self) -> bool {
        self.lock.as_ref().is_some_and(lock::Lock::is_lost)
    }

    /// Whether every edit so far is on disk, in the journal or in the files.
    pub fn is_settled(&self) -> bool {
        self.writer().is_none_or(Writer::is_settled)
    }

    fn writer(&self) -> Option<&Writer> {
        self.journal.get()?.as_ref()
    }

    fn left(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every file of a project.
pub fn everything(project: &Project) -> BTreeSet<Touched> {
    let mut all = BTreeSet::from([Touched::Project, Touched::Codebook, Touched::Entities]);
    all.extend(project.articles.keys().cloned().map(Touched::Article));
    all.extend(project.codings.keys().cloned().map(|(coder, article)| Touched::Coding(coder, article)));
    all
}

fn article_path(id: &ArticleId, ending: &str) -> PathBuf {
    Path::new("articles").join(format!("{id}.{ending}"))
}

fn coding_path(coder: &CoderId, article: &ArticleId) -> PathBuf {
    Path::new("coding").join(coder.as_str()).join(format!("{article}.ron"))
}

fn broken(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Broken { path: path.to_owned(), reason: reason.into() }
}
