//! One file of a project by itself, as version control hands it over: it is read into a project that holds nothing
//! else, and written from one.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::files::{ArticleFile, CodebookFile, CodingFile, EntitiesFile, Kind, ProjectFile};
use super::read::{Findings, load, read_text};
use super::{MARK, StoreError, broken, replace_file};
use crate::model::{Article, ArticleId, CoderId, Metadata, Project, Source};
use crate::text::CharOffset;

/// Which file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneFile {
    Project,
    Codebook,
    Entities,
    /// An article's metadata and parts; in a project that holds it alone, its text is empty.
    Article(ArticleId),
    /// An article's text; in a project that holds it alone, nothing else is known of it.
    Text(ArticleId),
    Coding(CoderId, ArticleId),
}

impl OneFile {
    /// What a file is by its path, wherever the project lies; `None` where it is no file of a project.
    pub fn at(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let above = |n: usize| path.ancestors().nth(n)?.file_name()?.to_str();
        match name {
            MARK => return Some(Self::Project),
            "codebook.ron" => return Some(Self::Codebook),
            "entities.ron" => return Some(Self::Entities),
            _ => {}
        }
        if above(2) == Some("coding") {
            let article = name.strip_suffix(".ron")?.parse().ok()?;
            return Some(Self::Coding(above(1)?.parse().ok()?, article));
        }
        if above(1) == Some("articles") {
            return match name.strip_suffix(".txt") {
                Some(id) => Some(Self::Text(id.parse().ok()?)),
                None => Some(Self::Article(name.strip_suffix(".ron")?.parse().ok()?)),
            };
        }
        None
    }

    /// Reads one version of the file, wherever it lies. `None` where it is empty or missing.
    ///
    /// # Errors
    /// Where it cannot be read, or holds anything that writing it again would lose.
    pub fn read(&self, path: &Path) -> Result<Option<Project>, StoreError> {
        match fs::metadata(path) {
            Ok(about) if about.is_file() && about.len() == 0 => return Ok(None),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            _ => {}
        }
        let mut project = Project { id: uuid::Uuid::nil(), ..Project::new("") };
        match self {
            Self::Project => project = whole::<ProjectFile>(path)?.into_project(),
            Self::Codebook => project.codebook = whole::<CodebookFile>(path)?.into_codebook(),
            Self::Entities => project.entities = whole::<EntitiesFile>(path)?.into_entities(),
            Self::Article(id) => {
                let article = whole::<ArticleFile>(path)?.without_text(id.clone());
                project.articles.insert(id.clone(), Arc::new(article));
            }
            Self::Text(id) => {
                let text = read_text(path, &mut Findings::default())?;
                let (hash, end) = (Article::hash_of(&text), CharOffset(text.chars().count()));
                let (metadata, source) = (Metadata::default(), Source::default());
                let text = text.into();
                let article = Article { id: id.clone(), text, end, hash, metadata, parts: Vec::new(), source };
                project.articles.insert(id.clone(), Arc::new(article));
            }
            Self::Coding(coder, article) => {
                let file = whole::<CodingFile>(path)?;
                if (&file.coder, &file.article) != (coder, article) {
                    return Err(broken(path, format!("it says it is {}’s work on {}", file.coder, file.article)));
                }
                let coding = file.into_coding().map_err(|reason| broken(path, reason))?;
                project.codings.insert((coder.clone(), article.clone()), Arc::new(coding));
            }
        }
        Ok(Some(project))
    }

    /// Writes the file's part of a project to `path`, atomically.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, project: &Project, path: &Path) -> Result<(), StoreError> {
        let article = |id| project.articles.get(id);
        let content = match self {
            Self::Project => ProjectFile::of(project).to_ron(),
            Self::Codebook => CodebookFile::of(&project.codebook).to_ron(),
            Self::Entities => EntitiesFile::of(&project.entities).to_ron(),
            Self::Article(id) => article(id).map(|a| ArticleFile::of(a).to_ron()).unwrap_or_default(),
            Self::Text(id) => article(id).map(|a| a.text.to_string()).unwrap_or_default(),
            Self::Coding(coder, article) => {
                let nothing = Default::default();
                CodingFile::of(coder, article, project.coding(coder, article).unwrap_or(&nothing)).to_ron()
            }
        };
        replace_file(path, content.as_bytes()).map_err(StoreError::io("write", path))
    }
}

/// A file of which everything is understood.
fn whole<T: Kind>(path: &Path) -> Result<T, StoreError> {
    let mut found = Findings::default();
    let value = load(path, &mut found)?;
    match found.notices.into_iter().next() {
        Some(notice) => Err(broken(path, notice)),
        None => Ok(value),
    }
}
