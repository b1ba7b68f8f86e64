//! Corpora of other programs come into the project, and go out with what was suggested.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::jobs::Outcome;
use super::suggestions::Coded;
use super::{Progress, Session, SessionError};
use crate::detect::{Detector, Input, Suggestion, suggestions};
use crate::edit::{Edit, difference};
use crate::exchange::{self, Bundle, Format, Reading, Report, SUGGESTIONS};
use crate::model::{
    Annotation, AnnotationId, Article, ArticleId, ClaimKind, Code, Codebook, Coder, CoderId, Coding, EntityKind, Layer,
    Origin, Project, QuoteKind, Tag, Value,
};
use crate::text::Document;

/// Files of a format, to be read into a project.
#[derive(Clone)]
pub struct Corpus {
    pub path: PathBuf,
    pub format: &'static dyn Format,
}

/// What was read of several corpora: the project as it was, what becomes of it, and what is to be told.
pub(super) struct Read {
    before: Project,
    edit: Edit,
    news: Vec<String>,
    trouble: Vec<String>,
    corpora: Vec<Corpus>,
    coder: String,
}

impl Corpus {
    /// The corpus at a path, where what lies there is one.
    pub fn at(path: PathBuf) -> Option<Self> {
        let format = exchange::recognise(&Bundle::open(&path).ok()?)?;
        Some(Self { path, format })
    }

    fn read(&self, into: &Project, coder: &str) -> Result<exchange::Joined, String> {
        let reading = Reading { coder: coder.to_owned(), now: Timestamp::now() };
        let told = |problem: exchange::Problem| format!("{} ({}): {problem}", self.path.display(), self.format.name());
        let bundle = Bundle::open(&self.path).map_err(told)?;
        exchange::read(into, &bundle, self.format, &reading).map_err(told)
    }
}

fn read_all(before: &Project, corpora: Vec<Corpus>, coder: String, progress: Option<&Progress>) -> Read {
    let mut after = before.clone();
    let (mut news, mut trouble) = (Vec::new(), Vec::new());
    for (n, corpus) in corpora.iter().enumerate() {
        if let Some(progress) = progress {
            progress.at(n, corpora.len());
            if progress.cancelled() {
                trouble.push("The import was stopped; nothing was brought in".to_owned());
                after = before.clone();
                break;
            }
        }
        match corpus.read(&after, &coder) {
            Ok(joined) => {
                let name = corpus.path.file_name().unwrap_or(corpus.path.as_os_str()).display().to_string();
                news.push(format!("{name} ({}): {}", corpus.format.name(), joined.report.sentence()));
                trouble.extend(joined.report.told.into_iter().map(|what| format!("{name}: {what}")));
                after = joined.project;
            }
            Err(error) => trouble.push(error),
        }
    }
    let edit = difference(before, &after);
    Read { before: before.clone(), edit, news, trouble, corpora, coder }
}

impl Session {
    /// Reads files of another program into the project, as one step that can be undone. `coder`: whose work it is where
    /// the files do not say.
    ///
    /// # Errors
    /// What kept them from being read, or as [`perform`](Session::perform); nothing is changed then.
    pub fn read_corpus(&mut self, corpus: &Corpus, coder: &str) -> Result<Report, ReadError> {
        let joined = corpus.read(&self.project, coder).map_err(ReadError::Problem)?;
        let edit = difference(&self.project, &joined.project);
        if !edit.touches().is_empty() {
            self.perform(label(std::slice::from_ref(corpus)), edit, None)?;
        }
        Ok(joined.report)
    }

    /// Brings what other programs made with its codings in, in the background, as one step that can be undone. `coder`:
    /// whose work it is where a file does not say.
    pub fn import_corpora(&mut self, corpora: Vec<Corpus>, coder: &str) {
        if corpora.is_empty() {
            return;
        }
        let (before, coder) = (self.project.clone(), coder.to_owned());
        self.jobs.start("Import", move |progress| {
            Outcome::Read(Box::new(read_all(&before, corpora, coder, Some(progress))))
        });
    }

    /// Puts what was read into the project. Returns the news and the trouble.
    pub(super) fn take_read(&mut self, read: Read) -> (Vec<String>, Vec<String>) {
        // What was changed meanwhile is not written over: then it is read again, into what is there now.
        let stale = read.edit.found(&read.before) != read.edit.found(&self.project);
        let Read { edit, mut news, mut trouble, corpora, .. } =
            if stale { read_all(&self.project, read.corpora, read.coder, None) } else { read };
        if !edit.touches().is_empty()
            && let Err(error) = self.perform(label(&corpora), edit, None)
        {
            news.clear();
            trouble.push(format!("Not imported: {error}"));
        }
        (news, trouble)
    }

