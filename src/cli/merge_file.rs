//! `framelens merge-file`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{Outcome, complain};
use crate::edit::merge::{Choices, Input, Report, merge};
use crate::store::OneFile;

/// Merge three versions of one file of a project, for git
///
/// Git calls this where both branches changed a file (framelens tidy sets it up). The result is written over OURS. Where
/// both changed the same thing in different ways, OURS is left as it is, and it is told what stands against what; git
/// then takes the file as conflicting.
#[derive(Debug, Args)]
#[command(after_help = "Example (what git runs as its merge driver):\n  framelens merge-file %O %A %B %P")]
pub struct MergeFile {
    /// The common ancestor; empty or missing where there is none
    base: PathBuf,

    /// Our version; the result is written here
    ours: PathBuf,

    /// Their version
    theirs: PathBuf,

    /// The file's path, by which it is told what it is
    path: PathBuf,
}

impl MergeFile {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let shown = self.path.display();
        let Some(file) = OneFile::at(&self.path) else {
            bail!("{shown} is no file of a Framelens project; git has to merge it in its own way");
        };
        let read = |path: &Path, whose: &str| {
            file.read(path).with_context(|| format!("{shown}: {whose} version was not merged"))
        };
        let base = read(&self.base, "the common")?;
        let Some(ours) = read(&self.ours, "our")? else { bail!("{shown}: our version is empty") };
        let Some(theirs) = read(&self.theirs, "their")? else { bail!("{shown}: their version is empty") };
        let inputs = [Input { name: "ours", project: &ours }, Input { name: "theirs", project: &theirs }];
        let merged = merge(&inputs, base.as_ref(), &Choices { one_file: true, ..Choices::default() });
        let report = &merged.report;
        let conflicts = report.lost.iter().any(crate::edit::merge::Lost::is_work);
        for line in told(report).lines() {
            complain(&format!("{shown}: {line}"));
        }
        if conflicts {
            complain(&format!(
                "{shown}: both branches changed the same thing; the file is as on our branch. Choose one version \
                 (git checkout --ours or --theirs) or correct it by hand, then git add it"
            ));
            return Ok(Outcome::Partly);
        }
        file.write(&merged.project, &self.ours)?;
        Ok(Outcome::Done)
    }
}

/// What of a report people have to know: not what came, which git tells, but what needs their eyes.
fn told(report: &Report) -> String {
    Report { inputs: Vec::new(), ..report.clone() }.text()
}
