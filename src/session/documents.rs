//! What a coder says of whole articles: the document's codes and variables, what holds nothing, what is finished.

use jiff::civil::{Date, DateTime};

use super::{Session, SessionError};
use crate::edit::Edit;
use crate::model::{ArticleId, DocumentCoding, NothingFound, Project, Value, VariableKind};
use crate::text::CharSpan;

impl Session {
    /// Changes what the coder who codes says of a whole article. Variables that it sets are ones that the project
    /// knows, and of their kind.
    ///
    /// # Errors
    /// Where nobody codes, a variable does not fit, or as [`perform`](Session::perform).
    pub fn change_document(
        &mut self,
        article: &ArticleId,
        label: impl Into<String>,
        change: impl FnOnce(&mut DocumentCoding),
    ) -> Result<(), SessionError> {
        let (at, joins) = self.desk(article)?;
        let old = self.coding(article).map(|c| c.document.clone()).unwrap_or_default();
        let mut document = old.clone();
        change(&mut document);
        if document == old {
            return self.check_article(article);
        }
        for (name, value) in &document.variables {
            if old.variables.get(name) != Some(value) {
                check_value(&self.project, name, value)?;
            }
        }
        let edit = Edit::Document { at, to: Box::new(document) };
        self.perform(label, Edit::Batch(joins.into_iter().chain([edit]).collect()), None)
    }

    /// Says, or takes back, that a passage (`None`: the whole article) was read and holds nothing to code.
    ///
    /// # Errors
    /// As [`perform`](Session::perform), or where nobody codes.
    pub fn set_nothing_found(
        &mut self,
        article: &ArticleId,
        span: Option<CharSpan>,
        present: bool,
    ) -> Result<(), SessionError> {
        let (at, joins) = self.desk(article)?;
        let what = NothingFound { span };
        if self.coding(article).is_some_and(|c| c.nothing_found.contains(&what)) == present {
            return self.check_article(article);
        }
        let edit = Edit::NothingFound { at, what, present };
        let label = if present { "Read, nothing found" } else { "Take back “nothing found”" };
        self.perform(label, Edit::Batch(joins.into_iter().chain([edit]).collect()), None)
    }

    /// As [`set_nothing_found`](Self::set_nothing_found), whichever it is not.
    ///
    /// # Errors
    /// As [`set_nothing_found`](Self::set_nothing_found).
    pub fn toggle_nothing_found(&mut self, article: &ArticleId, span: Option<CharSpan>) -> Result<(), SessionError> {
        let said = self.coding(article).is_some_and(|c| c.nothing_found.contains(&NothingFound { span }));
        self.set_nothing_found(article, span, !said)
    }

    /// Says, or takes back, that the coder is done with an article. Who was done already stays done since then.
    ///
    /// # Errors
    /// As [`change_document`](Self::change_document).
    pub fn set_finished(&mut self, article: &ArticleId, finished: bool) -> Result<(), SessionError> {
        let now = self.now();
        let label = if finished { "Finish the article" } else { "Reopen the article" };
        self.change_document(article, label, |d| d.finished = finished.then(|| d.finished.unwrap_or(now)))
    }

    /// As [`set_finished`](Self::set_finished), whichever it is not.
    ///
    /// # Errors
    /// As [`set_finished`](Self::set_finished).
    pub fn toggle_finished(&mut self, article: &ArticleId) -> Result<(), SessionError> {
        let done = self.coding(article).is_some_and(|c| c.document.finished.is_some());
        self.set_finished(article, !done)
    }

    /// That nothing was to be changed does not make an article that is not there one.
    fn check_article(&self, article: &ArticleId) -> Result<(), SessionError> {
        match self.project.articles.get(article) {
            Some(_) => Ok(()),
            None => Err(crate::edit::EditError::NoArticle(article.clone()).into()),
        }
    }
}

/// Whether the project knows a variable, and the value is of its kind.
pub(super) fn check_value(project: &Project, name: &str, value: &Value) -> Result<(), SessionError> {
    let Some(variable) = project.variables.get(name) else {
        return Err(SessionError::Missing { what: "variable", name: name.to_owned() });
    };
    let (fits, kind) = match (&variable.kind, value) {
        (VariableKind::Text, v) => (matches!(v, Value::Text(_)), "holds text".to_owned()),
        (VariableKind::Number, v) => (matches!(v, Value::Number(_)), "holds a number".to_owned()),
        (VariableKind::YesNo, v) => (matches!(v, Value::YesNo(_)), "holds yes or no (true or false)".to_owned()),
        (VariableKind::Date, v) => {
            let fits = matches!(v, Value::Text(date) if is_date(date));
            (fits, "holds a date, such as 2025-03-04".to_owned())
        }
        (VariableKind::OneOf(words), v) => {
            let fits = matches!(v, Value::Text(word) if words.contains(word));
            (fits, format!("is one of {}", words.join(", ")))
        }
    };
    if fits { Ok(()) } else { Err(SessionError::DoesNotFit { name: name.to_owned(), kind, value: value.to_string() }) }
}

/// ISO 8601, as precisely as it is known: a year, a month, a day, a moment.
fn is_date(word: &str) -> bool {
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let month = |m: &str| digits(m, 2) && matches!(m.parse(), Ok(1..=12));
    digits(word, 4)
        || word.split_once('-').is_some_and(|(y, m)| digits(y, 4) && month(m))
        || word.parse::<Date>().is_ok()
        || word.parse::<DateTime>().is_ok()
        || word.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_are_as_precise_as_they_are_known() {
        for date in ["2025", "2025-03", "2025-03-04", "2025-03-04T09:30", "2025-03-04T09:30:00+01:00"] {
            assert!(is_date(date), "{date}");
        }
        for no in ["", "spring", "3/4/2025", "2025-13", "2025-02-30", "٢٠٢٥", "20"] {
            assert!(!is_date(no), "{no}");
        }
    }
}
