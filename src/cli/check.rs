//! `framelens check`

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Outcome, complain, count, detector, say};
use crate::session::{Session, Told};
use crate::store::{Store, StoreError, hold, repair};

/// Look whether a project is sound, and repair it
///
/// Every file is read; texts are compared with what was coded, and codings with texts and codebook. Without --repair
/// nothing is changed, and it is told what a repair would do. A repair copies the whole folder into backups/ first, takes
/// what is broken from the newest backup that has it, and deletes nothing: what is replaced is kept in backups/broken/.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens check my-study && echo sound\n  framelens check my-study --repair")]
pub struct Check {
    /// The project folder
    project: PathBuf,

    /// Put right what can be put right
    #[arg(long)]
    repair: bool,
}

impl Check {
    pub fn run(self) -> anyhow::Result<Outcome> {
        if self.repair {
            bring_in(&self.project)?;
            let _held = hold(&self.project)?;
            return repair(&repair::examine(&self.project)?);
        }
        let plan = repair::examine(&self.project)?;
        let opened = match Store::open(&self.project) {
            Ok(opened) => opened,
            Err(error) if !plan.steps.is_empty() => {
                complain(&error.to_string());
                offer(&plan)?;
                return Ok(Outcome::Partly);
            }
            Err(error) => return Err(error.into()),
        };
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
        for copy in &opened.strays {
            say(&format!("A copy that a synchronising program left: {}. A repair takes it in", copy.display()))?;
        }
        for fault in &faults {
            say(&format!("Fault: {fault}"))?;
        }
        let found = opened.notices.len() + faults.len() + opened.strays.len();
        // What neither keeps a project from opening nor is a fault in it: a file left over, a relation to nowhere.
        let slight = plan.steps.len() + plan.left.len();
        if found == 0 && slight == 0 {
            say("Sound.")?;
            return Ok(Outcome::Done);
        }
        offer(&plan)?;
        if found == 0 {
            for left in &plan.left {
                say(left)?;
            }
            say("Sound otherwise. Nothing was changed.")?;
            return Ok(Outcome::Done);
        }
        say(&format!("Not sound: {}. Nothing was changed.", count(found, "finding")))?;
        Ok(Outcome::Partly)
    }
}

/// What the program itself takes in when it opens a project: journals, conflicted copies, texts that were changed.
/// Where the project does not open, that is for the repair to see to.
fn bring_in(root: &Path) -> anyhow::Result<()> {
    match Session::open(root, detector()) {
        Err(error @ StoreError::InUse { .. }) => Err(error.into()),
        Err(_) => Ok(()),
        Ok((session, _)) if session.read_only().is_some() => Ok(()),
        Ok((mut session, told)) => {
            let changed = session.changed_texts();
            for line in told.iter().filter(|_| changed.is_empty()) {
                say(line)?;
            }
            for article in changed {
                let title = session.article(&article).map(|a| a.display_title()).unwrap_or_default();
                let old = session.coded_text(&article);
                let found = session.reanchor(&article, old.as_deref())?;
                say(&format!("Repaired: the codings of “{title}”, whose text was changed, were found again: {found}"))?;
            }
            for told in session.take_copies() {
                let (Told::News(text) | Told::Trouble(text)) = told;
                say(&text)?;
            }
            session.save_now()?;
            Ok(())
        }
    }
}

/// Says what a repair would do.
fn offer(plan: &repair::Plan) -> anyhow::Result<()> {
    for step in &plan.steps {
        say(&format!("A repair would see to this: {}", step.told))?;
    }
    Ok(())
}

fn repair(plan: &repair::Plan) -> anyhow::Result<Outcome> {
    if let Some(backup) = plan.carry_out()? {
        say(&format!("The folder as it was is in {}", backup.path.display()))?;
    }
    for step in &plan.steps {
        say(&format!("Repaired: {}", step.told))?;
    }
    for left in &plan.left {
        say(&format!("Left to you: {left}"))?;
    }
    match (plan.steps.len(), plan.left.len()) {
        (0, 0) => say("Sound: there was nothing to repair.")?,
        (done, 0) => say(&format!("{} repaired. Now it is sound.", count(done, "finding")))?,
        (done, left) => say(&format!("{} repaired, {left} left to you.", count(done, "finding")))?,
    }
    Ok(if plan.left.is_empty() { Outcome::Done } else { Outcome::Partly })
}
