//! What other programs do to the files while a project is open: a synchronising program, a version control system,
//! somebody with an editor. It is noticed, read, and given to the session to be merged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::read::{self, Findings, Seen};
use super::{MARK, Store, StoreError, broken};
use crate::model::{ArticleId, CoderId, Project};

/// What other programs have done since the files were last read or written here.
#[derive(Debug)]
pub struct Outside {
    /// The project as the files have it now.
    pub project: Project,
    /// The files that are not as they were; `None`: it is gone.
    files: BTreeMap<PathBuf, Option<Seen>>,
    /// Articles whose text is another one now. The project above still has the text that was coded.
    pub texts: Vec<ArticleId>,
    /// What could not be read, to be told. It is left as it is and looked at again later.
    pub problems: Vec<String>,
}

impl Outside {
    /// The files that are not as they were.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }
}

impl Store {
    /// Looks whether another program changed the files. `base` is the project as the files had it. `None` where nothing
    /// was changed that could be read. Only files whose length or time differ are read. Nothing is written.
    ///
    /// # Errors
    /// Where a folder cannot be listed, or the project is gone.
    pub fn look(&self, base: &Project) -> Result<Option<Outside>, StoreError> {
        if !self.root().join(MARK).is_file() {
            return Err(StoreError::Missing(self.root().to_owned()));
        }
        let suspects = self.suspects()?;
        let mut out =
            Outside { project: base.clone(), files: BTreeMap::new(), texts: Vec::new(), problems: Vec::new() };
        let mut articles = BTreeSet::new();
        for path in suspects {
            let before = self.seen(&path);
            let now = match fs::read(&path) {
                Ok(bytes) => Some(Seen { hash: blake3::hash(&bytes), stamp: read::stamp(&path) }),
                Err(e) if e.kind() == io::ErrorKind::NotFound => None,
                Err(_) => continue,
            };
            if now.map(|seen| seen.hash) == before.map(|seen| seen.hash) {
                self.remember(&path, now);
                continue;
            }
            if path.extension().is_some_and(|e| e == "txt") {
                let id = read::id_of_file::<ArticleId>(&path)?;
                // A text that came with an article belongs to it; one whose article is known is not taken in here.
                if base.articles.contains_key(&id) && now.is_some() {
                    out.texts.push(id);
                    continue;
                }
                articles.insert(path.with_extension("ron"));
                out.files.insert(path, now);
            } else {
                if path.parent().is_some_and(|p| p.ends_with("articles")) {
                    articles.insert(path.clone());
                } else if let Err(error) = take_in(self.root(), &path, now.is_some(), &mut out.project) {
                    out.problems.push(error.to_string());
                    continue;
                }
                out.files.insert(path, now);
            }
        }
        for path in articles {
            if let Err(error) = take_article(&path, &mut out.project) {
                out.problems.push(error.to_string());
                out.files.remove(&path);
                out.files.remove(&path.with_extension("txt"));
            }
        }
        let nothing = out.files.is_empty() && out.texts.is_empty() && out.problems.is_empty();
        Ok((!nothing).then_some(out))
    }

    /// Says that what another program did is known: the files may be replaced from now on.
    pub fn accept(&self, outside: &Outside) {
        for (path, seen) in &outside.files {
            self.remember(path, *seen);
        }
    }

    fn seen(&self, path: &Path) -> Option<Seen> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied()
    }

    fn remember(&self, path: &Path, seen: Option<Seen>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match seen {
            Some(seen) => known.insert(path.to_owned(), seen),
            None => known.remove(path),
        };
    }

    /// The files whose length or time is not as it was, those that are new, and those that are gone.
    fn suspects(&self) -> Result<BTreeSet<PathBuf>, StoreError> {
        let mut there = BTreeSet::new();
        let own = |name: &str| self.root().join(name);
        there.extend([own(MARK), own("codebook.ron"), own("entities.ron")].into_iter().filter(|p| p.is_file()));
        let is_id = |path: &Path| read::id_of_file::<ArticleId>(path).is_ok();
        for ending in ["ron", "txt"] {
            there.extend(read::list(&own("articles"), ending)?.into_iter().filter(|p| is_id(p)));
        }
        for coder in read::folders(&own("coding"))? {
            if read::id_of_file::<CoderId>(&coder).is_ok() {
                there.extend(read::list(&coder, "ron")?.into_iter().filter(|p| is_id(p)));
            }
        }
        let known: BTreeMap<PathBuf, Seen> =
            self.known.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(p, s)| (p.clone(), *s)).collect();
        let gone = known.keys().filter(|path| !there.contains(*path)).cloned();
        let mut suspects: BTreeSet<_> = gone.collect();
        // A drive that is being pulled out is not a person who deletes.
        if suspects.len() > 10 && suspects.len() > known.len() / 2 {
            return Err(broken(self.root(), format!("{} of its {} files are gone", suspects.len(), known.len())));
        }
        suspects.extend(
            there.into_iter().filter(|path| {
                known.get(path).is_none_or(|seen| seen.stamp.is_none() || read::stamp(path) != seen.stamp)
            }),
        );
        Ok(suspects)
    }
}

/// Puts into `project` what one file holds now, or takes out what it held.
fn take_in(root: &Path, path: &Path, there: bool, project: &mut Project) -> Result<(), StoreError> {
    let mut found = Findings::default();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match (path.parent() == Some(root), name.as_str(), there) {
        (true, "entities.ron", false) => project.entities.clear(),
        (true, _, false) => return Err(broken(path, "it is gone")),
        (true, MARK, true) => {
            let read = read::main(path, &mut found)?;
            project.title = read.title;
            project.coders = read.coders;
            project.variables = read.variables;
            project.settings = read.settings;
        }
        (true, "codebook.ron", true) => project.codebook = read::codebook(path, &mut found)?,
        (true, _, true) => project.entities = read::entities(path, &mut found)?,
        (false, _, _) => {
            let article = read::id_of_file::<ArticleId>(path)?;
            let coder = read::id_of_file::<CoderId>(path.parent().unwrap_or(path))?;
            let key = (coder, article);
            if !there {
                project.codings.remove(&key);
                return Ok(());
            }
            let (says, coding) = read::coding(path, &mut found)?;
            if says != key {
                return Err(broken(path, format!("it says it is {}’s work on {}", says.0, says.1)));
            }
            project.codings.insert(key, Arc::new(coding));
        }
    }
    found.notices.into_iter().next().map_or(Ok(()), |notice| Err(broken(path, notice)))
}

fn take_article(path: &Path, project: &mut Project) -> Result<(), StoreError> {
    let id = read::id_of_file::<ArticleId>(path)?;
    if !path.is_file() {
        project.articles.remove(&id);
        return Ok(());
    }
    let mut found = Findings::default();
    let mut article = read::article(path, &mut found)?;
    if let Some(notice) = found.notices.into_iter().next() {
        return Err(broken(path, notice));
    }
    if let Some(old) = project.articles.get(&id).filter(|_| !found.changed.is_empty()) {
        // The text that does not fit is left out here; see `Outside::texts`.
        article.text = old.text.clone();
        article.end = old.end;
    }
    project.articles.insert(id, Arc::new(article));
    Ok(())
}
