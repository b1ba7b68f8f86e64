//! Texts that change: on purpose, or behind the program's back; and the codings that lost their words.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use super::coding::shorten;
use super::{Session, SessionError};
use crate::edit::{Edit, EditError, Retexted, retext};
use crate::model::{Annotation, AnnotationId, Article, ArticleId, CoderId, NothingFound, Origin};
use crate::store::backups;
use crate::text::{CharSpan, OffsetMap, normalise};

/// A coding that lost its words.
#[derive(Clone, Copy, Debug)]
pub struct Orphan<'a> {
    pub article: &'a ArticleId,
    pub coder: &'a CoderId,
    /// As it last stood.
    pub annotation: &'a Annotation,
}

impl Session {
    /// Whether an article's text is another one than was coded. Reads the whole text, once.
    pub fn text_changed(&self, article: &ArticleId) -> bool {
        let Some(found) = self.article(article) else { return false };
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        match looked.get(article) {
            Some((text, hash)) if Arc::ptr_eq(text, &found.text) => *hash != found.hash,
            _ => {
                let hash = Article::hash_of(&found.text);
                let changed = hash != found.hash;
                looked.insert(article.clone(), (found.text.clone(), hash));
                changed
            }
        }
    }

    /// The articles whose text is another one than was coded. Reads every text.
    pub fn changed_texts(&self) -> Vec<ArticleId> {
        self.project.articles.keys().filter(|id| self.text_changed(id)).cloned().collect()
    }

    /// Gives an article a corrected text. All codings, by everybody, are found again in it as one step; what becomes of
    /// them is told.
    ///
    /// # Errors
    /// Where nothing would be left of the text, or as [`perform`](Self::perform).
    pub fn correct_text(&mut self, article: &ArticleId, text: &str) -> Result<Retexted, SessionError> {
        let new = corrected(text)?;
        self.retext(article, new, None, "Correct the text")
    }

    /// What [`correct_text`](Self::correct_text) would do, without doing it.
    ///
    /// # Errors
    /// Where nothing would be left of the text or the article is not there.
    pub fn preview_text(&self, article: &ArticleId, text: &str) -> Result<Retexted, SessionError> {
        self.outlook()(article, text)
    }

    /// Takes the text that an article has by now for the one that is coded, and finds all codings again in it as one
    /// step. `old` is the text that was coded, where it is known; with it, more is found again.
    ///
    /// # Errors
    /// As [`perform`](Self::perform).
    pub fn reanchor(&mut self, article: &ArticleId, old: Option<&str>) -> Result<Retexted, SessionError> {
        let text = self.text_of(article)?;
        self.retext(article, text, old, "Find the codings again")
    }

    /// The text of an article as it was coded, from the newest backup that has it. Reads backups.
    pub fn coded_text(&self, article: &ArticleId) -> Option<String> {
        backups::text(self.root(), article, &self.article(article)?.hash)
    }

    /// Gives an article that another program changed the text again that was coded, from a backup. Its codings stay as
    /// they are.
    ///
    /// # Errors
    /// Where no backup has the text, or as [`perform`](Self::perform).
    pub fn put_text_back(&mut self, article: &ArticleId) -> Result<Retexted, SessionError> {
        let old = self.coded_text(article).ok_or(SessionError::TextNowhere)?;
        self.retext(article, old.as_str().into(), Some(&old), "Put the text back")
    }

    /// What [`reanchor`](Self::reanchor) would do, without doing it.
    ///
    /// # Errors
    /// Where the article is not there.
    pub fn preview_reanchor(&self, article: &ArticleId, old: Option<&str>) -> Result<Retexted, SessionError> {
        Ok(retext(&self.project, article, self.text_of(article)?, old)?.1)
    }

