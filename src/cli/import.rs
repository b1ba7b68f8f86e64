//! `framelens import`

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use clap::builder::PossibleValue;

use super::progress::Progress;
use super::{Outcome, complain, detector, say};
use crate::exchange::FORMATS;
use crate::import::{Field, Options, READERS, read_all};
use crate::session::{Copies, Corpus, Pending, Session, with_known_columns};

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

    /// What the columns of tables hold, where it is not seen by itself: text=Body,title=Headline,variable=Lean
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',', value_parser = column)]
    columns: Vec<(String, Field)>,

    /// The line that stands between the articles of one text file
    #[arg(long, value_name = "LINE")]
    separator: Option<String>,

    /// What becomes of articles that are the same as another one, or nearly: coded apart, coded once, or left out
    #[arg(long, value_name = "HOW", default_value = "apart", value_parser = Copies::ALL.map(Copies::word))]
    copies: String,

    /// Only say what would come in
    #[arg(long)]
    dry_run: bool,

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

/// `title=Headline` as the column and what it holds.
fn column(said: &str) -> Result<(String, Field), String> {
    let known = || Field::ALL.map(Field::word).join(", ");
    let (field, name) = said.split_once('=').ok_or("write it as FIELD=COLUMN, as in text=Body")?;
    let found = Field::from_word(field).ok_or_else(|| format!("there is no field “{field}”; there are {}", known()))?;
    Ok((name.to_owned(), found))
}

/// What would come in, a line an article.
fn list(pending: &Pending) -> std::io::Result<()> {
    say("format\tpublished\toutlet\twords\ttitle\tfile")?;
    for row in pending.rows.iter().filter(|row| !row.known) {
        let (article, about) = (&row.candidate.article, &row.candidate.article.metadata);
        say(&format!(
            "{}\t{}\t{}\t{}\t{}\t{}",
            article.source.format,
            about.published.as_deref().unwrap_or_default(),
            about.outlet,
            article.text.split_whitespace().count(),
            article.display_title(),
            row.candidate.file
        ))?;
    }
    for table in &pending.tables {
        let columns = table.names.iter().map(|name| {
            let field = table.columns.get(name).copied().unwrap_or(Field::Ignored);
            format!("{}={name}", field.word())
        });
        complain(&format!("{}: its columns were taken for {}", table.file, columns.collect::<Vec<_>>().join(",")));
    }
    Ok(())
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
        let options = Options {
            format: self.format.clone(),
            named: self.columns.iter().cloned().collect(),
            separator: self.separator.clone(),
            ..Options::default()
        };
        let mut progress = Progress::new("Read", None);
        let mut so_far = 0;
        let options = with_known_columns(session.project(), &options);
        let found = read_all(&paths, &options, |done, _| {
            progress.step(done - so_far);
            so_far = done;
            true
        });
        drop(progress);
        let mut pending = Pending::default();
        pending.take_in(session.project(), found);
        pending.skipped.iter().for_each(|error| complain(&error.to_string()));
        failed += pending.skipped.len();
        for row in &pending.rows {
            let (file, title) = (&row.candidate.file, row.candidate.article.display_title());
            row.candidate.warnings.iter().for_each(|warning| complain(&format!("{file}: “{title}”: {warning}")));
            if row.known {
                complain(&format!("{file}: “{title}” is in the project already"));
            }
        }
        for alike in &pending.alike {
            let how = if alike.exact { "the same as" } else { "nearly the same as" };
            let head = pending.head(session.project(), alike).map(|a| a.id.to_string()).unwrap_or_default();
            for row in alike.rows.iter().filter_map(|n| pending.rows.get(*n)) {
                complain(&format!(
                    "{}: “{}” is {how} {head}",
                    row.candidate.file,
                    row.candidate.article.display_title()
                ));
            }
        }
        if self.dry_run {
            list(&pending)?;
        } else {
            let copies = Copies::ALL.into_iter().find(|c| c.word() == self.copies).unwrap_or_default();
            let taken = session.take(&pending, |_| true, |_| copies)?;
            session.save_now().context("the articles could not be saved")?;
            let nothing = pending.rows.is_empty() && failed == 0;
            let why = if nothing { ": there are no files there" } else { "" };
            say(&format!("{}{why}", String::from(&taken)))?;
        }
        Ok(if failed == 0 { Outcome::Done } else { Outcome::Partly })
    }
}
