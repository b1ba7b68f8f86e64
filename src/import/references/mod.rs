//! References from literature managers: what is known of an article, and where its text lies.
//!
//! The text is that of the attachment, where there is one below the folder of the reference file (Zotero exports it to
//! `files/12/name.pdf`); else the abstract, with a warning. A reference without either is skipped.

mod csl;
mod ris;

use std::collections::BTreeMap;

use super::{Block, Draft, Intake, Problem};
use crate::model::{Article, Source, Value};

pub use csl::Csl;
pub use ris::Ris;

/// A reference, read.
#[derive(Debug, Default)]
struct Reference {
    /// What is known of it, without a body.
    draft: Draft,
    summary: String,
    /// The attachments, as the file names them.
    files: Vec<String>,
}

impl Reference {
    /// Lays down the article of the reference, which is the `number`th of the file.
    fn lay_down(mut self, number: usize, source: &Source, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let piece = match super::draft::one_line(&self.draft.title) {
            title if title.is_empty() => format!("reference {number}"),
            title => format!("reference {number} (“{title}”)"),
        };
        let mut trouble = None;
        for file in &self.files {
            match intake.beside(&local(file)) {
                None => {}
                Some(Err(error)) => trouble = Some(error.problem),
                Some(Ok(articles)) => return self.attached(articles, intake),
            }
        }
        if self.summary.trim().is_empty() {
            intake.skip(&piece, trouble.unwrap_or(Problem::NoText));
            return Ok(());
        }
        self.draft.body =
            self.summary.split("\n\n").filter(|p| !p.trim().is_empty()).map(|p| Block::body(p.trim())).collect();
        match self.draft.article(source.clone()) {
            Ok(article) => intake.article(article)?,
            Err(problem) => {
                intake.skip(&piece, problem);
                return Ok(());
            }
        }
        intake.warn(match trouble {
            Some(problem) => format!("only the abstract: the attachment could not be read, for {problem}"),
            None if self.files.is_empty() => "only the abstract: the reference has no attachment".to_owned(),
            None => "only the abstract: the attachment is not where the reference says".to_owned(),
        });
        Ok(())
    }

    /// Takes the text of the attachment, and of the rest what the reference says before what the attachment does.
    fn attached(self, articles: Vec<Article>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let several = articles.len() > 1;
        let said = self.draft.article(Source::default()).map(|a| a.metadata).unwrap_or_default();
        for article in articles {
            let mut metadata = article.metadata.clone();
            let full = |said: &str, found: &str| if said.is_empty() { found.to_owned() } else { said.to_owned() };
            if !several {
                metadata.title = full(&said.title, &metadata.title);
            }
            metadata.outlet = full(&said.outlet, &metadata.outlet);
            if !said.authors.is_empty() {
                metadata.authors.clone_from(&said.authors);
            }
            metadata.published = said.published.clone().or(metadata.published);
            metadata.url = said.url.clone().or(metadata.url);
            metadata.section = said.section.clone().or(metadata.section);
            metadata.language = metadata.language.or_else(|| said.language.clone());
            let more: BTreeMap<String, Value> = said.variables.clone();
            metadata.variables.extend(more);
            intake.article(Article::new(article.text, metadata, article.parts, article.source))?;
            if several {
                intake.warn("the attachment holds several articles; what the reference says was given to each");
            }
        }
        Ok(())
    }
}

/// The path of an attachment as it lies beside the file.
fn local(path: &str) -> String {
    let path = path.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    path.strip_prefix("./").unwrap_or(path).to_owned()
}
