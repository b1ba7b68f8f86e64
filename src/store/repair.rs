//! Making a damaged project whole again, as far as it goes, without throwing anything away.
//!
//! First it is found out what is wrong and what would be done about it ([`examine`]); that changes nothing. Only
//! [`Plan::carry_out`] does, and before anything else it copies the whole folder into `backups/`. A file that is
//! replaced is moved to `backups/broken/`, never deleted.

mod copies;
mod journals;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::backups::{self, BROKEN, Backup, FOLDER, backup_folder};
use super::files::{self, ArticleFile, CodebookFile, CodingFile, EntitiesFile, Kind, ProjectFile};
use super::layout::{Role, name_of};
use super::pack::PackError;
use super::{Disk, FORMAT, LARGEST, MARK, StoreError};
use crate::model::{
    Article, ArticleId, Code, CodeId, Coder, CoderId, Colour, Fault, Metadata, Part, Project, RelationEnd, Source,
};
pub use texts::is_ruin;

/// Temporary files that are older than this are nobody's any more.
const STRAY: Duration = Duration::from_hours(1);

/// What a recovered code's definition says, so that people see what it is.
const RECOVERED: &str = "recovered: codings use this code, and the codebook had lost it";

/// One thing that is wrong and can be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is wrong and what is done about it, in a sentence.
    pub told: String,
    name: String,
    act: Act,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    /// What is there goes to `backups/broken/`; this comes in its place, or nothing.
    Replace(Option<Vec<u8>>),
    /// A sound file is written anew.
    Rewrite(Vec<u8>),
    /// A temporary file that nobody needs.
    Delete,
}

/// What is wrong with a project, and what can be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    root: PathBuf,
    /// What would be done, in order.
    pub steps: Vec<Step>,
    /// What is wrong and is left to people, in whole sentences.
    pub left: Vec<String>,
    /// Articles that have another text by now than was coded, and nothing knows the old one. Their codings can be found
    /// again; that is for whoever has the project open.
    pub changed: Vec<Changed>,
}

/// An article that has another text than was coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub article: ArticleId,
    /// Its parts, by their places in the text that was coded.
    pub parts: Vec<Part>,
}

/// How a file was found.
enum Found<T> {
    Good(T),
    /// It can be read, but holds what must not be lost by writing it again; why.
    Odd(T, String),
    Broken(String),
    Missing,
}

impl<T> Found<T> {
    fn value(self) -> Option<T> {
        match self {
            Self::Good(value) | Self::Odd(value, _) => Some(value),
            Self::Broken(_) | Self::Missing => None,
        }
    }

    fn good(self) -> Option<T> {
        if let Self::Good(value) = self { Some(value) } else { None }
    }
}

/// Looks what is wrong with the project at `root` and what can be done. Nothing is changed.
///
/// # Errors
/// Where there is no project and nothing that looks as if it had been one, or the folder cannot be read.
pub fn examine(root: &Path) -> Result<Plan, StoreError> {
    let root = if root.ends_with(MARK) { root.parent().unwrap_or(root) } else { root };
    if !root.is_dir() {
        return Err(if root.exists() {
            StoreError::NotAProject(root.to_owned())
        } else {
            StoreError::Missing(root.to_owned())
        });
    }
    let backups = backups::list(root)?;
    let was_one = ["codebook.ron", "articles", "coding"].iter().filter(|name| root.join(name).exists()).count() >= 2;
    if !root.join(MARK).exists() && !was_one && backups.is_empty() {
        return Err(StoreError::NotAProject(root.to_owned()));
    }
    let mut look = Look {
        root,
        backups,
        plan: Plan { root: root.to_owned(), ..Plan::default() },
        project: Project::new(String::new()),
        closed: BTreeSet::new(),
        newer: None,
    };
    look.strays()?;
    look.main_files();
    look.journals()?;
    look.articles()?;
    look.codings()?;
    look.missing_articles();
    look.what_does_not_fit();
    if let Some(name) = look.newer {
        // What only looks broken from here may be sound.
        let told = format!("{name} was made by a newer Framelens. Nothing can be repaired here; use that one");
        return Ok(Plan { root: look.plan.root, left: vec![told], ..Plan::default() });
    }
    Ok(look.plan)
}

