//! `framelens check`

use std::path::PathBuf;

use clap::Args;

use super::{Outcome, complain, count, say};
use crate::store::{Store, repair};

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
        let plan = repair::examine(&self.project)?;
        if self.repair {
            return repair(&plan);
        }
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
        for fault in &faults {
            say(&format!("Fault: {fault}"))?;
        }
        let found = opened.notices.len() + faults.len();
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
