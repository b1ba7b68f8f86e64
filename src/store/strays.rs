//! “Conflicted copies”: what synchronising programs leave beside a file when two computers wrote it at once. They lie
//! in the project's folders under names that no file of a project has.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::files::ArticleFile;
use super::read::{self, Findings};
use super::{MARK, Store, StoreError, broken};
use crate::model::{Article, ArticleId, CoderId, Project};

/// Where copies are kept that have been taken in.
const KEPT: &str = "backups/conflicted";

impl Store {
    /// The copies that lie in the project's folders, in order of their names.
    ///
    /// # Errors
    /// Where a folder cannot be listed.
    pub fn strays(&self) -> Result<Vec<PathBuf>, StoreError> {
        let root = self.root();
        let is_id = |path: &Path| read::id_of_file::<ArticleId>(path).is_ok();
        let mut strays = read::beside_main(root)?;
        for ending in ["ron", "txt"] {
            strays.extend(read::list(&root.join("articles"), ending)?.into_iter().filter(|p| !is_id(p)));
        }
        for coder in read::folders(&root.join("coding"))? {
            if read::id_of_file::<CoderId>(&coder).is_ok() {
                strays.extend(read::list(&coder, "ron")?.into_iter().filter(|p| !is_id(p)));
            }
        }
        Ok(strays)
    }

    /// The project as it would be with a copy in the place of the file that it is a copy of.
    ///
    /// # Errors
    /// Where the copy cannot be read or it is not plain what it is a copy of.
    pub fn with_stray(&self, project: &Project, path: &Path) -> Result<Project, StoreError> {
        let mut found = Findings::default();
        let mut with = project.clone();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        if path.parent() == Some(self.root()) {
            if name.starts_with("codebook") {
                with.codebook = read::codebook(path, &mut found)?;
            } else if name.starts_with("entities") {
                with.entities = read::entities(path, &mut found)?;
            } else {
                let copy = read::main(path, &mut found)?;
                if copy.id != project.id {
                    return Err(broken(path, format!("it is not a copy of this project's {MARK}")));
                }
                with.title = copy.title;
                with.coders = copy.coders;
                with.variables = copy.variables;
                with.settings = copy.settings;
            }
        } else if folder.as_deref() == Some("articles") {
            article(path, &mut with, &mut found)?;
        } else {
            let (key, coding) = read::coding(path, &mut found)?;
            if !with.articles.contains_key(&key.1) {
                return Err(broken(path, format!("it is work on {}, which is not in the project", key.1)));
            }
            with.codings.insert(key, Arc::new(coding));
        }
        found.notices.into_iter().next().map_or(Ok(with), |notice| Err(broken(path, notice)))
    }

    /// Moves copies that were taken in to where they do not lie in the way.
    ///
    /// # Errors
    /// Where one cannot be moved.
    pub fn put_away(&self, strays: &[PathBuf]) -> Result<(), StoreError> {
        let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        for path in strays {
            let name = path.strip_prefix(self.root()).unwrap_or(path);
            let to = self.root().join(KEPT).join(&now).join(name);
            self.disk.rename(path, &to).map_err(StoreError::io("move away", path))?;
        }
        Ok(())
    }
}

/// A copy of an article's metadata, or of its text, where that is the one that is coded.
fn article(path: &Path, project: &mut Project, found: &mut Findings) -> Result<(), StoreError> {
    let of = |project: &Project, hash: &str| project.articles.values().find(|a| a.hash == hash).map(|a| a.id.clone());
    if path.extension().is_some_and(|e| e == "txt") {
        let text = read::read_text(path, found)?;
        return match of(project, &Article::hash_of(&text)) {
            Some(_) => Ok(()),
            None => Err(broken(path, "it is another text than any article has; look at it, and move it away")),
        };
    }
    let file: ArticleFile = read::load(path, found)?;
    let Some(id) = of(project, file.hash()) else {
        return Err(broken(path, "no article has the text that it describes"));
    };
    if let Some(article) = project.articles.get_mut(&id) {
        let text = article.text.to_string();
        *article = Arc::new(file.into_article(id, text).map_err(|reason| broken(path, reason))?);
    }
    Ok(())
}
