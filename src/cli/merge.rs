//! `framelens merge`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{Outcome, complain, detector, read_project, say};
use crate::edit::merge::{Choices, Input, Keep, Report};
use crate::edit::{Edit, difference};
use crate::model::Project;
use crate::session::Session;

/// Bring other copies of a project into it
///
/// Each copy brings its articles, its codes, its coders and their codings; what is in the project already is not brought
/// again. Where two copies say different things in one place, one of them gives way, by a rule that does not depend on
/// the order; what gave way is told in full. Codes of one name and one meaning become one; where the meanings differ,
/// all are kept until somebody decides (--same-code). The other copies are not changed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens merge my-study from-ada from-bo\n  \
                  framelens merge my-study from-ada --base as-handed-out --dry-run\n  \
                  framelens merge my-study from-ada --same-code \"Witch hunt=from-ada\" --same-code Purge=keep\n\n\
                  It ends with 1 where a decision is needed or a copy could not be read in full; what could be merged \
                  is merged then.")]
pub struct Merge {
    /// The project folder that the others are merged into
    project: PathBuf,

    /// The other copies; none are needed where codes of the project itself are to become one
    #[arg(value_name = "OTHER", required_unless_present = "same_code")]
    others: Vec<PathBuf>,

    /// The state that all of them come from: then what somebody deleted is known to be deleted, and who changed nothing
    /// has no say
    #[arg(long, value_name = "FOLDER")]
    base: Option<PathBuf>,

    /// What becomes of the codes of this name: one code with the meaning that it has in this copy (its folder's name) or
    /// under this code's id, or different ones (keep); may be given several times
    #[arg(long, value_name = "NAME=COPY|ID|keep")]
    same_code: Vec<String>,

    /// Only tell what would come of it; nothing is changed
    #[arg(long)]
    dry_run: bool,

    /// Tell it as JSON
    #[arg(long)]
    json: bool,
}

/// With a common ancestor, what a copy lacks counts as deleted. So it must be a copy, and a whole one.
fn is_a_copy(path: &Path, copy: &Project, base: &Project) -> anyhow::Result<()> {
    let shown = path.display();
    if copy.id != base.id {
        bail!("nothing was merged: {shown} is no copy of the project that --base names; merge it without --base");
    }
    if let Some(fault) = copy.faults().first() {
        bail!("nothing was merged: {shown} is not sound ({fault}); see framelens check, or merge it without --base");
    }
    let lacks = |had: usize, has: usize| had > 1 && has * 2 < had;
    let articles = base.articles.keys().filter(|id| copy.articles.contains_key(*id)).count();
    let works = base.codings.keys().filter(|key| copy.codings.contains_key(*key)).count();
    if lacks(base.articles.len(), articles) || lacks(base.codings.len(), works) {
        bail!(
            "nothing was merged: {shown} lacks most of what --base has ({articles} of {} articles, {works} of {} codings of articles), and that would all be deleted. Merge it without --base",
            base.articles.len(),
            base.codings.len()
        );
    }
    Ok(())
}

impl Merge {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let choices = self.choices()?;
        let (mut session, notices) = Session::open(&self.project, detector())?;
        notices.iter().for_each(|notice| complain(notice));
        if session.read_only().is_some() && !self.dry_run {
            bail!("nothing was merged, because {} is open for reading only", self.project.display());
        }
        // What a journal brought back is good news; what could not be read is not.
        let mut noticed = session.read_only().is_some();
        let mut read = |path: &Path| -> anyhow::Result<Project> {
            let (project, notices) = read_project(path)?;
            notices.iter().for_each(|notice| complain(notice));
            noticed |= !notices.is_empty();
            Ok(project)
        };
        let others: Vec<Project> = self.others.iter().map(|path| read(path)).collect::<anyhow::Result<_>>()?;
        let base = self.base.as_deref().map(&mut read).transpose()?;
        // What could not be read of a copy would count as deleted in it.
        if noticed && base.is_some() {
            bail!("nothing was merged: with --base, what cannot be read would be taken for deleted");
        }
        if let Some(base) = &base {
            let named = std::iter::once((self.project.as_path(), session.project()));
            for (path, copy) in named.chain(self.others.iter().map(PathBuf::as_path).zip(&others)) {
                is_a_copy(path, copy, base)?;
            }
        }
        let names = names(&self.project, &self.others);
        let (mine, theirs) = names.split_first().context("there is always a project")?;
        let others: Vec<_> = theirs.iter().zip(&others).map(|(name, project)| Input { name, project }).collect();
        let would = session.merged(mine, &others, base.as_ref(), &choices);
        check_choices(&choices, &would.report)?;
        let report = if self.dry_run {
            would.report
        } else {
            if difference(session.project(), &would.project) != Edit::Batch(Vec::new()) {
                session.back_up("before-merge").context("nothing was merged: what there is now could not be kept")?;
            }
            let report = session
                .merge(mine, &others, base.as_ref(), &choices)
                .context("nothing was merged (framelens check tells what is wrong with a copy)")?;
            session.save_now().context("what was merged could not be saved")?;
            report
        };
        self.tell(&report)?;
        Ok(if noticed || !report.decisions.is_empty() { Outcome::Partly } else { Outcome::Done })
    }

    fn tell(&self, report: &Report) -> anyhow::Result<()> {
        if self.json {
            say(&serde_json::to_string_pretty(report)?)?;
            return Ok(());
        }
        report.text().lines().try_for_each(say)?;
        if report.decisions.iter().any(|d| d.kind == crate::edit::merge::Kind::Code) {
            say("To decide: framelens merge again with --same-code NAME=COPY, NAME=ID or NAME=keep")?;
        }
        if self.dry_run {
            say("Nothing was changed (--dry-run).")?;
        }
        Ok(())
    }

    fn choices(&self) -> anyhow::Result<Choices> {
        let mut codes = BTreeMap::new();
        for choice in &self.same_code {
            // A code's name may hold a “=”, a folder’s seldom does.
            let Some((name, what)) =
                choice.rsplit_once('=').filter(|(name, what)| !name.is_empty() && !what.is_empty())
            else {
                bail!("“{choice}” is not NAME=COPY, NAME=ID or NAME=keep");
            };
            let keep = if what == "keep" { Keep::Apart } else { Keep::Of(what.to_owned()) };
            codes.insert(name.to_owned(), keep);
        }
        Ok(Choices { codes, one_file: false })
    }
}

/// A choice that means no code is rather a slip of the pen.
fn check_choices(choices: &Choices, report: &Report) -> anyhow::Result<()> {
    match report.unheeded.first() {
        Some(name) => match choices.codes.get(name) {
            Some(Keep::Of(whose)) => {
                bail!("nothing was merged: there is no one code called “{name}” in, or with the id, “{whose}”")
            }
            _ => bail!("nothing was merged: there is no code called “{name}”"),
        },
        None => Ok(()),
    }
}

/// What the report calls the folders: by their last part, where that tells them apart.
fn names(mine: &Path, others: &[PathBuf]) -> Vec<String> {
    let all = || std::iter::once(mine).chain(others.iter().map(PathBuf::as_path));
    let short =
        |path: &Path| path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    all()
        .map(|path| {
            let name = short(path);
            if all().filter(|other| short(other) == name).count() > 1 { path.display().to_string() } else { name }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_called_by_what_tells_them_apart() {
        let others = ["ada/study".into(), "bo/".into()];
        assert_eq!(names(Path::new("mine/study"), &others), ["mine/study", "ada/study", "bo"]);
    }
}
