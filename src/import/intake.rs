//! Where readers lay down what they find.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Columns, ImportError, Options, Problem, TableSeen};
use crate::model::{Article, Metadata};

/// How deep files may lie in files: an article in a zip file in a zip file.
const DEEPEST: usize = 4;
/// How much the files within one file may hold together, unpacked, in bytes.
const MOST: u64 = 1 << 30;
/// How many articles are taken from one file.
const MOST_ARTICLES: usize = 200_000;

/// An article that was read, and what its reader was not sure of.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub article: Article,
    /// The file as it was named, with what it lies in before it: `export.zip/0012.html`.
    pub file: String,
    pub warnings: Vec<String>,
}

/// What was read of some files.
#[derive(Debug, Default)]
pub struct Found {
    pub articles: Vec<Candidate>,
    /// What was not read, and why.
    pub skipped: Vec<ImportError>,
    /// The tables that were read, and what their columns were taken for.
    pub tables: Vec<TableSeen>,
    /// Files that belong to articles of other files, and are no articles of their own.
    pub used: BTreeSet<PathBuf>,
}

impl Found {
    /// The articles, where something was read and nothing skipped.
    ///
    /// # Errors
    /// The first thing that was skipped.
    pub fn whole(mut self) -> Result<Vec<Article>, ImportError> {
        if self.skipped.is_empty() {
            Ok(self.articles.into_iter().map(|c| c.article).collect())
        } else {
            Err(self.skipped.swap_remove(0))
        }
    }

    /// Adds what was read of other files.
    pub fn add(&mut self, more: Self) {
        self.articles.extend(more.articles);
        self.skipped.extend(more.skipped);
        self.tables.extend(more.tables);
        self.used.extend(more.used);
    }
}

/// A file being read: where its reader lays down what it finds, and asks for what it needs.
#[derive(Debug)]
pub struct Intake<'a> {
    options: &'a Options,
    /// What the file is called in messages.
    file: String,
    /// The folder that the file lies in, where it is a file on disk.
    folder: Option<PathBuf>,
    found: Found,
    depth: usize,
    /// Bytes that files within this one may still hold.
    left: u64,
}

impl<'a> Intake<'a> {
    pub(super) fn new(file: impl Into<String>, folder: Option<PathBuf>, options: &'a Options) -> Self {
        Self { options, file: file.into(), folder, found: Found::default(), depth: 0, left: MOST }
    }

    pub(super) fn done(self) -> Found {
        self.found
    }