    /// The detector that suggests.
    pub fn detector(&self) -> Arc<dyn Detector> {
        self.detecting.detector.clone()
    }
}

fn label(corpora: &[Corpus]) -> String {
    match corpora {
        [one] => format!("Import {}", one.path.file_name().unwrap_or(one.path.as_os_str()).display()),
        all => format!("Import {} corpora", all.len()),
    }
}

/// Why a corpus did not come in.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Names the file.
    #[error("{0}")]
    Problem(String),
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// A project with the suggestions that nobody has answered, as the work of a coder called [`SUGGESTIONS`]: for an
/// export, and for nothing else.
pub fn with_suggestions(
    project: &Project,
    detector: &dyn Detector,
    wanted: impl Fn(&ArticleId) -> bool + Sync,
) -> Project {
    let mut out = project.clone();
    let Ok(id) = SUGGESTIONS.parse::<CoderId>() else { return out };
    let all: Vec<&Arc<Article>> = project.articles.values().filter(|a| wanted(&a.id)).collect();
    let detected: Vec<(Document, Vec<Suggestion>)> = all
        .par_iter()
        .map(|article| {
            let document = Document::new(article.text.clone());
            let input = Input { document: &document, parts: &article.parts };
            let found = suggestions(&detector.detect(input, Layer::ALL), detector, input);
            (document, found)
        })
        .collect();
    // A code that is suggested and not there yet is in the export, as it would be had somebody accepted it.
    for suggestion in detected.iter().flat_map(|(_, found)| found).filter(|s| s.layer == Layer::Frame) {
        if out.codebook.by_name(&suggestion.label).is_none() {
            let code = out.codebook.new_id(&suggestion.label, 0);
            let colour = out.codebook.next_colour();
            out.codebook.codes.insert(code.clone(), Code::new(code, suggestion.label.clone(), colour));
        }
    }
    let each = all.iter().zip(&detected).map(|(article, (document, found))| {
        let coding = open(project, &out.codebook, article, document, found);
        ((id.clone(), article.id.clone()), Arc::new(coding))
    });
    let found: BTreeMap<(CoderId, ArticleId), Arc<Coding>> = each.filter(|(_, coding)| !coding.is_empty()).collect();
    let name = format!("Suggestions ({} {})", detector.name(), detector.version());
    out.coders.insert(id.clone(), Coder { id, name });
    out.codings.extend(found);
    out
}

fn open(project: &Project, book: &Codebook, article: &Article, document: &Document, all: &[Suggestion]) -> Coding {
    let said: Vec<&Coding> = project.coders.keys().filter_map(|c| project.coding(c, &article.id)).collect();
    let coded: Vec<Coded> = said.iter().map(|c| Coded::of(c)).collect();
    let mut out = Coding::default();
    for suggestion in all {
        let tag = match suggestion.layer {
            Layer::Entity => EntityKind::from_word(&suggestion.label).map(Tag::Entity),
            Layer::Quote => QuoteKind::from_word(&suggestion.label).map(Tag::Quote),
            Layer::Claim => ClaimKind::from_word(&suggestion.label).map(Tag::Claim),
            Layer::Frame => book.by_name(&suggestion.label).map(|c| Tag::Frame(c.id.clone())),
        };
        let Some(tag) = tag else { continue };
        let about = super::suggestions::key(suggestion);
        let answered = said.iter().any(|c| c.decisions.contains_key(&about));
        if answered || coded.iter().any(|c| c.holds(suggestion.layer, tag.word(), suggestion.span)) {
            continue;
        }
        let moment = Timestamp::UNIX_EPOCH;
        let mut new = Annotation {
            id: AnnotationId::new(),
            tag,
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes: super::suggestions::attributes(suggestion),
            memo: String::new(),
            origin: Origin::Imported {
                from: format!("suggestion of {} {}, not answered", suggestion.detector, suggestion.version),
            },
            code_revision: 0,
            created: moment,
            changed: moment,
        };
        new.attributes.custom.insert("score".to_owned(), Value::Number(f64::from(suggestion.score)));
        new.attributes.custom.insert("why".to_owned(), Value::Text(suggestion.why.clone()));
        if new.place(document.map(), vec![suggestion.span]) {
            out.annotations.insert(new.id, Arc::new(new));
        }
    }
    out
}
