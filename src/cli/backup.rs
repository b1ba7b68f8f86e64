//! `framelens backup`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::{Outcome, complain, detector, say, size};
use crate::session::Session;
use crate::store::backups;

/// Keep a project as it is, or go back to how it was
///
/// Backups lie in the project's own folder, in backups/. The oldest go as the project's settings say; those that were made
/// before something (a restore, a repair) are counted by themselves. Going back keeps what there is now as a backup first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens backup my-study\n  framelens backup my-study --list\n  \
                  framelens backup my-study --restore 2026-03-04T09-30-00.000Z.framelens")]
pub struct Backup {
    /// The project folder
    project: PathBuf,

    /// Show the backups there are, newest first, with their sizes
    #[arg(long, conflicts_with = "restore")]
    list: bool,

    /// Go back to this backup: its name, or as much of its beginning as no other has
    #[arg(long, value_name = "NAME")]
    restore: Option<String>,
}

impl Backup {
    pub fn run(self) -> anyhow::Result<Outcome> {
        if self.list {
            // Also where the project itself cannot be opened: then they are needed most.
            for backup in backups::list(&self.project)? {
                say(&format!("{}\t{}", backup.name(), size(backup.bytes)))?;
            }
            return Ok(Outcome::Done);
        }
        let (mut session, notices) = Session::open(&self.project, detector())?;
        notices.iter().for_each(|notice| complain(notice));
        let Some(name) = self.restore else {
            match session.back_up("by-hand")? {
                Some(backup) => say(&format!("{} ({})", backup.path.display(), size(backup.bytes)))?,
                None => say("The newest backup holds all there is; no other was made.")?,
            }
            return Ok(Outcome::Done);
        };
        let all = session.backups()?;
        let fitting: Vec<_> = all.iter().filter(|b| b.name().starts_with(&name)).collect();
        let backup = match (all.iter().find(|b| b.name() == name), &fitting[..]) {
            (Some(backup), _) => backup,
            (None, [backup]) => backup,
            (None, []) => bail!(
                "there is no backup “{name}”. Those there are: framelens backup {} --list",
                self.project.display()
            ),
            (None, _) => bail!("{} backups begin with “{name}”: say more of the name", fitting.len()),
        };
        if session.restore_backup(backup)? {
            session.settle()?;
            say(&format!("The project is as it was in {}", backup.name()))?;
        } else {
            say("Nothing to do: the project is as it was then.")?;
        }
        Ok(Outcome::Done)
    }
}
