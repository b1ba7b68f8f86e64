//! Articles come in: what lies at some paths is looked at first, and what is wanted of it taken then, as one step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::corpora::Corpus;
use super::{Session, SessionError};
use crate::edit::Edit;
use crate::import::{Candidate, Field, Found, ImportError, Options, TableSeen, read_all, signature};
use crate::model::{Article, ArticleId, Project, SameAs};
use crate::text::{Shingles, near_duplicates};

/// How alike two articles are, by their shared runs of five words, to be told as nearly the same.
pub const ALIKE: f64 = 0.6;

/// What lies at some paths and is not in the project yet.
#[derive(Default)]
pub struct Pending {
    /// What other programs made with codings; it comes in by itself.
    pub corpora: Vec<Corpus>,
    pub rows: Vec<Row>,
    /// What could not be read, and why.
    pub skipped: Vec<ImportError>,
    /// The tables among the files, and what their columns were taken for.
    pub tables: Vec<TableSeen>,
    /// Articles that are the same, or nearly.
    pub alike: Vec<Alike>,
    /// Whether it was stopped before everything was read.
    pub stopped: bool,
}

/// An article that may come in.
#[derive(Clone, Debug)]
pub struct Row {
    pub candidate: Candidate,
    /// It is in the project already, or stands in an earlier row.
    pub known: bool,
}

/// Which article stands for those that are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// One of the rows.
    Row(usize),
    /// One that is in the project.
    Known(ArticleId),
}

/// Articles that are the same as another one, or nearly.
#[derive(Clone, Debug)]
pub struct Alike {
    pub head: Head,
    /// The rows that are like it, without itself.
    pub rows: Vec<usize>,
    /// Whether they are the same to the letter.
    pub exact: bool,
}

/// What becomes of articles that are the same as another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copies {
    /// They come in and are coded each for itself; that they are alike is noted.
    #[default]
    Apart,
    /// They come in, and what is coded in the one that stands for them holds for them.
    Once,
    /// They stay out.
    LeftOut,
}

impl Copies {
    pub const ALL: [Self; 3] = [Self::Apart, Self::Once, Self::LeftOut];

    /// What it is called on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Apart => "apart",
            Self::Once => "once",
            Self::LeftOut => "left-out",
        }
    }
}

/// What an import brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub new: usize,
    /// Articles that were there before.
    pub known: usize,
    /// Articles that were not wanted.
    pub left_out: usize,
    /// Articles that are noted as the same as another one.
    pub alike: usize,
    pub skipped: usize,
    /// Where the report lies, where there is something to report.
    pub report: Option<PathBuf>,
}

/// Looks at what lies at some paths. `watch` is told how many files are done of how many, and answers whether to go on.
pub fn look(
    project: &Project,
    paths: &[PathBuf],
    options: &Options,
    mut watch: impl FnMut(usize, usize) -> bool,
) -> Pending {
    let mut pending = Pending::default();
    let mut articles = Vec::new();
    for path in paths {
        match options.format.is_none().then(|| Corpus::at(path.clone())).flatten() {
            Some(corpus) => pending.corpora.push(corpus),
            None => articles.push(path.clone()),
        }
    }
    let options = with_known_columns(project, options);
    let mut go_on = true;
    let found = read_all(&articles, &options, |done, all| {
        go_on = watch(done, all);
        go_on
    });
    pending.stopped = !go_on;
    pending.take_in(project, found);
    pending
}

/// The options with what the project knows of tables.
pub fn with_known_columns(project: &Project, options: &Options) -> Options {
    let mut options = options.clone();
    for (signature, columns) in &project.settings.columns {
        options.columns.entry(signature.clone()).or_insert_with(|| {
            let known = columns.iter().filter_map(|(name, word)| Some((name.clone(), Field::from_word(word)?)));
            known.collect()
        });
    }
    options
}

impl Pending {
    /// Takes in what was read, and finds out what of it is there and what is alike.
    pub fn take_in(&mut self, project: &Project, found: Found) {
        self.skipped.extend(found.skipped);
        self.tables.extend(found.tables);
        let mut seen: BTreeMap<ArticleId, Key> =
            self.rows.iter().map(|r| (r.candidate.article.id.clone(), key(&r.candidate.article))).collect();
        for mut candidate in found.articles {
            let own = key(&candidate.article);
            let taken =
                |id: &ArticleId| seen.get(id).cloned().or_else(|| project.articles.get(id).map(|article| key(article)));
            // The same words under the same title in another paper are another article.
            if taken(&candidate.article.id).is_some_and(|other| other != own) {
                candidate.article.id = apart(&candidate.article, &own);
            }
            let known = taken(&candidate.article.id).is_some();
            seen.insert(candidate.article.id.clone(), own);
            self.rows.push(Row { candidate, known });
        }
        self.find_alike(project);
    }

