//! The project itself: its title, its settings, its variables, and its articles with what is known of them.

use std::sync::Arc;

use super::documents::check_value;
use super::{Session, SessionError};
use crate::edit::{Edit, EditError};
use crate::model::{Article, ArticleId, Metadata, Settings, Variable};

impl Session {
    /// Gives the project another title.
    ///
    /// # Errors
    /// Where it is empty, or as [`perform`](Session::perform).
    pub fn set_title(&mut self, title: &str) -> Result<(), SessionError> {
        let title = title.trim();
        if title.is_empty() {
            return Err(SessionError::Nameless("project"));
        }
        if title == self.project.title {
            return Ok(());
        }
        self.perform("Rename the project", Edit::Title(title.to_owned()), None)
    }

    /// Changes what holds for the whole project.
    ///
    /// # Errors
    /// As [`perform`](Session::perform).
    pub fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) -> Result<(), SessionError> {
        let mut settings = self.project.settings.clone();
        change(&mut settings);
        if settings == self.project.settings {
            return Ok(());
        }
        self.perform("Change the settings", Edit::Settings(settings), None)
    }

    /// Puts a variable into the project's schema, in place of one of that name.
    ///
    /// # Errors
    /// Where the name is empty, or as [`perform`](Session::perform).
    pub fn put_variable(&mut self, name: &str, variable: Variable) -> Result<(), SessionError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(SessionError::Nameless("variable"));
        }
        if self.project.variables.get(name) == Some(&variable) {
            return Ok(());
        }
        let label = format!("Define the variable “{name}”");
        self.perform(label, Edit::Variable { name: name.to_owned(), to: Some(variable) }, None)
    }

    /// Takes a variable that nothing uses out of the project's schema.
    ///
    /// # Errors
    /// Where there is none of that name or it is in use, or as [`perform`](Session::perform).
    pub fn remove_variable(&mut self, name: &str) -> Result<(), SessionError> {
        if !self.project.variables.contains_key(name) {
            return Err(SessionError::Missing { what: "variable", name: name.to_owned() });
        }
        let articles = self.project.articles.values().filter(|a| a.metadata.variables.contains_key(name)).count();
        let documents = self.project.codings.values().filter(|c| c.document.variables.contains_key(name)).count();
        if articles + documents > 0 {
            let uses = articles + documents;
            return Err(SessionError::InUse { what: "the variable", name: name.to_owned(), uses });
        }
        let label = format!("Remove the variable “{name}”");
        self.perform(label, Edit::Variable { name: name.to_owned(), to: None }, None)
    }

    /// Changes what is known of an article. Variables that it sets are ones that the project knows, and of their kind.
    ///
    /// # Errors
    /// Where there is no such article or a variable does not fit, or as [`perform`](Session::perform).
    pub fn change_metadata(&mut self, id: &ArticleId, change: impl FnOnce(&mut Metadata)) -> Result<(), SessionError> {
        let article = self.project.articles.get(id).ok_or_else(|| EditError::NoArticle(id.clone()))?;
        let mut metadata = article.metadata.clone();
        change(&mut metadata);
        if metadata == article.metadata {
            return Ok(());
        }
        for (name, value) in &metadata.variables {
            if article.metadata.variables.get(name) != Some(value) {
                check_value(&self.project, name, value)?;
            }
        }
        let label = format!("Change what is known of “{}”", article.display_title());
        self.perform(label, Edit::Metadata { article: id.clone(), to: Box::new(metadata) }, None)
    }

    /// Puts one article into the project.
    ///
    /// # Errors
    /// Where it is there already, a variable does not fit, or as [`perform`](Session::perform).
    pub fn add_article(&mut self, article: Article) -> Result<ArticleId, SessionError> {
        let id = article.id.clone();
        if self.project.articles.contains_key(&id) {
            return Err(SessionError::ArticleExists(id));
        }
        for (name, value) in &article.metadata.variables {
            check_value(&self.project, name, value)?;
        }
        let label = format!("Add the article “{}”", article.display_title());
        self.perform(label, Edit::Article { id: id.clone(), to: Some(Arc::new(article)) }, None)?;
        Ok(id)
    }

    /// Takes an article that nobody has coded out of the project.
    ///
    /// # Errors
    /// Where there is no such article or some work on it, or as [`perform`](Session::perform).
    pub fn remove_article(&mut self, id: &ArticleId) -> Result<(), SessionError> {
        let article = self.project.articles.get(id).ok_or_else(|| EditError::NoArticle(id.clone()))?;
        let label = format!("Remove the article “{}”", article.display_title());
        self.perform(label, Edit::Article { id: id.clone(), to: None }, None)
    }
}
