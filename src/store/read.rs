//! Reading a project folder. Nothing here writes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;

use super::files::{self, ArticleFile, CodebookFile, CodingFile, EntitiesFile, Kind, ProjectFile};
use super::{FORMAT, LARGEST, MARK, StoreError, broken};
use crate::model::{Article, ArticleId, Codebook, CoderId, Coding, Entity, EntityId, Project};

/// What a file held when it was last read or written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub hash: blake3::Hash,
    /// Its length and the moment of its last change: while both stay, it is not read again.
    pub stamp: Option<Stamp>,
}

pub type Stamp = (u64, SystemTime);

/// The stamp of a file, where there is one.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()?))
}

/// What is found while files are read.
#[derive(Debug, Default)]
pub struct Findings {
    /// What each file held, in the order of reading.
    pub known: Vec<(PathBuf, Seen)>,
    /// Why nothing may be written, in whole sentences.
    pub notices: Vec<String>,
    /// Articles whose text is not the one that was coded.
    pub changed: Vec<ArticleId>,
    /// Files that are no part of the project but look like copies of one: a synchronising program’s “conflicted copy”.
    pub strays: Vec<PathBuf>,
    /// The oldest format that any file has.
    pub oldest: Option<u32>,
}

impl Findings {
    fn add(&mut self, other: Self) {
        self.known.extend(other.known);
        self.notices.extend(other.notices);
        self.changed.extend(other.changed);
        self.strays.extend(other.strays);
        self.oldest = self.oldest.into_iter().chain(other.oldest).min();
    }
}

/// Reads the whole project at `root`. `listed` is called with the project as soon as its articles are known, before
/// any coding is read.
///
/// # Errors
/// Where `project.ron` or `codebook.ron` cannot be read.
pub fn project(root: &Path, listed: &mut dyn FnMut(&Project)) -> Result<(Project, Findings), StoreError> {
    let mut found = Findings::default();
    let mut project = main(&root.join(MARK), &mut found)?;
    project.codebook = codebook(&root.join("codebook.ron"), &mut found)?;
    let register = root.join("entities.ron");
    // A register that is something else than a file is not one that is not there.
    if fs::symlink_metadata(&register).is_ok() {
        project.entities = entities(&register, &mut found)?;
    }
    found.strays = beside_main(root)?;
    read_articles(root, &mut project, &mut found)?;
    listed(&project);
    read_codings(root, &mut project, &mut found)?;
    Ok((project, found))
}

/// Files right in the project's folder that look like copies of its own.
pub fn beside_main(root: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut files = list(root, "ron")?;
    files.retain(|path| {
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        ["project", "codebook", "entities"].iter().any(|own| name.starts_with(own) && name != *own)
    });
    Ok(files)
}

/// `project.ron`: the project without its codes, articles and codings.
pub fn main(path: &Path, found: &mut Findings) -> Result<Project, StoreError> {
    Ok(load::<ProjectFile>(path, found)?.into_project())
}

pub fn codebook(path: &Path, found: &mut Findings) -> Result<Codebook, StoreError> {
    Ok(load::<CodebookFile>(path, found)?.into_codebook())
}

pub fn entities(path: &Path, found: &mut Findings) -> Result<BTreeMap<EntityId, Entity>, StoreError> {
    Ok(load::<EntitiesFile>(path, found)?.into_entities())
}

/// One file, with a notice where it holds what this program does not know or would lose.
pub fn load<T: Kind>(path: &Path, found: &mut Findings) -> Result<T, StoreError> {
    const CLOSED: &str = "The project is open for reading only, so that none of it is lost.";
    let text = read_text(path, found)?;
    let (value, unknown) = files::parse::<T>(&text).map_err(|reason| match files::format_of(&text) {
        Some(format) if format > FORMAT => {
            broken(path, format!("a newer Framelens made it (format {format}, this one knows {FORMAT}; {reason})"))
        }
        _ => broken(path, reason),
    })?;
    let shown = path.display();
    found.oldest = Some(found.oldest.unwrap_or(FORMAT).min(value.format()));
    if value.format() > FORMAT {
        let format = value.format();
        found.notices.push(format!(
            "{shown} was made by a newer Framelens (format {format}, this one knows {FORMAT}). {CLOSED}"
        ));
    }
    if let Some(id) = value.twice() {
        found.notices.push(format!("{shown} holds {id} twice. {CLOSED}"));
    }
    if !unknown.paths.is_empty() {
        let mut fields = unknown.paths.join(", ");
        if unknown.more > 0 {
            fields += &format!(" and {} more", unknown.more);
        }
        found.notices.push(format!("{shown} holds what this Framelens does not know ({fields}). {CLOSED}"));
    }
    Ok(value)
}

pub fn read_text(path: &Path, found: &mut Findings) -> Result<String, StoreError> {
    read_bytes(path, found).map(|(text, _)| text)
}