/// What was found so far.
struct Look<'a> {
    root: &'a Path,
    backups: Vec<Backup>,
    plan: Plan,
    /// The project as it will be.
    project: Project,
    /// Files that must not be written anew, since they hold what is not understood.
    closed: BTreeSet<String>,
    /// A file that a newer program wrote.
    newer: Option<String>,
}

impl Look<'_> {
    fn step(&mut self, name: impl Into<String>, act: Act, told: String) {
        self.plan.steps.push(Step { told, name: name.into(), act });
    }

    fn left(&mut self, told: String) {
        self.plan.left.push(told);
    }

    /// The newest good version of a file in the backups: its bytes, what is in it, and the name of the backup.
    fn in_backups<T>(&self, name: &str, good: impl Fn(&[u8]) -> Option<T>) -> Option<(Vec<u8>, T, String)> {
        self.backups.iter().find_map(|backup| {
            let bytes = backup.open().ok()?.read_named(name)?;
            let value = good(&bytes)?;
            Some((bytes, value, backup.name()))
        })
    }

    fn find<T>(&mut self, name: &str, parse: impl Fn(&[u8]) -> Found<T>) -> Found<T> {
        let found = match read(&self.root.join(name)) {
            Ok(Some(bytes)) => {
                let plain = decoded(&bytes).map(String::into_bytes);
                let bytes = plain.as_ref().unwrap_or(&bytes);
                let format = std::str::from_utf8(bytes).ok().and_then(files::format_of);
                if format.is_some_and(|format| format > FORMAT) {
                    self.newer.get_or_insert_with(|| name.to_owned());
                }
                let found = parse(bytes);
                if let (Some(plain), Found::Good(_) | Found::Odd(..)) = (plain, &found) {
                    let told =
                        format!("{name} was saved in another encoding or with a byte-order mark: written as UTF-8");
                    self.step(name, Act::Replace(Some(plain)), told);
                }
                found
            }
            Ok(None) => Found::Missing,
            Err(reason) => Found::Broken(reason),
        };
        if let Found::Odd(_, why) = &found {
            self.closed.insert(name.to_owned());
            self.plan.left.push(format!("{name} {why}. It was left as it is"));
        }
        found
    }

    fn strays(&mut self) -> Result<(), StoreError> {
        let mut folders = vec![self.root.to_owned(), self.root.join("articles"), self.root.join(FOLDER)];
        folders.extend(entries(&self.root.join("coding"))?.into_iter().filter(|p| p.is_dir()));
        for folder in folders {
            for path in entries(&folder)? {
                let stray = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(".saving-"));
                let about = path.symlink_metadata().ok().filter(|about| stray && about.is_file());
                let age = about.and_then(|a| a.modified().ok()).and_then(|m| SystemTime::now().duration_since(m).ok());
                if age.is_some_and(|age| age > STRAY) {
                    let name = name_of(path.strip_prefix(self.root).unwrap_or(&path));
                    let told = format!("{name} is left over from a save that broke off: removed");
                    self.step(name, Act::Delete, told);
                }
            }
        }
        Ok(())
    }

    /// A main file, or the newest good one of the backups, or `None`; then it is told what will be done instead.
    fn main_file<T: Kind>(&mut self, name: &str) -> Option<T> {
        let what = match self.find(name, parse::<T>) {
            Found::Broken(reason) => format!("cannot be read ({reason})"),
            Found::Missing => "is missing".to_owned(),
            found => return found.value(),
        };
        let good = |bytes: &[u8]| parse::<T>(bytes).good();
        let (bytes, value, source) = self.elsewhere(name, good)?;
        self.step(name, Act::Replace(Some(bytes)), format!("{name} {what}: taken from {source}"));
        Some(value)
    }

    fn main_files(&mut self) {
        if let Some(main) = self.main_file::<ProjectFile>(MARK) {
            self.project = main.into_project();
        } else {
            let name = self.root.canonicalize().unwrap_or_else(|_| self.root.to_owned());
            self.project.title = name.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            // By its id the journals know that they are this project's.
            if let Some(id) = self.id_in_journals() {
                self.project.id = id;
            }
            let ron = ProjectFile::of(&self.project).to_ron().into_bytes();
            let told = format!("{MARK} cannot be read, and no backup has it: made anew; title and settings are lost");
            self.step(MARK, Act::Replace(Some(ron)), told);
        }
        if let Some(book) = self.main_file::<CodebookFile>("codebook.ron") {
            self.project.codebook = book.into_codebook();
        } else {
            let ron = CodebookFile::of(&self.project.codebook).to_ron().into_bytes();
            let told = "codebook.ron cannot be read, and no backup has it: made anew from the codes that codings use";
            self.step("codebook.ron", Act::Replace(Some(ron)), told.to_owned());
        }
        if self.root.join("entities.ron").exists() {
            if let Some(entities) = self.main_file::<EntitiesFile>("entities.ron") {
                self.project.entities = entities.into_entities();
            } else {
                let told = "entities.ron cannot be read, and no backup has it: taken out of the way";
                self.step("entities.ron", Act::Replace(None), told.to_owned());
            }
        }
    }

    fn articles(&mut self) -> Result<(), StoreError> {
        for path in entries(&self.root.join("articles"))? {
            let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if !is_ron(&path) {
                continue;
            }
            let name = format!("articles/{file}");
            if let Some(Role::Article(id)) = Role::of(&name) {
                self.article(&name, id);
            } else {
                let told = format!("{name} has a name that no article has: taken out of the way");
                self.unless_a_copy::<ArticleFile>(&path, name, told);
            }
        }
        Ok(())
    }

    fn article(&mut self, name: &str, id: ArticleId) {
        let text_name = format!("articles/{id}.txt");
        let text = read(&self.root.join(&text_name)).and_then(|bytes| bytes.ok_or_else(|| "it is missing".to_owned()));
        let text = text.and_then(utf8);
        // A text that can be read stays: somebody may still know what it belongs to.
        let mut names = vec![name.to_owned()];
        if text.is_err() {
            names.push(text_name.clone());
        }
        let what = match (self.find(name, parse::<ArticleFile>), text) {
            (Found::Good(file) | Found::Odd(file, _), Ok(text)) => {
                if file.hash() != Article::hash_of(&text) {
                    return self.changed_text(id, file, text);
                }
                match file.into_article(id.clone(), text) {
                    Ok(article) => {
                        self.project.articles.insert(id, Arc::new(article));
                        return;
                    }
                    Err(reason) => reason,
                }
            }
            (Found::Good(file) | Found::Odd(file, _), Err(reason)) => {
                // Only the text that was coded will do.
                if let Some(text) = self.text_of(&id, &file, &format!("cannot be read ({reason})")) {
                    if let Ok(article) = file.into_article(id.clone(), text) {
                        self.project.articles.insert(id, Arc::new(article));
                    }
                    return;
                }
                format!("its text cannot be read ({reason})")
            }
            (Found::Broken(reason), Ok(text)) => {
                if self.about_anew(name, &id, &text, &reason) {
                    return;
                }
                reason
            }
            (_, _) => "neither it nor its text can be read".to_owned(),
        };
        if self.article_from_backup(&id, &what) {
            return;
        }
        let told = format!("{name}: {what}, and no backup has the article: taken out of the way");
        for name in names {
            if self.root.join(&name).symlink_metadata().is_ok() {
                self.step(name, Act::Replace(None), told.clone());
            }
        }
    }

    /// An article whose text is there, and only what is known of it is not.
    fn about_anew(&mut self, name: &str, id: &ArticleId, text: &str, reason: &str) -> bool {
        let hash = Article::hash_of(text);
        let fits = |file: ArticleFile| -> Option<Article> {
            (file.hash() == hash).then(|| file.into_article(id.clone(), text.to_owned()).ok())?
        };
        let good = |bytes: &[u8]| parse::<ArticleFile>(bytes).good().and_then(fits);
        if let Some((bytes, article, source)) = self.elsewhere(name, good) {
            let told = format!("{name} cannot be read ({reason}): taken from {source}");
            self.step(name, Act::Replace(Some(bytes)), told);
            self.project.articles.insert(id.clone(), Arc::new(article));
            return true;
        }
        // An id ends with the first digits of the hash of its text: so this is the text that was coded.
        if id.as_str().rsplit('-').next() != hash.get(..8) {
            return false;
        }
        let mut article = Article::new(text, Metadata::default(), Vec::new(), Source::default());
        article.id = id.clone();
        let ron = ArticleFile::of(&article).to_ron().into_bytes();
        let told = format!(
            "{name} cannot be read ({reason}), and no backup has it: made anew from the text; its title, metadata and parts are lost"
        );
        self.step(name, Act::Replace(Some(ron)), told);
        self.project.articles.insert(id.clone(), Arc::new(article));
        true
    }

    /// Both files of an article from the newest backup that has both.
    fn article_from_backup(&mut self, id: &ArticleId, what: &str) -> bool {
        let (name, text_name) = (format!("articles/{id}.ron"), format!("articles/{id}.txt"));
        let found = self.backups.iter().find_map(|backup| {
            let mut pack = backup.open().ok()?;
            let (about, text) = (pack.read_named(&name)?, pack.read_named(&text_name)?);
            let article =
                parse::<ArticleFile>(&about).good()?.into_article(id.clone(), utf8(text.clone()).ok()?).ok()?;
            (Article::hash_of(&article.text) == article.hash).then(|| (about, text, article, backup.name()))
        });
        let Some((about, text, article, backup)) = found else { return false };
        let told = format!("{name}: {what}: the article is taken from the backup {backup}");
        self.step(text_name, Act::Replace(Some(text)), told.clone());
        self.step(name, Act::Replace(Some(about)), told);
        self.project.articles.insert(id.clone(), Arc::new(article));
        true
    }

    fn codings(&mut self) -> Result<(), StoreError> {
        let folders = entries(&self.root.join("coding"))?.into_iter().filter(|p| p.is_dir());
        for folder in folders {
            let coder = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            for path in entries(&folder)? {
                let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                if !is_ron(&path) {
                    continue;
                }
                let name = format!("coding/{coder}/{file}");
                if let Some(Role::Coding(coder, article)) = Role::of(&name) {
                    self.coding(name, coder, article);
                } else {
                    let told = format!("{name} has a name that no coding has: taken out of the way; look into it");
                    if coder.parse::<CoderId>().is_ok() {
                        self.unless_a_copy::<CodingFile>(&path, name, told);
                    } else {
                        self.step(name, Act::Replace(None), told);
                    }
                }
            }
        }
        Ok(())
    }

    fn coding(&mut self, name: String, coder: CoderId, article: ArticleId) {
        let parse = |bytes: &[u8]| {
            let take = |file: CodingFile| {
                if file.coder != coder || file.article != article {
                    return Err(format!("it says it is {}’s work on {}", file.coder, file.article));
                }
                file.into_coding()
            };
            match parse::<CodingFile>(bytes) {
                Found::Good(file) => take(file).map_or_else(Found::Broken, Found::Good),
                Found::Odd(file, why) => take(file).map_or_else(Found::Broken, |coding| Found::Odd(coding, why)),
                Found::Broken(reason) => Found::Broken(reason),
                Found::Missing => Found::Missing,
            }
        };
        match self.find(&name, parse) {
            Found::Good(coding) | Found::Odd(coding, _) => {
                self.project.codings.insert((coder, article), Arc::new(coding));
            }
            Found::Missing => {}
            Found::Broken(reason) => {
                if let Some((bytes, coding, backup)) = self.in_backups(&name, |bytes| parse(bytes).good()) {
                    let told = format!("{name} cannot be read ({reason}): taken from the backup {backup}");
                    self.step(name, Act::Replace(Some(bytes)), told);
                    self.project.codings.insert((coder, article), Arc::new(coding));
                } else {
                    let told = format!(
                        "{name} cannot be read ({reason}), and no backup has it: taken out of the way; look into it"
                    );
                    self.step(name, Act::Replace(None), told);
                }
            }
        }
    }

    fn missing_articles(&mut self) {
        let coded: BTreeSet<ArticleId> = self.project.codings.keys().map(|(_, article)| article.clone()).collect();
        for id in coded {
            if self.project.articles.contains_key(&id) {
                continue;
            }
            let text = read(&self.root.join(format!("articles/{id}.txt"))).ok().flatten().and_then(|b| utf8(b).ok());
            let name = format!("articles/{id}.ron");
            if text.is_some_and(|text| {
                self.root.join(&name).symlink_metadata().is_err() && self.about_anew(&name, &id, &text, "it is missing")
            }) {
                continue;
            }
            if !self.article_from_backup(&id, "it is missing and was coded") {
                self.left(format!(
                    "the article “{id}” was coded and is not there, and no backup has it; the codings are kept. Put its two files back into articles/, or import it again"
                ));
            }
        }
    }

    fn what_does_not_fit(&mut self) {
        let mut told = Told::default();
        let articles = self.project.articles.values();
        let other: BTreeSet<_> =
            articles.filter(|a| Article::hash_of(&a.text) != a.hash).map(|a| a.id.clone()).collect();
        for fault in self.project.faults() {
            match fault {
                // In another text nothing stands at its words.
                Fault::Misplaced { article, .. } if other.contains(&article) => {}
                Fault::CoderMissing(id) => {
                    told.project.push(format!("the coder “{id}” has codings and was not in the project: added"));
                    self.project.coders.insert(id.clone(), Coder { name: id.to_string(), id });
                }
                Fault::ParentMissing { code, parent } => {
                    told.book
                        .push(format!("the code “{code}” stood below “{parent}”, which is not there: made a root"));
                    self.make_root(&code);
                }
                Fault::ParentLoop(code) => {
                    // One code made a root opens the whole ring.
                    if self.project.codebook.loops().contains(&code) {
                        told.book.push(format!("the code “{code}” was its own ancestor: made a root"));
                        self.make_root(&code);
                    }
                }
                Fault::CodeMissing { .. } => {}
                // Told already, or for people to decide.
                Fault::ArticleMissing { .. } | Fault::TextChanged(_) => {}
                fault @ Fault::Misplaced { .. } => self.left(fault.to_string()),
            }
        }
        for id in self.used_codes() {
            if self.project.codebook.get(&id).is_none() {
                told.book
                    .push(format!("the code “{id}” is used and was not in the codebook: added, named after its id"));
                let mut code = Code::new(id.clone(), id.as_str(), Colour::Palette(0));
                code.colour = self.project.codebook.next_colour();
                code.definition = RECOVERED.to_owned();
                self.project.codebook.codes.insert(id, code);
            }
        }
        for ((coder, article), coding) in &self.project.codings {
            for relation in coding.relations.values() {
                let known = |id| coding.annotations.contains_key(id) || coding.orphans.contains_key(id);
                let there = match &relation.to {
                    RelationEnd::Annotation(id) => known(id),
                    RelationEnd::Entity(id) => self.project.entities.contains_key(id),
                };
                if !there || !known(&relation.from) {
                    told.left.push(format!(
                        "the relation “{}” ({}) of “{coder}” in “{article}” points nowhere",
                        relation.kind, relation.id
                    ));
                }
            }
        }
        let main = ProjectFile::of(&self.project).to_ron().into_bytes();
        let book = CodebookFile::of(&self.project.codebook).to_ron().into_bytes();
        for (name, bytes, done) in [(MARK, main, told.project), ("codebook.ron", book, told.book)] {
            for told in done {
                if self.closed.contains(name) {
                    self.left(format!("{told} – but not done, since {name} was left as it is"));
                } else {
                    self.step(name, Act::Rewrite(bytes.clone()), told);
                }
            }
        }
        self.plan.left.extend(told.left);
    }

    fn make_root(&mut self, id: &CodeId) {
        if let Some(code) = self.project.codebook.codes.get_mut(id) {
            code.parent = None;
        }
    }

    /// Every code that anybody's work names.
    fn used_codes(&self) -> BTreeSet<CodeId> {
        let mut used = BTreeSet::new();
        for coding in self.project.codings.values() {
            let marks = coding.annotations.values().chain(coding.orphans.values());
            used.extend(marks.filter_map(|a| a.tag.code()).cloned());
            used.extend(coding.document.codes.iter().chain(&coding.document.primary).cloned());
        }
        used
    }
}

