//! `framelens import`

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use clap::builder::PossibleValue;

use super::progress::Progress;
use super::{Outcome, complain, count, detector, say};
use crate::exchange::FORMATS;
use crate::import::{Options, READERS, gather, read_all};
use crate::model::Article;
use crate::session::{Corpus, Session};

/// How many files are read before their articles are saved.
const BATCH: usize = 256;

/// Bring articles into a project, and the codings that some formats carry
///
/// Corpora of other programs (framelens export --help lists the formats) are known by their content: their articles,
/// codes, coders and codings come in, an article or a coding that is in the project already is not brought again, and
/// nothing is deleted. Everything else is read as articles.
///
/// Folders are searched with all that is below them; hidden files are left out. What a file is, is seen from what is in
/// it. Files that cannot be read are told, and the others imported. An article that is in the project already is not
/// imported again.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  framelens import my-study articles/ page.html\n  framelens import my-study from-nvivo.qdpx --coder Ida\n\n\
                  Text files may begin with lines such as these, up to a blank line:\n  \
                  Title: …  Standfirst: …  Byline: …  Outlet: …  Published: …  Section: …  Url: …  Language: …\n  \
                  (each on a line of its own)"
)]
pub struct Import {
    /// The project folder
    project: PathBuf,

    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// What the files are, where it should not be seen from their content
    #[arg(long, value_parser = formats())]
    format: Option<String>,

    /// Whose work the codings are where the file does not say (an id or a name)
    #[arg(long, value_name = "CODER", default_value = "imported")]
    coder: String,
}

/// What `--format` may be: the formats of articles, and those of corpora.
fn formats() -> Vec<PossibleValue> {
    let articles = READERS.iter().map(|r| (r.name(), r.about()));
    let corpora = FORMATS.iter().filter(|f| f.is_read()).map(|f| (f.name(), f.about()));
    // A name that means both is told as the corpus, which has the articles too.
    let all: BTreeMap<_, _> = articles.chain(corpora).collect();
    all.into_iter().map(|(name, about)| PossibleValue::new(name).help(about)).collect()
}

impl Import {
    /// What is a corpus with codings, and the other paths. A format that has articles and corpora is a corpus where it
    /// looks like one.
    fn corpora(&self) -> (Vec<Corpus>, Vec<PathBuf>) {
        let articles = |name: &String| READERS.iter().any(|r| r.name() == name);
        let named =
            self.format.as_ref().and_then(|name| FORMATS.iter().copied().find(|f| f.name() == name && f.is_read()));
        let (mut corpora, mut rest) = (Vec::new(), Vec::new());
        for path in self.paths.iter().cloned() {
            let found = match (&self.format, named) {
                (Some(name), Some(format)) if !articles(name) => Some(Corpus { path: path.clone(), format }),
                (Some(name), _) => Corpus::at(path.clone()).filter(|c| c.format.name() == name),
                (None, _) => Corpus::at(path.clone()),
            };
            match found {
                Some(corpus) => corpora.push(corpus),
                None => rest.push(path),
            }
        }
        (corpora, rest)
    }

    pub fn run(self) -> anyhow::Result<Outcome> {
        let (mut session, notices) = Session::open(&self.project, detector())?;
        notices.iter().for_each(|notice| complain(notice));
        if session.read_only().is_some() {
            bail!("nothing was imported, because {} is open for reading only", self.project.display());
        }
        let (corpora, paths) = self.corpora();
        let mut failed = 0;
        for corpus in &corpora {
            let (shown, format) = (corpus.path.display(), corpus.format.name());
            match session.read_corpus(corpus, &self.coder) {
                Ok(report) => {
                    report.told.iter().for_each(|what| complain(&format!("{shown}: {what}")));
                    session.save_now().context("what was read could not be saved")?;
                    say(&format!("{shown} ({format}): {}", report.sentence()))?;
                }
                Err(error) => {
                    complain(&error.to_string());
                    failed += 1;
                }
            }
        }
        if paths.is_empty() {
            return Ok(if failed == 0 { Outcome::Done } else { Outcome::Partly });
        }
        let (files, errors) = gather(&paths);
        failed += errors.len();
        errors.iter().for_each(|error| complain(&error.to_string()));
        let (mut new, mut known) = (0, 0);
        let mut progress = Progress::new("Imported", Some(files.len()));
        let options = Options { format: self.format.clone(), ..Options::default() };
        for batch in files.chunks(BATCH) {
            let found = read_all(batch, &options, |_, _| true);
            for error in &found.skipped {
                progress.clear();
                complain(&error.to_string());
                failed += 1;
            }
            let mut articles: Vec<Article> = Vec::new();
            for candidate in found.articles {
                let article = candidate.article;
                let (file, title) = (&candidate.file, article.display_title());
                for warning in &candidate.warnings {
                    progress.clear();
                    complain(&format!("{file}: “{title}”: {warning}"));
                }
                if articles.iter().any(|a| a.id == article.id) || session.article(&article.id).is_some() {
                    progress.clear();
                    complain(&format!("{file}: “{title}” is in the project already"));
                    known += 1;
                }
                articles.push(article);
            }
            new += session.add_articles(articles)?;
            session.save_now().context("the articles could not be saved")?;
            progress.step(batch.len());
        }
        drop(progress);
        let mut told = format!("{} imported", count(new, "article"));
        if known > 0 {
            told += &format!("; {known} in the project already");
        }
        if failed > 0 {
            told += &format!("; {} could not be read", count(failed, "file"));
        }
        if files.is_empty() && failed == 0 {
            told += ": there are no files there";
        }
        say(&told)?;
        Ok(if failed == 0 { Outcome::Done } else { Outcome::Partly })
    }
}