    /// How the researcher wants it read.
    pub fn options(&self) -> &'a Options {
        self.options
    }

    /// The format that was asked for, which is that of the file and not of what lies in it.
    pub(super) fn format(&self) -> Option<&'a str> {
        if self.depth == 0 { self.options.format.as_deref() } else { None }
    }

    /// How many articles were found so far.
    pub fn count(&self) -> usize {
        self.found.articles.len()
    }

    /// Whether a piece of the file was skipped.
    pub fn has_skipped(&self) -> bool {
        !self.found.skipped.is_empty()
    }

    /// Takes an article.
    ///
    /// # Errors
    /// Where the file holds too many; the reader gives up then.
    pub fn article(&mut self, article: Article) -> Result<(), Problem> {
        if self.found.articles.len() >= MOST_ARTICLES {
            return Err(Problem::TooMany { what: "articles", most: MOST_ARTICLES });
        }
        self.found.articles.push(Candidate { article, file: self.file.clone(), warnings: Vec::new() });
        Ok(())
    }

    /// Notes what the researcher should look at in the article that was taken last.
    pub fn warn(&mut self, warning: impl Into<String>) {
        if let Some(last) = self.found.articles.last_mut() {
            last.warnings.push(warning.into());
        }
    }

    /// Notes a piece of the file that was not read, and goes on. `piece`: what it is called within the file (`line 12`).
    pub fn skip(&mut self, piece: &str, problem: Problem) {
        let file = if piece.is_empty() { self.file.clone() } else { format!("{}, {piece}", self.file) };
        self.found.skipped.push(ImportError { file, problem });
    }

    /// Notes a table, and what its columns were taken for.
    pub fn table(&mut self, names: &[String], rows: Vec<Vec<String>>, columns: Columns) {
        self.found.tables.push(TableSeen { file: self.file.clone(), names: names.to_vec(), rows, columns });
    }

    /// Reads a file that lies in this one, whatever it is. What cannot be read of it is noted as skipped. `name`: its
    /// path within this file.
    ///
    /// # Errors
    /// Where the files within this one are too many, too large or nested too deep: the reader gives up then.
    pub fn inside(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Problem> {
        if self.depth >= DEEPEST {
            return Err(Problem::TooDeep { most: DEEPEST });
        }
        let size = bytes.len() as u64;
        self.left = self.left.checked_sub(size).ok_or(Problem::TooMuch { most: MOST })?;
        let mut inner = Intake {
            options: self.options,
            file: format!("{}/{name}", self.file),
            folder: None,
            found: Found::default(),
            depth: self.depth + 1,
            left: self.left,
        };
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if let Err(problem) = super::convert(file, bytes, &mut inner) {
            inner.skip("", problem);
        }
        self.left = inner.left;
        if self.found.articles.len() + inner.found.articles.len() > MOST_ARTICLES {
            return Err(Problem::TooMany { what: "articles", most: MOST_ARTICLES });
        }
        self.found.add(inner.found);
        Ok(())
    }

    /// Adds what this file knows of the articles that were found since there were `before`, such as where a page in a
    /// web archive was fetched from.
    pub fn since(&mut self, before: usize, mut add: impl FnMut(&mut Metadata)) {
        for candidate in self.found.articles.iter_mut().skip(before) {
            add(&mut candidate.article.metadata);
        }
    }

    /// The articles that a file which this one names holds, such as the attachment of a reference; they are not taken.
    /// `None` where there is no such file below the folder of this one.
    ///
    /// # Errors
    /// What kept it from being read.
    pub fn beside(&mut self, relative: &str) -> Option<Result<Vec<Article>, ImportError>> {
        let folder = self.folder.as_ref()?;
        let path = within(folder, relative)?;
        let mut found = super::read(&path, &Options::default());
        let said = found.skipped.pop();
        if found.articles.is_empty() {
            return said.map(Err);
        }
        self.found.used.insert(path);
        Some(Ok(found.articles.into_iter().map(|c| c.article).collect()))
    }
}

/// The file at a path that another file names, where it lies below that file's folder. No link and no `..` leads out.
fn within(folder: &Path, relative: &str) -> Option<PathBuf> {
    let path = folder.join(relative.replace('\\', "/"));
    let (folder, path) = (folder.canonicalize().ok()?, path.canonicalize().ok()?);
    (path.starts_with(&folder) && path.is_file()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("export");
        fs::create_dir_all(folder.join("files/1")).unwrap();
        fs::write(folder.join("files/1/a.txt"), "words").unwrap();
        fs::write(place.path().join("secret.txt"), "words").unwrap();
        assert!(within(&folder, "files/1/a.txt").is_some());
        assert!(within(&folder, "files\\1\\a.txt").is_some());
        for wrong in ["../secret.txt", "files/1", "files/2/b.txt", "/etc/hostname", ""] {
            assert_eq!(within(&folder, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn files_in_files_have_bounds() {
        let options = Options::default();
        let mut intake = Intake::new("a", None, &options);
        intake.inside("b/one.txt", b"The council said so on Tuesday.".to_vec()).unwrap();
        intake.inside("b/none.txt", Vec::new()).unwrap();
        intake.left = 3;
        assert!(matches!(intake.inside("c", vec![b'x'; 4]), Err(Problem::TooMuch { .. })));
        intake.depth = DEEPEST;
        assert!(matches!(intake.inside("c", vec![b'x']), Err(Problem::TooDeep { .. })));
        let found = intake.done();
        assert_eq!(found.articles[0].file, "a/b/one.txt");
        assert_eq!(found.articles[0].article.source.file, "one.txt");
        assert_eq!(found.skipped[0].file, "a/b/none.txt");
        assert!(found.whole().is_err());
    }
}