/// What was done to which file.
#[derive(Default)]
struct Told {
    project: Vec<String>,
    book: Vec<String>,
    left: Vec<String>,
}

/// The bytes of a file; `None` where there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(e) if e.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_ok() => {
            return Err("it is a link to a file that is not there".to_owned());
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e.to_string()),
    };
    if !about.is_file() {
        return Err("it is not a file".to_owned());
    }
    if about.len() > LARGEST {
        return Err(format!("it is larger than {} MB", LARGEST >> 20));
    }
    fs::read(path).map(Some).map_err(|e| e.to_string())
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|e| format!("byte {} is not UTF-8", e.utf8_error().valid_up_to()))
}

/// A file's text without its byte-order mark, from UTF-8 or UTF-16; `None` where it has no such mark.
fn decoded(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|two| read([two[0], two[1]])).collect();
        bytes.len().is_multiple_of(2).then(|| String::from_utf16(&units).ok())?
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => None,
    }
}

fn parse<T: Kind>(bytes: &[u8]) -> Found<T> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => return Found::Broken(format!("byte {} is not UTF-8", e.valid_up_to())),
    };
    match files::parse::<T>(text) {
        Ok((value, unknown)) => {
            let why = if let Some(id) = value.twice() {
                Some(format!("holds {id} twice"))
            } else if !unknown.paths.is_empty() {
                Some(format!("holds what this Framelens does not know ({})", unknown.paths.join(", ")))
            } else {
                None
            };
            match why {
                Some(why) => Found::Odd(value, why),
                None => Found::Good(value),
            }
        }
        Err(reason) => Found::Broken(reason),
    }
}

