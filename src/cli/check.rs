//! `framelens check`

use std::path::PathBuf;

use clap::Args;

use super::{Outcome, count, say};
use crate::store::Store;

/// Look whether a project is sound
///
/// Nothing is changed. Every file is read; texts are compared with what was coded, and codings with texts and codebook.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  framelens check my-study && echo sound")]
pub struct Check {
    /// The project folder
    project: PathBuf,
}

impl Check {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let opened = Store::open(&self.project)?;
        let project = &opened.project;
        let annotations = project.codings.values().map(|c| c.annotations.len()).sum();
        say(&format!(
            "{}: {}, {}, {}, {}",
            project.title,
            count(project.articles.len(), "article"),
            count(project.coders.len(), "coder"),
            count(project.codebook.codes.len(), "code"),
            count(annotations, "annotation"),
        ))?;
        let faults = project.faults();
        for notice in &opened.notices {
            say(notice)?;
        }
        for fault in &faults {
            say(&format!("Fault: {fault}"))?;
        }
        match opened.notices.len() + faults.len() {
            0 => {
                say("Sound.")?;
                Ok(Outcome::Done)
            }
            n => {
                say(&format!("Not sound: {}. Nothing was changed.", count(n, "finding")))?;
                Ok(Outcome::Partly)
            }
        }
    }
}
