//! Finding words in all articles while the window goes on, and coding what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::jobs::Outcome;
use super::{Session, SessionError};
use crate::detect::{Detector, Findings, Input, whose_words};
use crate::edit::Edit;
use crate::find::{Filter, Hit, Options, Order, Query, QueryError, Sorted, search};
use crate::model::{Article, ArticleId, CodeId, Layer, Tag, Voice};
use crate::text::{CharSpan, Document};

/// How many hits are listed; those beyond are counted.
pub const MOST: usize = 100_000;

/// What is looked for, where, and in which order it is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub query: String,
    pub options: Options,
    pub filter: Filter,
    pub order: Order,
}

/// What a search has found so far.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// Hits in all; more than are listed where there are more than [`MOST`].
    pub found: usize,
    /// Articles with a hit.
    pub articles: usize,
    /// Articles searched so far, of how many.
    pub searched: usize,
    pub of: usize,
    pub done: bool,
    /// Why nothing can be looked for.
    pub error: Option<QueryError>,
}

/// A search under way or done. Letting go of it ends it.
#[derive(Debug)]
pub struct Search {
    pub asked: Asked,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    found: Mutex<Arc<Found>>,
}

impl Shared {
    fn show(&self, found: Found) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(found);
    }
}

impl Search {
    /// What there is so far.
    pub fn found(&self) -> Arc<Found> {
        self.shared.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
    }
}

/// What became of hits that were to be coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodedHits {
    pub coded: usize,
    /// They had the code already.
    pub already: usize,
    /// Their article is coded by way of another one that is the same.
    pub elsewhere: usize,
    /// Their article is gone or has another text by now.
    pub gone: usize,
}

impl Session {
    /// Looks for something in all articles, in the background. What is found is there batch by batch, and whoever was
    /// told of finished jobs ([`on_job_done`](Self::on_job_done)) is told of each.
    pub fn find(&mut self, asked: Asked) -> Search {
        let shared = Arc::new(Shared::default());
        let (project, wake) = (self.project.clone(), self.jobs.waker());
        let known: BTreeMap<ArticleId, _> = if asked.filter.voices.is_empty() {
            BTreeMap::new()
        } else {
            let all = project.articles.keys();
            all.filter_map(|id| Some((id.clone(), self.known_findings(id)?.clone()))).collect()
        };
        let detector = self.detecting.detector.clone();
        let job = (asked.clone(), shared.clone());
        self.jobs.start_quietly(move |_| {
            let (asked, shared) = job;
            let stop = || shared.stopped.load(Ordering::Relaxed);
            let query = match Query::new(&asked.query, asked.options) {
                Ok(query) => query,
                Err(error) => {
                    shared.show(Found { error: Some(error), done: true, ..Found::default() });
                    return Outcome::Searched;
                }
            };
            let blind = project.settings.blind;
            let voice_at = |article: &Article, spans: &[CharSpan]| match known.get(&article.id) {
                // Who codes blind is shown nothing that was detected, in this way neither.
                _ if blind => vec![None; spans.len()],
                Some(detected) => voices(article, &detected.findings, spans),
                None => detected_voices(&*detector, article, spans),
            };
            let mut sorted = Sorted::new(asked.order);
            search(&project, &query, &asked.filter, &voice_at, MOST, &stop, &mut |batch| {
                sorted.add(batch.hits);
                shared.show(Found {
                    hits: sorted.hits(),
                    found: batch.found,
                    articles: batch.articles,
                    searched: batch.searched,
                    of: batch.of,
                    done: batch.searched == batch.of,
                    error: None,
                });
                wake();
                !stop()
            });
            Outcome::Searched
        });
        Search { asked, shared }
    }

    /// Puts a code on places that were found, as one step. Each has exactly the words that were found; whose words they
    /// are is looked up as for words that a coder selects.
    ///
    /// # Errors
    /// Where nobody codes, or as [`perform`](Session::perform); nothing is coded then.
    pub fn code_hits(&mut self, hits: &[Hit], code: &CodeId) -> Result<CodedHits, SessionError> {
        let mut told = CodedHits::default();
        let mut of_articles: BTreeMap<&ArticleId, Vec<&Hit>> = BTreeMap::new();
        for hit in hits {
            of_articles.entry(&hit.article.id).or_default().push(hit);
        }
        let tag = Tag::Frame(code.clone());
        let mut edits = Vec::new();
        for (article, hits) in of_articles {
            let (at, joins) = self.desk(article)?;
            if edits.is_empty() {
                edits.extend(joins);
            }
            if self.project.is_coded_elsewhere(article) {
                told.elsewhere += hits.len();
                continue;
            }
            if self.article(article).is_none_or(|now| now.text != hits[0].article.text) {
                told.gone += hits.len();
                continue;
            }
            let mut coded: BTreeSet<CharSpan> = self
                .coding(article)
                .iter()
                .flat_map(|c| c.annotations.values())
                .filter(|a| a.tag == tag && a.spans.len() == 1)
                .map(|a| a.spans[0])
                .collect();
            for hit in hits {
                if !coded.insert(hit.span) {
                    told.already += 1;
                    continue;
                }
                self.detect_now(article);
                let mut annotation = self.new_annotation(article, vec![hit.span], tag.clone())?;
                annotation.attributes = self.whose_words(article, hit.span);
                let id = annotation.id;
                edits.push(Edit::Annotation { at: at.clone(), id, to: Some(Box::new(annotation)) });
                told.coded += 1;
            }
        }
        if told.coded > 0 {
            let name = self.project.codebook.get(code).map_or("", |c| &c.name).to_owned();
            let places = if told.coded == 1 { "1 place".to_owned() } else { format!("{} places", told.coded) };
            self.perform(format!("Code {places} “{name}”"), Edit::Batch(edits), None)?;
        }
        Ok(told)
    }
}

/// In whose voice stretches of an article are, as far as the detector can say.
pub fn detected_voices(detector: &dyn Detector, article: &Article, spans: &[CharSpan]) -> Vec<Option<Voice>> {
    let document = Document::new(article.text.clone());
    let input = Input { document: &document, parts: &article.parts };
    // Whose words something is in needs the quotations and the names.
    voices(article, &detector.detect(input, &[Layer::Quote, Layer::Entity]), spans)
}

fn voices(article: &Article, findings: &Findings, spans: &[CharSpan]) -> Vec<Option<Voice>> {
    let document = Document::new(article.text.clone());
    let input = Input { document: &document, parts: &article.parts };
    spans.iter().map(|span| Some(whose_words(input, findings, *span).voice)).collect()
}