/// Whether a file is one that a project reads.
fn is_ron(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    path.extension().is_some_and(|ending| ending == "ron") && !hidden
}

/// What lies in a folder, sorted; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = || StoreError::io("read the folder", folder);
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(e) => return Err(failed()(e)),
    };
    let mut paths = found.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(failed())?;
    paths.sort();
    Ok(paths)
}

impl Plan {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.steps.is_empty() && self.left.is_empty() && self.changed.is_empty()
    }

    /// Does what the plan says, after every file of the folder was copied into `backups/`. Returns that copy; `None`
    /// where there was nothing to do.
    ///
    /// # Errors
    /// Where the copy cannot be made (then nothing was changed), a file was changed since the plan was made in a way
    /// that it cannot be moved, or cannot be written. What was done until then stays; a second repair does the rest.
    pub fn carry_out(&self) -> Result<Option<Backup>, PackError> {
        if self.steps.is_empty() {
            return Ok(None);
        }
        let copy = backup_folder(&self.root, "before-repair")?;
        let aside =
            self.root.join(FOLDER).join(BROKEN).join(Timestamp::now().strftime("%Y-%m-%dT%H-%M-%S%.3fZ").to_string());
        // Where a file is written several times, only the last one counts.
        let last: BTreeMap<&str, usize> = self.steps.iter().enumerate().map(|(n, s)| (s.name.as_str(), n)).collect();
        for (n, step) in self.steps.iter().enumerate() {
            let path = self.root.join(&step.name);
            match &step.act {
                Act::Delete => Disk::default().remove(&path).map_err(PackError::io("remove", &path))?,
                Act::Replace(content) => {
                    move_aside(&path, &aside.join(&step.name))?;
                    if let Some(content) = content {
                        Disk::default().replace(&path, content).map_err(PackError::io("write", &path))?;
                    }
                }
                Act::Rewrite(content) if last.get(step.name.as_str()) == Some(&n) => {
                    Disk::default().replace(&path, content).map_err(PackError::io("write", &path))?;
                }
                Act::Rewrite(_) => {}
            }
        }
        Ok(Some(copy))
    }
}

/// Moves what is there out of the way, if anything is.
fn move_aside(path: &Path, to: &Path) -> Result<(), PackError> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let parent = to.parent().unwrap_or(to);
    fs::create_dir_all(parent).map_err(PackError::io("make the folder", parent))?;
    // Where a file is replaced twice, what was there first is not written over.
    let mut to = to.to_owned();
    while to.symlink_metadata().is_ok() {
        to.as_mut_os_string().push("~");
    }
    fs::rename(path, &to).map_err(PackError::io("move", path))
}
