//! `framelens check`

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Outcome, complain, count, detector, say};
use crate::edit::Retexted;
use crate::model::Fault;
use crate::session::{Session, Told};
use crate::store::backups::{Backup, backup_folder};
use crate::store::{Store, StoreError, hold, repair};
use crate::text::CharSpan;

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
            let root =
                if self.project.is_file() { self.project.parent().unwrap_or(&self.project) } else { &self.project };
            return Repairing { root, copied: false, done: 0, troubles: Vec::new() }.run();
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
        // A journal may hide that a file was changed: the text is in it, too.
        let changed = opened.changed.iter().filter(|id| !faults.contains(&Fault::TextChanged((*id).clone())));
        let mut found = opened.notices.len() + faults.len() + opened.strays.len();
        for id in changed {
            say(&format!("Fault: {}", Fault::TextChanged(id.clone())))?;
            found += 1;
        }
        // What neither keeps a project from opening nor is a fault in it: a file left over, a relation to nowhere.
        let slight = plan.steps.len() + plan.left.len() + plan.changed.len();
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
    for changed in &plan.changed {
        let id = &changed.article;
        say(&format!(
            "A repair would see to this: the codings of {id} would be found again in the text that is there"
        ))?;
    }
    Ok(())
}

/// A repair may uncover what another one is needed for: a journal that can be read again brings back work of a coder
/// whom the project has lost. More than a few rounds there cannot be.
const ROUNDS: usize = 4;

/// A repair as it goes.
struct Repairing<'a> {
    root: &'a Path,
    /// Whether the folder was copied as it was.
    copied: bool,
    done: usize,
    /// What could not be taken in; why.
    troubles: Vec<String>,
}

