//! `framelens import`

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use rayon::prelude::*;

use super::progress::Progress;
use super::{Outcome, complain, count, detector, say};
use crate::import::{READERS, gather, read};
use crate::session::Session;

/// How many files are read before their articles are saved.
const BATCH: usize = 256;

/// Bring articles into a project
///
/// Folders are searched with all that is below them; hidden files are left out. What a file is, is seen from what is in
/// it. Files that cannot be read are told, and the others imported. An article that is in the project already is not
/// imported again.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  framelens import my-study articles/ page.html\n\n\
                  Text files may begin with lines such as these, up to a blank line:\n  \
                  Title: …  Standfirst: …  Byline: …  Outlet: …  Published: …  Section: …  Url: …  Language: …\n  \
                  (each on a line of its own)")]
pub struct Import {
    /// The project folder
    project: PathBuf,

    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// What the files are, where it should not be seen from their content
    #[arg(long, value_parser = READERS.iter().map(|r| r.name()).collect::<Vec<_>>())]
    format: Option<String>,
}

impl Import {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let (mut session, notices) = Session::open(&self.project, detector())?;
        notices.iter().for_each(|notice| complain(notice));
        if session.read_only().is_some() {
            bail!("nothing was imported, because {} is open for reading only", self.project.display());
        }
        let (files, errors) = gather(&self.paths);
        let mut failed = errors.len();
        errors.iter().for_each(|error| complain(&error.to_string()));
        let (mut new, mut known) = (0, 0);
        let mut progress = Progress::new("Imported", Some(files.len()));
        for batch in files.chunks(BATCH) {
            let read: Vec<_> = batch.par_iter().map(|path| read(path, self.format.as_deref())).collect();
            let mut articles = Vec::new();
            for (path, read) in batch.iter().zip(read) {
                match read {
                    Ok(found) => {
                        for article in found {
                            let twice = articles.iter().any(|a: &crate::model::Article| a.id == article.id);
                            if twice || session.article(&article.id).is_some() {
                                progress.clear();
                                complain(&format!(
                                    "{}: “{}” is in the project already",
                                    path.display(),
                                    article.display_title()
                                ));
                                known += 1;
                            }
                            articles.push(article);
                        }
                    }
                    Err(error) => {
                        progress.clear();
                        complain(&error.to_string());
                        failed += 1;
                    }
                }
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