    fn find_alike(&mut self, project: &Project) {
        let there: Vec<&Article> = project.articles.values().map(|a| &**a).collect();
        let new: Vec<usize> = (0..self.rows.len()).filter(|n| !self.rows[*n].known).collect();
        let texts: Vec<&Article> =
            there.iter().copied().chain(new.iter().map(|n| &self.rows[*n].candidate.article)).collect();
        let shingles: Vec<Shingles> = texts.par_iter().map(|a| Shingles::of(&a.text)).collect();
        self.alike.clear();
        for group in near_duplicates(&shingles, ALIKE) {
            let Some(head) = group.first().copied().filter(|_| group.len() > 1) else { continue };
            let rows: Vec<usize> = group
                .iter()
                .filter(|n| **n != head)
                .filter_map(|n| n.checked_sub(there.len()).and_then(|n| new.get(n)).copied())
                .collect();
            if rows.is_empty() {
                continue;
            }
            let exact = rows.iter().all(|n| self.rows[*n].candidate.article.hash == texts[head].hash);
            let head = match head.checked_sub(there.len()).and_then(|n| new.get(n)) {
                Some(row) => Head::Row(*row),
                None => Head::Known(project.stands_for(&there[head].id).clone()),
            };
            self.alike.push(Alike { head, rows, exact });
        }
    }

    /// The article that stands for a group.
    pub fn head<'a>(&'a self, project: &'a Project, alike: &'a Alike) -> Option<&'a Article> {
        match &alike.head {
            Head::Row(n) => self.rows.get(*n).map(|r| &r.candidate.article),
            Head::Known(id) => project.articles.get(id).map(|a| &**a),
        }
    }
}

/// By what two articles with the same words are told apart: outlet, day and address.
type Key = (String, Option<String>, Option<String>);

fn key(article: &Article) -> Key {
    let about = &article.metadata;
    let day = about.published.as_ref().map(|p| p.chars().take(10).collect());
    (about.outlet.clone(), day, about.url.clone())
}

/// An id for an article whose own is another one's: the same article gets the same again.
fn apart(article: &Article, (outlet, day, url): &Key) -> ArticleId {
    let said = format!("{}\n{outlet}\n{day:?}\n{url:?}", article.hash);
    let hash = Article::hash_of(&said);
    let stem = article.id.as_str().rsplit_once('-').map_or(article.id.as_str(), |(stem, _)| stem);
    format!("{stem}-{}", &hash[..8]).parse().unwrap_or_else(|_| article.id.clone())
}

