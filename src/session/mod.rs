//! Floor 4: one open project. The window and the commands both work through it: it holds the project and its history,
//! turns what people do into edits, saves behind their backs and runs the long jobs.

mod annotations;
mod articles;
mod backups;
mod codebook;
mod coders;
mod coding;
mod comparing;
mod corpora;
mod documents;
mod entities;
mod finding;
mod importing;
mod jobs;
mod merging;
mod outside;
mod recoding;
mod relations;
mod saving;
mod suggestions;
mod texts;
mod together;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::Timestamp;

use crate::detect::Detector;
use crate::edit::{Desk, Edit, EditError, Group, History, Touched};
use crate::model::{AnnotationId, Article, ArticleId, Coder, CoderId, Coding, Project, slug};
use crate::store::{Opening, PackError, Store, StoreError};
use crate::text::Document;

pub use coding::{Ends, shorten};
pub use comparing::Disagreement;
pub use corpora::{Corpus, ReadError, with_suggestions};
pub use finding::{Asked, CodedHits, Found, MOST, Search, detected_voices};
pub use importing::{ALIKE, Alike, Copies, Head, Pending, Row, Taken, look, with_known_columns};
pub use jobs::{JobView, Progress, Told};
pub use saving::Saved;
pub use suggestions::Detected;
pub use texts::Orphan;