    /// As [`preview_text`](Self::preview_text), for another thread: of the project as it is now.
    pub fn outlook(&self) -> impl FnOnce(&ArticleId, &str) -> Result<Retexted, SessionError> + Send + 'static {
        let project = self.project.clone();
        move |article, text| Ok(retext(&project, article, corrected(text)?, None)?.1)
    }

    /// As [`preview_reanchor`](Self::preview_reanchor), for another thread: of the project as it is now.
    pub fn outlook_again(&self) -> impl FnOnce(&ArticleId) -> Result<Retexted, SessionError> + Send + 'static {
        let (project, root) = (self.project.clone(), self.root().to_owned());
        move |article| {
            let found = project.articles.get(article).ok_or_else(|| EditError::NoArticle(article.clone()))?;
            let old = backups::text(&root, article, &found.hash);
            Ok(retext(&project, article, found.text.clone(), old.as_deref())?.1)
        }
    }

    fn text_of(&self, article: &ArticleId) -> Result<Arc<str>, SessionError> {
        let found = self.article(article).map(|a| a.text.clone());
        found.ok_or_else(|| EditError::NoArticle(article.clone()).into())
    }

    fn retext(
        &mut self,
        article: &ArticleId,
        new: Arc<str>,
        old: Option<&str>,
        label: &str,
    ) -> Result<Retexted, SessionError> {
        let (edit, told) = retext(&self.project, article, new, old)?;
        if edit != Edit::Batch(Vec::new()) {
            self.perform(label, edit, None)?;
        }
        Ok(told)
    }

    /// The codings that lost their words, article by article: those of one coder, or of everybody.
    pub fn orphans(&self, of: Option<&CoderId>) -> Vec<Orphan<'_>> {
        let codings = self.project.codings.iter().filter(|((coder, _), _)| of.is_none_or(|of| of == coder));
        let mut all: Vec<_> = codings
            .flat_map(|((coder, article), coding)| {
                coding.orphans.values().map(move |annotation| Orphan { article, coder, annotation })
            })
            .collect();
        all.sort_by_key(|o| (o.article, o.coder, o.annotation.hull().start, o.annotation.id));
        all
    }

    /// Puts a coding that lost its words where the coder says that it belongs.
    ///
    /// # Errors
    /// Where it is gone, nothing is selected, or as [`perform`](Self::perform).
    pub fn place_orphan(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        spans: Vec<CharSpan>,
    ) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        let coding = self.coding(article).ok_or(SessionError::NoAnnotation)?;
        let mut annotation = Annotation::clone(coding.orphans.get(&id).ok_or(SessionError::NoAnnotation)?);
        // Where files were put together by hand, another one may have its id.
        if coding.annotations.contains_key(&id) {
            annotation.id = AnnotationId::new();
        }
        if !annotation.place(&OffsetMap::new(self.text_of(article)?), spans) {
            return Err(SessionError::NothingSelected);
        }
        if let Origin::Accepted { edited, .. } = &mut annotation.origin {
            *edited = true;
        }
        annotation.changed = self.now();
        let label = format!("Place the coding at “{}”", shorten(&annotation.words()));
        let put = Edit::Annotation { at: at.clone(), id: annotation.id, to: Some(Box::new(annotation)) };
        self.perform(label, Edit::Batch(vec![Edit::Orphan { at, id, to: None }, put]), None)
    }

    /// Takes away a coding that lost its words, with the relations that hang on it.
    ///
    /// # Errors
    /// Where it is gone, or as [`perform`](Self::perform).
    pub fn delete_orphan(&mut self, article: &ArticleId, id: AnnotationId) -> Result<(), SessionError> {
        let (at, _) = self.desk(article)?;
        let orphan = self.coding(article).and_then(|c| c.orphans.get(&id)).ok_or(SessionError::NoAnnotation)?;
        let label = format!("Delete the coding of “{}”", shorten(&orphan.words()));
        let mut edits = self.unrelate_all(id);
        edits.push(Edit::Orphan { at, id, to: None });
        self.perform(label, Edit::Batch(edits), None)
    }

    /// Refuses what would put work at places of a text that is not the one that was coded: they would be wrong as soon
    /// as the codings are found again. What brings the text along is not refused.
    pub(super) fn refuse_on_changed_texts(&self, edit: &Edit) -> Result<(), SessionError> {
        let (mut put, mut brought) = (BTreeSet::new(), BTreeSet::new());
        placed(edit, &mut put, &mut brought);
        match put.difference(&brought).find(|id| self.text_changed(id)) {
            Some(id) => {
                let title = self.article(id).map_or_else(|| id.to_string(), |a| a.display_title());
                Err(SessionError::TextChanged(title))
            }
            None => Ok(()),
        }
    }
}

/// The articles on whose passages an edit puts work, and those whose text it brings.
fn placed<'e>(edit: &'e Edit, put: &mut BTreeSet<&'e ArticleId>, brought: &mut BTreeSet<&'e ArticleId>) {
    match edit {
        Edit::Batch(edits) => edits.iter().for_each(|edit| placed(edit, put, brought)),
        Edit::Article { id, .. } => drop(brought.insert(id)),
        Edit::Annotation { at, to: Some(_), .. }
        | Edit::Decision { at, to: Some(_), .. }
        | Edit::NothingFound { at, what: NothingFound { span: Some(_) }, present: true } => {
            put.insert(&at.article);
        }
        _ => {}
    }
}

/// A text as it would be imported.
fn corrected(text: &str) -> Result<Arc<str>, SessionError> {
    let text = normalise(text);
    if text.trim().is_empty() { Err(SessionError::TextEmpty) } else { Ok(text.into()) }
}