/// A file's text, and the hash of its bytes.
fn read_bytes(path: &Path, found: &mut Findings) -> Result<(String, blake3::Hash), StoreError> {
    let about = fs::metadata(path).map_err(StoreError::io("read", path))?;
    // Reading a pipe would wait for ever, and reading a device would never end.
    if !about.is_file() {
        return Err(broken(path, "it is not a file"));
    }
    if about.len() > LARGEST {
        return Err(broken(path, format!("it is larger than {} MB", LARGEST >> 20)));
    }
    let bytes = fs::read(path).map_err(StoreError::io("read", path))?;
    let stamp = about.modified().ok().map(|at| (about.len(), at));
    let hash = blake3::hash(&bytes);
    found.known.push((path.to_owned(), Seen { hash, stamp }));
    let text = String::from_utf8(bytes)
        .map_err(|e| broken(path, format!("byte {} is not UTF-8", e.utf8_error().valid_up_to())))?;
    Ok((text, hash))
}

/// The files with this ending right in a folder, sorted; none where the folder is missing.
pub fn list(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, StoreError> {
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

/// The folders right in a folder; none where it is missing.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.filter_map(Result::ok).map(|e| e.path()).filter(|p| p.is_dir()).collect()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(StoreError::io("read the folder", folder)(e)),
    }
}

/// Reads many files at once; one that fails becomes a notice.
fn load_all<T: Send>(
    paths: Vec<PathBuf>,
    found: &mut Findings,
    read: impl Fn(&Path, &mut Findings) -> Result<T, StoreError> + Sync,
) -> Vec<T> {
    // One pot for many files, joined in the files’ order: a pot for each would cost more than what is in it.
    let (values, more) = paths
        .into_par_iter()
        .fold(
            || (Vec::new(), Findings::default()),
            |(mut values, mut found), path| {
                match read(&path, &mut found) {
                    Ok(value) => values.push(value),
                    Err(error) => found
                        .notices
                        .push(format!("{error}. The project is open for reading only, so that nothing is lost.")),
                }
                (values, found)
            },
        )
        .reduce(
            || (Vec::new(), Findings::default()),
            |(mut values, mut found), (others, more)| {
                values.extend(others);
                found.add(more);
                (values, found)
            },
        );
    found.add(more);
    values
}

fn read_articles(root: &Path, project: &mut Project, found: &mut Findings) -> Result<(), StoreError> {
    let folder = root.join("articles");
    let mut paths = Vec::new();
    for path in list(&folder, "ron")? {
        if id_of_file::<ArticleId>(&path).is_ok() { paths.push(path) } else { found.strays.push(path) }
    }
    for path in list(&folder, "txt")? {
        if id_of_file::<ArticleId>(&path).is_err() {
            found.strays.push(path);
        } else if paths.binary_search(&path.with_extension("ron")).is_err() {
            // A text whose article was never written, or is gone already: ours to replace or to remove.
            drop(read_text(&path, found));
        }
    }
    for article in load_all(paths, found, article) {
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    Ok(())
}

/// An article, by the path of its `.ron`.
pub fn article(path: &Path, found: &mut Findings) -> Result<Article, StoreError> {
    let file: ArticleFile = load(path, found)?;
    let id = id_of_file::<ArticleId>(path)?;
    let (text, hash) = read_bytes(&path.with_extension("txt"), found)?;
    // An article's text is written as it is, so the file's hash is the text's.
    let hash = hash.to_hex().to_string();
    let article = file.into_article_of(id, text, &hash).map_err(|reason| broken(path, reason))?;
    if hash != article.hash {
        found.changed.push(article.id.clone());
    }
    Ok(article)
}

fn read_codings(root: &Path, project: &mut Project, found: &mut Findings) -> Result<(), StoreError> {
    let mut paths = Vec::new();
    for coder in folders(&root.join("coding"))? {
        for path in list(&coder, "ron")? {
            if id_of_file::<ArticleId>(&path).is_ok() { paths.push(path) } else { found.strays.push(path) }
        }
    }
    paths.sort();
    let codings: BTreeMap<(CoderId, ArticleId), Arc<Coding>> = load_all(paths, found, |path, found| {
        let (key, coding) = coding(path, found)?;
        let article = id_of_file::<ArticleId>(path)?;
        let coder = id_of_file::<CoderId>(path.parent().unwrap_or(path))?;
        if key != (coder, article) {
            return Err(broken(path, format!("it says it is {}’s work on {}", key.0, key.1)));
        }
        Ok((key, Arc::new(coding)))
    })
    .into_iter()
    .collect();
    project.codings = codings;
    Ok(())
}

/// One coder’s work on one article, and whose and on which it says it is.
pub fn coding(path: &Path, found: &mut Findings) -> Result<((CoderId, ArticleId), Coding), StoreError> {
    let file: CodingFile = load(path, found)?;
    let key = (file.coder.clone(), file.article.clone());
    file.into_coding().map(|coding| (key, coding)).map_err(|reason| broken(path, reason))
}

/// The id that a file’s or folder’s name is.
pub fn id_of_file<T: std::str::FromStr<Err = crate::model::IdError>>(path: &Path) -> Result<T, StoreError> {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    stem.parse().map_err(|e: crate::model::IdError| broken(path, e.to_string()))
}
