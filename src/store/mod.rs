//! Floor 3: the project folder. Whole files, replaced atomically; reading never writes.
//!
//! ```text
//! project.ron                   format version, id, title, coders, variable schema, settings
//! codebook.ron                  the codes
//! entities.ron                  the register of names
//! articles/<id>.txt             the text exactly as coded; never rewritten
//! articles/<id>.ron             its metadata, parts, source and text hash
//! coding/<coder>/<article>.ron  one coder's work on one article, one annotation a line
//! ```

mod atomic;
pub mod backups;
mod files;
mod layout;
pub mod migrate;
mod pack;
pub mod repair;
mod textless;
mod zip;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::edit::Touched;
use crate::model::{Article, ArticleId, CoderId, Coding, Project};
pub use atomic::replace as replace_file;
use files::{ArticleFile, CodebookFile, CodingFile, EntitiesFile, Kind, ProjectFile};
use layout::{Content, Role};
pub use pack::{PackError, Packed, Receipt, content_hash, pack, read_any, read_packed, unpack};
pub use textless::{SHARE, Shown, Texts, WORDS, pack_without_texts, rebuild};

/// The version of the project folder that this program writes.
pub const FORMAT: u32 = 2;

/// No file of a project is larger than this, in bytes: an article of a million words has six million.
const LARGEST: u64 = 256 << 20;

/// The file by which a folder is known to be a project.
const MARK: &str = "project.ron";

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
    known: Mutex<HashMap<PathBuf, blake3::Hash>>,
}

/// A project as it was read.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    pub project: Project,
    /// What the reader should be told, in whole sentences. Where it is not empty the store is read-only, unless the
    /// sentence says otherwise.
    pub notices: Vec<String>,
}

impl Store {
    /// Makes a project folder at `root`, which must not exist or be empty.
    ///
    /// # Errors
    /// Where something is there already or cannot be written.
    pub fn create(root: &Path, project: &Project) -> Result<Self, StoreError> {
        match fs::read_dir(root) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(StoreError::NotEmpty(root.to_owned()));
                }
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(root).map_err(StoreError::io("make the folder", root))?;
            }
            Err(e) => return Err(StoreError::io("read the folder", root)(e)),
        }
        let store = Self { root: root.to_owned(), read_only: None, known: Mutex::default() };
        store.save(project, &everything(project))?;
        Ok(store)
    }

    /// Opens the project folder at `root`. Nothing is written. A file of a newer version, or one that cannot be read,
    /// makes the project read-only and is told in the notices, so that nothing in it can be lost.
    ///
    /// # Errors
    /// Where the folder is not a project, or its `project.ron` or `codebook.ron` cannot be read.
    pub fn open(root: &Path) -> Result<Opened, StoreError> {
        let root = if root.ends_with(MARK) { root.parent().unwrap_or(root) } else { root };
        let mark = root.join(MARK);
        if !mark.is_file() {
            return Err(if root.exists() {
                StoreError::NotAProject(root.to_owned())
            } else {
                StoreError::Missing(root.to_owned())
            });
        }
        let mut known = HashMap::new();
        let mut notices = Vec::new();
        let main: ProjectFile = load(&mark, &mut known, &mut notices)?;
        let mut project = main.into_project();
        let codebook = root.join("codebook.ron");
        project.codebook = load::<CodebookFile>(&codebook, &mut known, &mut notices)?.into_codebook();
        let entities = root.join("entities.ron");
        if entities.is_file() {
            project.entities = load::<EntitiesFile>(&entities, &mut known, &mut notices)?.into_entities();
        }
        read_articles(root, &mut project, &mut known, &mut notices)?;
        read_codings(root, &mut project, &mut known, &mut notices)?;
        let read_only = notices.first().cloned();
        Ok(Opened { store: Self { root: root.to_owned(), read_only, known: Mutex::new(known) }, project, notices })
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
        if there == new {
            // Nothing to do; and if it was somebody else who wrote the same, so much the better.
        } else if there.is_some() && there != known.get(&path).copied() {
            return Err(StoreError::ChangedOutside(path));
        } else if let Some(content) = content {
            atomic::replace(&path, content.as_bytes()).map_err(StoreError::io("write", &path))?;
        } else if there.is_some() {
            atomic::remove(&path).map_err(StoreError::io("remove", &path))?;
        }
        match new {
            Some(hash) => known.insert(path, hash),
            None => known.remove(&path),
        };
        Ok(())
    }
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

/// Every file of a project.
pub fn everything(project: &Project) -> BTreeSet<Touched> {
    let mut all = BTreeSet::from([Touched::Project, Touched::Codebook, Touched::Entities]);
    all.extend(project.articles.keys().cloned().map(Touched::Article));
    all.extend(project.codings.keys().cloned().map(|(coder, article)| Touched::Coding(coder, article)));
    all
}