impl Repairing<'_> {
    fn run(mut self) -> anyhow::Result<Outcome> {
        // Whether it is a project at all, before anything is made in its folder.
        let mut plan = repair::examine(self.root)?;
        for _ in 0..ROUNDS {
            let held = hold(self.root)?;
            plan = repair::examine(self.root)?;
            if let Some(backup) = plan.carry_out()? {
                self.tell_copy(&backup)?;
            }
            for step in &plan.steps {
                say(&format!("Repaired: {}", step.told))?;
            }
            self.done += plan.steps.len();
            drop(held);
            self.take_in(&plan)?;
            plan = repair::examine(self.root)?;
            if plan.steps.is_empty() {
                break;
            }
        }
        self.conclude(plan)
    }

    fn tell_copy(&mut self, backup: &Backup) -> anyhow::Result<()> {
        self.copied = true;
        Ok(say(&format!("The folder as it was is in {}", backup.path.display()))?)
    }

    /// What an open project takes in, once its files can be read: journals, texts that are other ones than were coded,
    /// conflicted copies. Where it does not open, or only to be read, that is told in the end.
    fn take_in(&mut self, plan: &repair::Plan) -> anyhow::Result<()> {
        let (mut session, news) = match Session::open(self.root, detector()) {
            Err(error @ StoreError::InUse { .. }) => return Err(error.into()),
            Err(_) => return Ok(()),
            Ok((session, _)) if session.read_only().is_some() => return Ok(()),
            Ok(opened) => opened,
        };
        // What is done about changed texts is told below.
        for line in news.iter().filter(|line| !line.contains("was changed by another program since it was coded")) {
            say(line)?;
        }
        let mut changed = session.changed_texts();
        changed.retain(|id| session.article(id).is_some_and(|article| !repair::is_ruin(&article.text)));
        // A journal may put another text over one that was changed: that one is kept, too.
        let another = !changed.is_empty() || !plan.changed.is_empty();
        if another && !self.copied {
            self.tell_copy(&backup_folder(self.root, "before-repair")?)?;
        }
        // Copies were made on the text that was coded: what they put onto another one is refused and left to people.
        self.troubles.clear();
        for told in session.take_copies() {
            match told {
                Told::News(text) => {
                    self.done += 1;
                    say(&text)?;
                }
                Told::Trouble(text) => self.troubles.push(text),
            }
        }
        for id in changed {
            let title = session.article(&id).map(|article| article.display_title()).unwrap_or_default();
            let fitted = session.article(&id).is_some_and(|article| !article.parts.is_empty());
            let old = session.coded_text(&id);
            let mut found = session.reanchor(&id, old.as_deref())?;
            if !fitted {
                // They lay behind the end of this text, and were not even read.
                found.parts.extend(plan.changed.iter().filter(|c| c.article == id).flat_map(|c| &c.parts));
            }
            say(&format!(
                "Repaired: the text of “{title}” is not the one that was coded, and nothing has that one any more. Its codings were found again in the text that is there: {found}"
            ))?;
            for line in fates(&found) {
                say(&format!("  {line}"))?;
            }
            self.done += 1;
        }
        session.save_now()?;
        Ok(())
    }

    /// Only what opens to be worked in is called sound.
    fn conclude(self, plan: repair::Plan) -> anyhow::Result<Outcome> {
        let mut left = plan.left;
        left.extend(plan.steps.into_iter().map(|step| format!("{} – not done yet: repair once more", step.told)));
        left.extend(self.troubles);
        match Store::open_to_write(self.root) {
            Err(error) => left.push(error.to_string()),
            Ok(opened) => {
                // What is left names its file first.
                let named = |notice: &str, left: &[String]| {
                    left.iter().any(|left| left.split(' ').next().is_some_and(|name| notice.contains(name)))
                };
                for notice in opened.notices {
                    if !named(&notice, &left) {
                        left.push(notice);
                    }
                }
                for copy in opened.strays {
                    let name = copy.strip_prefix(self.root).unwrap_or(&copy).display().to_string();
                    if !left.iter().any(|left| left.contains(&name)) {
                        left.push(format!(
                            "The conflicted copy {name} was not taken in; look into it, and move it away"
                        ));
                    }
                }
                for fault in opened.project.faults() {
                    if let Fault::TextChanged(id) = &fault
                        && !left.iter().any(|left| left.contains(id.as_str()))
                    {
                        left.push(fault.to_string());
                    }
                }
            }
        }
        for left in &left {
            say(&format!("Left to you: {left}"))?;
        }
        match (self.done, left.len()) {
            (0, 0) => say("Sound: there was nothing to repair.")?,
            (done, 0) => say(&format!("{} repaired. Now it is sound.", count(done, "finding")))?,
            (done, left) => say(&format!("{} repaired, {left} left to you.", count(done, "finding")))?,
        }
        Ok(if left.is_empty() { Outcome::Done } else { Outcome::Partly })
    }
}

/// What did not stay as it was, one by one.
fn fates(found: &Retexted) -> Vec<String> {
    let place = |span: CharSpan| format!("characters {} to {}", span.start.0, span.end.0);
    let moved = found.fuzzy.iter().map(|m| format!("{}: “{}” stands at “{}” now", m.coder, m.before, m.after));
    let orphans = found.orphans.iter();
    let orphans = orphans.map(|o| format!("{}: “{}” is not in the text any more: kept as an orphan", o.coder, o.words));
    let returned =
        found.returned.iter().map(|o| format!("{}: “{}” was an orphan and has its place again", o.coder, o.words));
    let parts = found.parts.iter();
    let parts =
        parts.map(|part| format!("the {:?} is marked no more ({})", part.kind, place(part.span)).to_lowercase());
    let passages = found.passages.iter().map(|(coder, span)| {
        format!("{coder}: a passage with nothing to code in it is marked as read no more ({})", place(*span))
    });
    let answers = found.answers.iter().map(|(coder, asked)| {
        format!("{coder}: an answer to a suggestion is not known any more ({})", place(asked.span))
    });
    moved.chain(orphans).chain(returned).chain(parts).chain(passages).chain(answers).collect()
}
