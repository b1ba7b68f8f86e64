//! `framelens export`

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use clap::builder::PossibleValue;

use super::progress::Progress;
use super::{Outcome, complain, count, detector, not_its_own, open_to_read, say};
use crate::exchange::{FORMATS, SUGGESTIONS, Selection, Shape, export, format, stream};
use crate::model::{ArticleId, CoderId};
use crate::session::with_suggestions;

/// Write a project's articles and codings for other programs
///
/// Whatever a format has no place for is told, and stands in a file beside the export (left-out.json). Some formats are a
/// folder of files: where the name ends in .zip, they are packed into one file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens export my-study --format csv --out codings.csv\n  \
                  framelens export my-study --format jsonl --out - --coder ada --layers frame,quote | jq .annotations")]
pub struct Export {
    /// The project folder
    project: PathBuf,

    /// What to write
    #[arg(long, value_parser = formats())]
    format: String,

    /// The file or folder to write; `-` is standard output
    #[arg(long, value_name = "PATH")]
    out: PathBuf,

    /// Only what this coder said (id or name); may be given several times
    #[arg(long, value_name = "CODER")]
    coder: Vec<String>,

    /// Only these articles (ids or titles)
    #[arg(long, value_name = "ID", num_args = 1..)]
    articles: Vec<String>,

    /// Only these layers: entity, quote, claim, frame
    #[arg(long, value_name = "LAYER", value_delimiter = ',')]
    layers: Vec<String>,

    /// Only this code and those below it (id or name); may be given several times
    #[arg(long, value_name = "NAME")]
    code: Vec<String>,

    /// Leave out which suggestions were rejected
    #[arg(long)]
    without_rejected: bool,

    /// Only the work of those who settle where coders differ
    #[arg(long)]
    settled: bool,

    /// With the suggestions that nobody has answered, as the work of a coder called “suggestions”
    #[arg(long)]
    with_suggestions: bool,

    /// Overwrite the file if it is there
    #[arg(long)]
    force: bool,
}

/// The formats with what each is.
fn formats() -> Vec<PossibleValue> {
    FORMATS.iter().map(|f| PossibleValue::new(f.name()).help(f.about())).collect()
}

impl Export {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let format = format(&self.format)?;
        let (opened, noticed) = open_to_read(&self.project)?;
        let project = &opened.project;
        let mut selection = Selection::named(project, &self.articles, &self.coder, &self.code, &self.layers)?;
        selection.rejected = !self.without_rejected;
        if self.settled {
            selection = selection.settled(project)?;
        }
        let suggested;
        let project = if self.with_suggestions {
            let wanted = |id: &ArticleId| selection.articles.as_ref().is_none_or(|a| a.contains(id));
            suggested = with_suggestions(project, &*detector(), wanted);
            if let Some(coders) = &mut selection.coders {
                coders.extend(SUGGESTIONS.parse::<CoderId>().ok());
            }
            &suggested
        } else {
            project
        };
        not_its_own(opened.store.root(), &self.out)?;
        let written = if self.out == Path::new("-") {
            if format.shape() == Shape::Folder {
                bail!(
                    "{} is a folder of files and cannot go to standard output; name a folder or a .zip file",
                    format.name()
                );
            }
            let mut out = BufWriter::new(io::stdout().lock());
            stream(project, &selection, format, &mut out)?
        } else {
            let mut progress = Progress::new("Exported", Some(project.articles.len()));
            let written = export(project, &selection, format, &self.out, self.force, &mut |_| {
                progress.step(1);
                true
            })?;
            drop(progress);
            say(&format!(
                "{} in {} written to {}",
                count(written.annotations, "annotation"),
                count(written.articles, "article"),
                self.out.display()
            ))?;
            written
        };
        for loss in written.losses.list() {
            complain(&loss.say);
        }
        if noticed {
            complain("what could not be read is missing from the export");
            return Ok(Outcome::Partly);
        }
        Ok(Outcome::Done)
    }
}