/// One file, with a notice where it holds what this program does not know or would lose.
fn load<T: Kind>(
    path: &Path,
    known: &mut HashMap<PathBuf, blake3::Hash>,
    notices: &mut Vec<String>,
) -> Result<T, StoreError> {
    const CLOSED: &str = "The project is open for reading only, so that none of it is lost.";
    let text = read_text(path, known)?;
    let (value, unknown) = files::parse::<T>(&text).map_err(|reason| match files::format_of(&text) {
        Some(format) if format > FORMAT => {
            broken(path, format!("a newer Framelens made it (format {format}, this one knows {FORMAT}; {reason})"))
        }
        _ => broken(path, reason),
    })?;
    let shown = path.display();
    if value.format() > FORMAT {
        let format = value.format();
        notices.push(format!(
            "{shown} was made by a newer Framelens (format {format}, this one knows {FORMAT}). {CLOSED}"
        ));
    }
    if let Some(id) = value.twice() {
        notices.push(format!("{shown} holds {id} twice. {CLOSED}"));
    }
    if !unknown.paths.is_empty() {
        let mut fields = unknown.paths.join(", ");
        if unknown.more > 0 {
            fields += &format!(" and {} more", unknown.more);
        }
        notices.push(format!("{shown} holds what this Framelens does not know ({fields}). {CLOSED}"));
    }
    Ok(value)
}

fn read_text(path: &Path, known: &mut HashMap<PathBuf, blake3::Hash>) -> Result<String, StoreError> {
    let about = fs::metadata(path).map_err(StoreError::io("read", path))?;
    // Reading a pipe would wait for ever, and reading a device would never end.
    if !about.is_file() {
        return Err(broken(path, "it is not a file"));
    }
    if about.len() > LARGEST {
        return Err(broken(path, format!("it is larger than {} MB", LARGEST >> 20)));
    }
    let bytes = fs::read(path).map_err(StoreError::io("read", path))?;
    known.insert(path.to_owned(), blake3::hash(&bytes));
    String::from_utf8(bytes).map_err(|e| broken(path, format!("byte {} is not UTF-8", e.utf8_error().valid_up_to())))
}

/// The files with this ending right in a folder, sorted; none where the folder is missing.
fn list(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io("read the folder", folder)(e)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(StoreError::io("read the folder", folder))?.path();
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if path.extension().is_some_and(|e| e == ending) && !hidden {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What one file gave: its value, what it held, and what to tell of it.
struct Loaded<T> {
    value: Option<T>,
    known: HashMap<PathBuf, blake3::Hash>,
    notices: Vec<String>,
}

/// Reads many files at once; one that fails becomes a notice.
fn load_all<T: Send>(
    paths: Vec<PathBuf>,
    read: impl Fn(&Path, &mut HashMap<PathBuf, blake3::Hash>, &mut Vec<String>) -> Result<T, StoreError> + Sync,
) -> Vec<Loaded<T>> {
    paths
        .into_par_iter()
        .map(|path| {
            let (mut known, mut notices) = (HashMap::new(), Vec::new());
            let value = match read(&path, &mut known, &mut notices) {
                Ok(value) => Some(value),
                Err(error) => {
                    notices.push(format!("{error}. The project is open for reading only, so that nothing is lost."));
                    None
                }
            };
            Loaded { value, known, notices }
        })
        .collect()
}

fn read_articles(
    root: &Path,
    project: &mut Project,
    known: &mut HashMap<PathBuf, blake3::Hash>,
    notices: &mut Vec<String>,
) -> Result<(), StoreError> {
    let loaded = load_all(list(&root.join("articles"), "ron")?, |path, known, notices| {
        let file: ArticleFile = load(path, known, notices)?;
        let id = id_of_file::<ArticleId>(path)?;
        let text = read_text(&path.with_extension("txt"), known)?;
        let article = file.into_article(id, text).map_err(|reason| broken(path, reason))?;
        if Article::hash_of(&article.text) != article.hash {
            notices.push(format!(
                "{} is not the text that was coded. The project is open for reading only; restore the text from a copy.",
                path.with_extension("txt").display()
            ));
        }
        Ok(article)
    });
    for one in loaded {
        known.extend(one.known);
        notices.extend(one.notices);
        if let Some(article) = one.value {
            project.articles.insert(article.id.clone(), Arc::new(article));
        }
    }
    Ok(())
}

fn read_codings(
    root: &Path,
    project: &mut Project,
    known: &mut HashMap<PathBuf, blake3::Hash>,
    notices: &mut Vec<String>,
) -> Result<(), StoreError> {
    let folder = root.join("coding");
    let mut paths = Vec::new();
    let coders = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(Result::ok).map(|e| e.path()).filter(|p| p.is_dir()).collect(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(StoreError::io("read the folder", &folder)(e)),
    };
    for coder in coders {
        paths.extend(list(&coder, "ron")?);
    }
    paths.sort();
    let loaded = load_all(paths, |path, known, notices| {
        let file: CodingFile = load(path, known, notices)?;
        let article = id_of_file::<ArticleId>(path)?;
        let coder = id_of_file::<CoderId>(path.parent().unwrap_or(path))?;
        if file.coder != coder || file.article != article {
            return Err(broken(path, format!("it says it is {}’s work on {}", file.coder, file.article)));
        }
        let coding = file.into_coding().map_err(|reason| broken(path, reason))?;
        Ok(((coder, article), coding))
    });
    let mut codings: BTreeMap<(CoderId, ArticleId), Arc<Coding>> = BTreeMap::new();
    for one in loaded {
        known.extend(one.known);
        notices.extend(one.notices);
        if let Some((key, coding)) = one.value {
            codings.insert(key, Arc::new(coding));
        }
    }
    project.codings = codings;
    Ok(())
}

fn broken(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Broken { path: path.to_owned(), reason: reason.into() }
}

fn id_of_file<T: std::str::FromStr<Err = crate::model::IdError>>(path: &Path) -> Result<T, StoreError> {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    stem.parse().map_err(|e: crate::model::IdError| broken(path, e.to_string()))
}