impl Session {
    /// Brings in what is wanted of what was looked at, as one step that can be undone. `wanted`: of each row, whether it
    /// comes in; `copies`: of each group of alike articles, what becomes of those that are like its head. What the tables'
    /// columns were taken for is kept for the next table of the same making. A report of what was not brought in, and
    /// why, is put into the project's folder.
    ///
    /// # Errors
    /// As [`perform`](Self::perform); nothing is brought in then.
    pub fn take(
        &mut self,
        pending: &Pending,
        wanted: impl Fn(usize) -> bool,
        copies: impl Fn(usize) -> Copies,
    ) -> Result<Taken, SessionError> {
        let mut taken = Taken { skipped: pending.skipped.len(), ..Taken::default() };
        let mut out: BTreeMap<usize, String> = BTreeMap::new();
        let mut settings = self.project.settings.clone();
        for (n, row) in pending.rows.iter().enumerate() {
            if row.known || self.project.articles.contains_key(&row.candidate.article.id) {
                taken.known += 1;
                out.insert(n, "in the project already".to_owned());
            } else if !wanted(n) {
                taken.left_out += 1;
                out.insert(n, "not wanted".to_owned());
            }
        }
        for (n, alike) in pending.alike.iter().enumerate() {
            // Where the one that stands for them stays out, the first that comes in takes its place.
            let mut head = match &alike.head {
                Head::Row(row) if out.contains_key(row) => None,
                _ => pending.head(&self.project, alike).map(|a| a.id.clone()),
            };
            for row in alike.rows.iter().filter(|row| !out.contains_key(*row)).copied().collect::<Vec<_>>() {
                let id = &pending.rows[row].candidate.article.id;
                match &head {
                    None => head = Some(id.clone()),
                    Some(head) => match copies(n) {
                        Copies::LeftOut => {
                            taken.left_out += 1;
                            out.insert(row, format!("the same as {head}"));
                        }
                        how => {
                            taken.alike += 1;
                            let same = SameAs { article: head.clone(), once: how == Copies::Once };
                            settings.same.insert(id.clone(), same);
                        }
                    },
                }
            }
        }
        for table in &pending.tables {
            let words = table.columns.iter().map(|(name, field)| (name.clone(), field.word().to_owned()));
            settings.columns.insert(signature(&table.names), words.collect());
        }
        let mut edits: Vec<Edit> = (pending.rows.iter().enumerate())
            .filter(|(n, _)| !out.contains_key(n))
            .map(|(_, row)| Arc::new(row.candidate.article.clone()))
            .map(|article| Edit::Article { id: article.id.clone(), to: Some(article) })
            .collect();
        taken.new = edits.len();
        if taken.new > 0 {
            let label = match taken.new {
                1 => "Import an article".to_owned(),
                new => format!("Import {new} articles"),
            };
            if settings != self.project.settings {
                edits.push(Edit::Settings(settings));
            }
            self.perform(label, Edit::Batch(edits), None)?;
        }
        let doubts = pending.rows.iter().any(|r| !r.candidate.warnings.is_empty());
        if taken.left_out > 0 || taken.skipped > 0 || taken.alike > 0 || doubts {
            let name = format!("import-{}.csv", Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ"));
            let text = report(pending, &out, &self.project);
            taken.report = self.store.keep_report(&name, text.as_bytes()).ok();
        }
        Ok(taken)
    }

    /// Says that articles are the same as another one, or, with `None`, that they are not.
    ///
    /// # Errors
    /// As [`perform`](Self::perform).
    pub fn say_same(&mut self, articles: &[ArticleId], same: Option<SameAs>) -> Result<(), SessionError> {
        let head = same.as_ref().map(|s| self.project.stands_for(&s.article).clone());
        let followers: BTreeSet<ArticleId> = (self.project.settings.same.iter())
            .filter(|(_, s)| same.is_some() && articles.contains(&s.article))
            .map(|(id, _)| id.clone())
            .collect();
        let mut settings = self.project.settings.clone();
        for id in articles.iter().chain(&followers) {
            match (&same, &head) {
                // Those that were the same as an article that is now the same as another one go with it.
                (Some(same), Some(head)) if id != head => {
                    settings.same.insert(id.clone(), SameAs { article: head.clone(), once: same.once });
                }
                _ => {
                    settings.same.remove(id);
                }
            }
        }
        if settings == self.project.settings {
            return Ok(());
        }
        self.perform("Change which articles are the same", Edit::Settings(settings), None)
    }
}

/// What was not brought in, and what to look at, as a table.
fn report(pending: &Pending, out: &BTreeMap<usize, String>, project: &Project) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let mut row = |cells: [&str; 5]| drop(table.write_record(cells));
    row(["file", "article", "title", "what", "why"]);
    for error in &pending.skipped {
        row([&error.file, "", "", "not read", &error.problem.to_string()]);
    }
    for (n, one) in pending.rows.iter().enumerate() {
        let article = &one.candidate.article;
        let (file, title) = (one.candidate.file.as_str(), article.display_title());
        if let Some(why) = out.get(&n) {
            row([file, article.id.as_str(), &title, "not imported", why]);
        } else if let Some(same) = project.settings.same.get(&article.id) {
            row([file, article.id.as_str(), &title, "imported", &format!("the same as {}, or nearly", same.article)]);
        }
        for warning in &one.candidate.warnings {
            row([file, article.id.as_str(), &title, "to look at", warning]);
        }
    }
    table.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

impl From<&Taken> for String {
    /// One sentence for whoever imported.
    fn from(taken: &Taken) -> Self {
        let articles = |n: usize| if n == 1 { "1 article".to_owned() } else { format!("{n} articles") };
        let mut said = format!("{} imported", articles(taken.new));
        let mut also = |n: usize, what: &str| {
            if n > 0 {
                said += &format!("; {n} {what}");
            }
        };
        also(taken.alike, if taken.alike == 1 { "is like another one" } else { "are like others" });
        also(taken.known, "in the project already");
        also(taken.left_out, "left out");
        also(taken.skipped, "could not be read");
        if let Some(name) = taken.report.as_ref().and_then(|p| p.file_name()) {
            said += &format!(" (imports/{} says why)", name.to_string_lossy());
        }
        said
    }
}
