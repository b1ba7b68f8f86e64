//! From a request to what the session does.

use std::sync::Arc;

use serde::Serialize;

use super::refused::Refused;
use super::request::{Batch, Request, Side, Verb};
use super::{on_articles, on_book, on_spans, resolve};
use crate::model::{AnnotationId, Article, ArticleId, CodeId, CoderId};
use crate::session::{Ends, Session};
use crate::text::Document;

/// What holds for all lines.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// Who codes where a line does not say: an id or a name.
    pub coder: Option<String>,
    /// Codings get voice, speaker and stance from detection, as in the window.
    pub whose_words: bool,
}

/// What came of a request: what a script needs for its next one. Fields that do not apply are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Done {
    /// The id of what was made or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The article it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleId>,
    /// The code of a coding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeId>,
    /// Where an annotation stands now: code points, end-exclusive.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<[usize; 2]>,
    /// The words it stands at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What was undone or done again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How many codings went with a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codings: Option<usize>,
    /// The annotations, of all coders, whose words are not in a corrected text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<AnnotationId>,
    /// What came of each step of a batch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Done>,
}

impl Done {
    pub(super) fn id(id: impl ToString) -> Self {
        Self { id: Some(id.to_string()), ..Self::default() }
    }

    pub(super) fn on(article: &ArticleId) -> Self {
        Self { article: Some(article.clone()), ..Self::default() }
    }
}

/// Carries out one request. Where it is refused, nothing is changed. Nothing is on disk before the session has settled.
///
/// # Errors
/// Why it was refused.
pub fn carry_out(session: &mut Session, request: Request, defaults: &Defaults) -> Result<Done, Refused> {
    match (&request.coder, &defaults.coder) {
        (Some(name), _) => code_as(session, name)?,
        (None, _) if !request.verb.needs_coder() => {}
        (None, Some(name)) => code_as(session, name)?,
        // Where only one person codes, there is no doubt.
        (None, None) => match session.project().coders.keys().collect::<Vec<_>>().as_slice() {
            [only] => {
                let only = (*only).clone();
                session.code_as(&only)?;
            }
            _ => return Err(Refused::NobodyCodes),
        },
    }
    session.at_moment(request.at);
    let done = Carrier { session, whose_words: defaults.whose_words }.verb(request.verb);
    session.at_moment(None);
    done
}

fn code_as(session: &mut Session, name: &str) -> Result<(), Refused> {
    let id = resolve::coder(session.project(), name)?;
    Ok(session.code_as(&id)?)
}

/// Carries verbs out in the name of the coder who codes.
pub(super) struct Carrier<'s> {
    pub session: &'s mut Session,
    pub whose_words: bool,
}