/// Why something that was asked of a session was not done. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error("this backup cannot be gone back to, since not all of it can be read: {0}")]
    BackupIncomplete(String),
    #[error("this project is open for reading only. {0} To work on it, save a copy (Project → Save a copy)")]
    ReadOnly(String),
    #[error("nobody is coding yet: choose a coder first")]
    NobodyCodes,
    #[error("there is no such annotation any more")]
    NoAnnotation,
    #[error("put the caret into the coding first: something of it must be left on either side")]
    NotInside,
    #[error("only codings with the same code can be joined")]
    NothingToJoin,
    #[error("these words have the code “{0}” already")]
    CodedAlready(String),
    #[error("a coding needs at least one word")]
    NothingSelected,
    #[error("“{0}” is already the name of a code")]
    CodeExists(String),
    #[error("a code needs a name")]
    CodeNameless,
    #[error("this cannot be part of a step with others")]
    NotTogether,
    #[error("a {0} needs a name")]
    Nameless(&'static str),
    #[error("“{name}” is already the name of a {what}")]
    NameTaken { what: &'static str, name: String },
    #[error("the id {0} is taken")]
    IdTaken(String),
    #[error("there is no {what} “{name}” in this project")]
    Missing { what: &'static str, name: String },
    #[error("{what} “{name}” is in use: {uses} times")]
    InUse { what: &'static str, name: String, uses: usize },
    #[error("the variable “{name}” {kind}; “{value}” does not fit")]
    DoesNotFit { name: String, kind: String, value: String },
    #[error("the article “{0}” is in the project already")]
    ArticleExists(ArticleId),
    #[error("the key “{key}” is given to the code “{code}”")]
    KeyTaken { key: char, code: String },
    #[error(
        "another program changed the text of “{0}” since it was coded. Find its codings again, or put the text back from a copy, before it is coded any further"
    )]
    TextChanged(String),
    #[error("no backup has the text of this article as it was coded")]
    TextNowhere,
    #[error("an article needs a text: nothing would be left of this one")]
    TextEmpty,
}

/// One open project.
pub struct Session {
    project: Project,
    store: Arc<Store>,
    history: History,
    /// Who codes. Joins the project's coders with the first thing they do.
    coder: Option<Coder>,
    /// Counts the changes, so that what is derived from the project knows when it is stale.
    revision: u64,
    /// The moment that what is done bears, where it is not the one it is done at.
    moment: Option<Timestamp>,
    /// The edits of a step that is being put together.
    together: Option<Vec<Edit>>,
    documents: Vec<(ArticleId, Arc<Document>)>,
    saving: saving::Saving,
    watching: outside::Watching,
    /// The hashes of texts, so that each is hashed once.
    looked: Mutex<HashMap<ArticleId, (Arc<str>, String)>>,
    /// What came up where nobody listened.
    untold: Vec<Told>,
    /// When it was last looked whether a backup is due.
    backed_up: Option<Instant>,
    /// Whether it was told that none can be made.
    backup_failed: bool,
    jobs: jobs::Jobs,
    detecting: suggestions::Detecting,
}

impl Drop for Session {
    /// A save that is under way is waited for; a job that only reads is not.
    fn drop(&mut self) {
        while self.saving.is_writing() && self.jobs.any() {
            self.take_outcomes(true);
        }
        self.store.close();
    }
}

/// How many texts with their offset maps are kept at hand.
const DOCUMENTS_KEPT: usize = 8;

impl Session {
    /// Opens a project folder. Returns the session and what the user should be told of it.
    ///
    /// # Errors
    /// As [`Store::open_to_write`].
    pub fn open(root: &Path, detector: Arc<dyn Detector>) -> Result<(Self, Vec<String>), StoreError> {
        let how = Opening { to_write: true, ..Opening::default() };
        Self::open_as(root, detector, &how, &mut |_| ())
    }

    /// Opens a project folder in one way or the other. `listed` is called with the project as soon as its articles are
    /// known, before any coding is read.
    ///
    /// # Errors
    /// As [`Store::open_as`].
    pub fn open_as(
        root: &Path,
        detector: Arc<dyn Detector>,
        how: &Opening,
        listed: &mut dyn FnMut(&Project),
    ) -> Result<(Self, Vec<String>), StoreError> {
        let opened = Store::open_as(root, how, listed)?;
        let mut session = Self::new(opened.store, opened.project, opened.on_disk, detector);
        if !opened.recovered.is_empty() && session.read_only().is_none() {
            session.saving.note(opened.recovered, Instant::now());
        }
        let mut told: Vec<_> = opened.notices.into_iter().chain(opened.news).collect();
        for article in &opened.changed {
            let title = session.article(article).map(|a| a.display_title()).unwrap_or_default();
            told.push(format!(
                "The text of “{title}” was changed by another program since it was coded. Nothing on it is changed until its codings are found again."
            ));
        }
        Ok((session, told))
    }

    /// Makes a project folder and opens it.
    ///
    /// # Errors
    /// As [`Store::create`].
    pub fn create(root: &Path, project: Project, detector: Arc<dyn Detector>) -> Result<Self, StoreError> {
        let store = Store::create(root, &project)?;
        Ok(Self::new(store, project.clone(), project, detector))
    }

    fn new(store: Store, project: Project, on_disk: Project, detector: Arc<dyn Detector>) -> Self {
        Self {
            project,
            store: Arc::new(store),
            history: History::default(),
            coder: None,
            revision: 0,
            moment: None,
            together: None,
            documents: Vec::new(),
            saving: saving::Saving::new(on_disk),
            watching: outside::Watching::default(),
            looked: Mutex::default(),
            untold: Vec::new(),
            backed_up: None,
            backup_failed: false,
            jobs: jobs::Jobs::default(),
            detecting: suggestions::Detecting::new(detector),
        }
    }

    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The folder the project is in.
    pub fn root(&self) -> &Path {
        self.store.root()
    }

    /// Why nothing can be changed, if nothing can.
    pub fn read_only(&self) -> Option<&str> {
        self.store.read_only()
    }

    /// Goes up with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Who codes.
    pub fn coder(&self) -> Option<&Coder> {
        self.coder.as_ref()
    }

    /// Lets one of the project's coders code from now on.
    ///
    /// # Errors
    /// Where the project has no such coder.
    pub fn code_as(&mut self, id: &CoderId) -> Result<(), SessionError> {
        let coder = self.project.coders.get(id).ok_or_else(|| EditError::NoCoder(id.clone()))?;
        self.coder = Some(coder.clone());
        self.revision += 1;
        Ok(())
    }

    /// Lets somebody code from now on: the coder of that name, or a new one.
    pub fn code_as_named(&mut self, name: &str) {
        let name = name.trim();
        let known = self.project.coders.values().find(|c| c.name.eq_ignore_ascii_case(name));
        let coder = known.cloned().unwrap_or_else(|| {
            let stem = slug(name, 40);
            let id = (1..=self.project.coders.len() + 1)
                .map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") })
                .filter_map(|id| id.parse::<CoderId>().ok())
                .find(|id| !self.project.coders.contains_key(id))
                .unwrap_or_else(|| unreachable!("one of more numbers than coders is free"));
            Coder { id, name: name.to_owned() }
        });
        self.coder = Some(coder);
        self.revision += 1;
    }

    /// Renames the coder who codes; their id and their work stay.
    ///
    /// # Errors
    /// Where nobody codes or nothing can be changed.
    pub fn rename_coder(&mut self, name: &str) -> Result<(), SessionError> {
        let mut coder = self.coder.clone().ok_or(SessionError::NobodyCodes)?;
        name.trim().clone_into(&mut coder.name);
        self.perform("Rename the coder", Edit::Coder { id: coder.id.clone(), to: Some(coder.clone()) }, None)?;
        self.coder = Some(coder);
        Ok(())
    }

    pub fn article(&self, id: &ArticleId) -> Option<&Arc<Article>> {
        self.project.articles.get(id)
    }

    /// What the coder who codes has said of an article.
    pub fn coding(&self, article: &ArticleId) -> Option<&Coding> {
        self.project.coding(&self.coder.as_ref()?.id, article)
    }

    /// An article's text with its offsets and paragraphs. The last few are kept.
    pub fn document(&mut self, id: &ArticleId) -> Option<Arc<Document>> {
        let text = self.project.articles.get(id)?.text.clone();
        if let Some(at) = self.documents.iter().position(|(kept, _)| kept == id) {
            let found = self.documents.remove(at);
            // A text that was corrected, or whose correction was undone, is another one.
            if Arc::ptr_eq(found.1.map().text(), &text) {
                let document = found.1.clone();
                self.documents.push(found);
                return Some(document);
            }
        }
        let document = Arc::new(Document::new(text));
        if self.documents.len() >= DOCUMENTS_KEPT {
            self.documents.remove(0);
        }
        self.documents.push((id.clone(), document.clone()));
        Some(document)
    }

    /// Does one edit, remembers how to undo it, and has it saved.
    ///
    /// # Errors
    /// Where the project is read-only, the edit does not fit it, or it would put work on a text that is not the one
    /// that was coded.
    pub fn perform(&mut self, label: impl Into<String>, edit: Edit, group: Option<Group>) -> Result<(), SessionError> {
        if let Some(why) = self.store.read_only() {
            return Err(SessionError::ReadOnly(why.to_owned()));
        }
        self.refuse_on_changed_texts(&edit)?;
        if let Some(edits) = &mut self.together {
            edit.clone().apply(&mut self.project)?;
            edits.push(edit);
            self.revision += 1;
            return Ok(());
        }
        let was = edit.found(&self.project);
        let touched = self.history.perform(&mut self.project, label, edit.clone(), group)?;
        self.store.journal(&self.project, &edit, was);
        self.note(touched);
        Ok(())
    }

    /// Lets everything that is done from now on bear this moment (`None`: the one it is done at), for work that was
    /// done elsewhere before.
    pub fn at_moment(&mut self, moment: Option<Timestamp>) {
        self.moment = moment;
    }

    fn now(&self) -> Timestamp {
        self.moment.unwrap_or_else(now)
    }

    fn note(&mut self, touched: BTreeSet<Touched>) {
        self.revision += 1;
        self.saving.note(touched, Instant::now());
    }

    /// Undoes the last step and returns what it was called.
    ///
    /// # Errors
    /// Where the step cannot be undone; it stays.
    pub fn undo(&mut self) -> Result<Option<String>, SessionError> {
        if self.together.is_some() {
            return Err(SessionError::NotTogether);
        }
        let Some(edit) = self.history.undo_edit().cloned() else { return Ok(None) };
        let was = edit.found(&self.project);
        let told = self.history.undo(&mut self.project)?;
        self.store.journal(&self.project, &edit, was);
        Ok(told.map(|(label, touched)| {
            self.note(touched);
            label
        }))
    }

    /// Does again what was undone last and returns what it was called.
    ///
    /// # Errors
    /// Where the step cannot be done again.
    pub fn redo(&mut self) -> Result<Option<String>, SessionError> {
        if self.together.is_some() {
            return Err(SessionError::NotTogether);
        }
        let Some(edit) = self.history.redo_edit().cloned() else { return Ok(None) };
        let was = edit.found(&self.project);
        let told = self.history.redo(&mut self.project)?;
        self.store.journal(&self.project, &edit, was);
        Ok(told.map(|(label, touched)| {
            self.note(touched);
            label
        }))
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// The desk of the coder who codes, and the edit by which they join the project if they have not yet.
    fn desk(&self, article: &ArticleId) -> Result<(Desk, Option<Edit>), SessionError> {
        let coder = self.coder.as_ref().ok_or(SessionError::NobodyCodes)?;
        let joins = (!self.project.coders.contains_key(&coder.id))
            .then(|| Edit::Coder { id: coder.id.clone(), to: Some(coder.clone()) });
        Ok((Desk { coder: coder.id.clone(), article: article.clone() }, joins))
    }

    /// Puts imported articles into the project as one step. Articles that are there already are left out. Returns how
    /// many came.
    ///
    /// # Errors
    /// As [`perform`](Self::perform).
    pub fn add_articles(&mut self, articles: Vec<Article>) -> Result<usize, SessionError> {
        let mut edits = Vec::new();
        let mut seen = BTreeSet::new();
        for article in articles {
            if !self.project.articles.contains_key(&article.id) && seen.insert(article.id.clone()) {
                edits.push(Edit::Article { id: article.id.clone(), to: Some(Arc::new(article)) });
            }
        }
        let count = edits.len();
        if count > 0 {
            let label = if count == 1 { "Import an article".to_owned() } else { format!("Import {count} articles") };
            self.perform(label, Edit::Batch(edits), None)?;
        }
        Ok(count)
    }

    /// Writes the whole project into a new folder and works there from now on.
    ///
    /// # Errors
    /// As [`Store::create`]; the session stays where it was then.
    pub fn save_copy(&mut self, root: &Path) -> Result<PathBuf, StoreError> {
        let store = Store::create(root, &self.project)?;
        // What is done already belongs to the old folder too. Where it cannot be saved there, its journal has it.
        if self.store.read_only().is_none() {
            let _ = self.save_now();
        }
        self.saving = saving::Saving::new(self.project.clone());
        self.watching = outside::Watching::default();
        self.store.close();
        self.store = Arc::new(store);
        self.revision += 1;
        Ok(root.to_owned())
    }

    /// One of the coder's annotations.
    pub fn annotation(&self, article: &ArticleId, id: AnnotationId) -> Option<&crate::model::Annotation> {
        self.coding(article)?.annotations.get(&id).map(|a| &**a)
    }

    /// Takes in what the background jobs have finished. Call it once a frame; returns what the user should be told.
    pub fn poll(&mut self) -> Vec<Told> {
        let mut told = std::mem::take(&mut self.untold);
        told.extend(self.take_outcomes(false));
        told
    }
}

/// The moment an edit is made.
fn now() -> Timestamp {
    // Milliseconds are enough to tell two codings apart, and easier to read in a file.
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