impl Carrier<'_> {
    fn verb(&mut self, verb: Verb) -> Result<Done, Refused> {
        let project = self.session.project();
        match verb {
            Verb::Code(r) => on_spans::code(self, r),
            Verb::Mark(r) => on_spans::mark(self, r),
            Verb::Change(r) => on_spans::change(self, r),
            Verb::Recode(r) => on_spans::recode(self, r),
            Verb::Place(r) => {
                let article = self.article_of(r.id)?;
                let spans = resolve::some_spans(&*self.document(&article)?, &r.place)?;
                self.session.place(&article, r.id, spans)?;
                Ok(self.told(&article, r.id))
            }
            Verb::MoveEnd(r) => {
                let article = self.article_of(r.id)?;
                let end = match r.side {
                    Side::Start => Ends::Start,
                    Side::End => Ends::End,
                };
                // Each line is a step of its own; in the window, nudges in a row are one.
                self.session.together("Move an end", |s| s.move_end(&article, r.id, end, r.to))?;
                Ok(self.told(&article, r.id))
            }
            Verb::Remove(r) => {
                let article = self.article_of(r.id)?;
                self.session.remove(&article, r.id)?;
                Ok(Done { id: Some(r.id.to_string()), ..Done::on(&article) })
            }
            Verb::NothingFound(r) => on_articles::nothing_found(self, r),
            Verb::Finished(r) => {
                let article = self.article(&r.article)?;
                self.session.set_finished(&article, r.set)?;
                Ok(Done::on(&article))
            }
            Verb::Document(r) => on_articles::document(self, r),
            Verb::Relate(r) => on_spans::relate(self, r),
            Verb::Unrelate(r) => {
                let article = resolve::place_of_relation(project, &self.me()?, r.id)?;
                self.session.unrelate(&article, r.id)?;
                Ok(Done { id: Some(r.id.to_string()), ..Done::on(&article) })
            }
            Verb::Accept(r) => on_spans::accept(self, r),
            Verb::Reject(r) => on_spans::reject(self, r),
            Verb::PlaceOrphan(r) => {
                let article = resolve::place_of(project, &self.me()?, r.id, true)?;
                let spans = resolve::some_spans(&*self.document(&article)?, &r.place)?;
                self.session.place_orphan(&article, r.id, spans)?;
                Ok(self.told(&article, r.id))
            }
            Verb::DeleteOrphan(r) => {
                let article = resolve::place_of(project, &self.me()?, r.id, true)?;
                self.session.delete_orphan(&article, r.id)?;
                Ok(Done { id: Some(r.id.to_string()), ..Done::on(&article) })
            }
            Verb::AddCode(r) => on_book::add_code(self, r),
            Verb::ChangeCode(r) => on_book::change_code(self, r),
            Verb::MoveCode(r) => on_book::move_code(self, r),
            Verb::RetireCode(r) => on_book::retire_code(self, r),
            Verb::DeleteCode(r) => on_book::delete_code(self, r),
            Verb::AddEntity(r) => on_book::add_entity(self, r),
            Verb::ChangeEntity(r) => on_book::change_entity(self, r),
            Verb::RemoveEntity(r) => {
                let id = resolve::entity(project, &r.entity)?;
                self.session.remove_entity(id)?;
                Ok(Done::id(id))
            }
            Verb::AddCoder(r) => {
                let id = r.id.map(|id| id.parse()).transpose()?;
                Ok(Done::id(self.session.add_coder(&r.name, id)?))
            }
            Verb::RenameCoder(r) => {
                let id = resolve::coder(project, &r.who)?;
                self.session.name_coder(&id, &r.name)?;
                Ok(Done::id(id))
            }
            Verb::RemoveCoder(r) => {
                let id = resolve::coder(project, &r.who)?;
                self.session.remove_coder(&id)?;
                Ok(Done::id(id))
            }
            Verb::PutVariable(r) => on_articles::put_variable(self, r),
            Verb::RemoveVariable(r) => {
                self.session.remove_variable(&r.name)?;
                Ok(Done::default())
            }
            Verb::Title(r) => {
                self.session.set_title(&r.title)?;
                Ok(Done::default())
            }
            Verb::Settings(r) => on_articles::settings(self, r),
            Verb::AddArticle(r) => on_articles::add_article(self, r),
            Verb::Metadata(r) => on_articles::metadata(self, r),
            Verb::CorrectText(r) => {
                let article = self.article(&r.article)?;
                let told = self.session.correct_text(&article, &r.text)?;
                let orphans = told.orphans.iter().map(|o| o.annotation).collect();
                Ok(Done { orphans, ..Done::on(&article) })
            }
            Verb::RemoveArticle(r) => {
                let article = self.article(&r.article)?;
                self.session.remove_article(&article)?;
                Ok(Done::on(&article))
            }
            Verb::Undo(_) => {
                let label = self.session.undo()?.ok_or(Refused::NothingTo("undo"))?;
                Ok(Done { label: Some(label), ..Done::default() })
            }
            Verb::Redo(_) => {
                let label = self.session.redo()?.ok_or(Refused::NothingTo("do again"))?;
                Ok(Done { label: Some(label), ..Done::default() })
            }
            Verb::Batch(r) => self.batch(r),
        }
    }

    fn batch(&mut self, batch: Batch) -> Result<Done, Refused> {
        if batch.steps.is_empty() {
            return Err(Refused::told("\"steps\" is empty"));
        }
        let whose_words = self.whose_words;
        let label = batch.label.unwrap_or_else(|| format!("{} changes together", batch.steps.len()));
        let steps = self.session.together(label, |session| {
            let mut carrier = Carrier { session, whose_words };
            let steps = batch.steps.into_iter().zip(1..);
            let told = steps
                .map(|(verb, number)| carrier.verb(verb).map_err(|why| Refused::Step { number, why: Box::new(why) }));
            told.collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Done { steps, ..Done::default() })
    }

    /// Who codes.
    pub fn me(&self) -> Result<CoderId, Refused> {
        self.session.coder().map(|c| c.id.clone()).ok_or(Refused::NobodyCodes)
    }

    /// The article that a request names.
    pub fn article(&self, name: &str) -> Result<ArticleId, Refused> {
        resolve::article(self.session.project(), name).map(|a: &Article| a.id.clone())
    }

    /// The article that one of the coder's annotations is on.
    pub fn article_of(&self, id: AnnotationId) -> Result<ArticleId, Refused> {
        resolve::place_of(self.session.project(), &self.me()?, id, false)
    }

    pub fn code(&self, name: &str) -> Result<CodeId, Refused> {
        resolve::code(self.session.project(), name)
    }

    pub fn document(&mut self, article: &ArticleId) -> Result<Arc<Document>, Refused> {
        let unknown = || Refused::Unknown { what: "article", name: article.to_string() };
        self.session.document(article).ok_or_else(unknown)
    }

    /// What to tell of an annotation as it is now.
    pub fn told(&self, article: &ArticleId, id: AnnotationId) -> Done {
        let annotation = self.session.annotation(article, id);
        Done {
            id: Some(id.to_string()),
            code: annotation.and_then(|a| a.tag.code().cloned()),
            spans: annotation.map(|a| a.spans.iter().map(|s| [s.start.0, s.end.0]).collect()).unwrap_or_default(),
            words: annotation.map(|a| crate::session::shorten(&a.words())),
            ..Done::on(article)
        }
    }
}
