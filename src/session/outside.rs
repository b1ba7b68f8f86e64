//! Taking in what other programs did to the project's files while it is open, and conflicted copies: merged into the
//! work in memory as one step, which can be undone.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::jobs::{Outcome, Told};
use super::{Session, SessionError};
use crate::edit::merge::{Choices, Input, merge};
use crate::edit::{Edit, difference};
use crate::model::Project;
use crate::store::{Outside, StoreError};

/// How long after one look the next one comes at the earliest.
const PAUSE: Duration = Duration::from_secs(5);
/// A look that took long is not repeated before it was so many times as long ago.
const REST: u32 = 50;

/// What is known of other programs' doings.
#[derive(Debug, Default)]
pub(super) struct Watching {
    running: bool,
    /// When the last look ended, and how long it took.
    last: Option<(Instant, Duration)>,
    /// What was told already.
    told: BTreeSet<String>,
    /// Copies that were taken in, to be moved away once everything is saved.
    taken: Vec<PathBuf>,
}

/// What a look found.
pub(super) struct Look {
    outside: Result<Option<Outside>, StoreError>,
    /// Copies, each with the project as it would be with it.
    strays: Vec<(PathBuf, Result<Box<Project>, StoreError>)>,
    /// How often the session had saved when the look began: what was seen before a save says nothing after it.
    saves: u64,
    took: Duration,
}

/// What came of taking something in.
struct Taken {
    text: String,
    /// Whether anything that was here gave way.
    trouble: bool,
}

impl Taken {
    fn told(self, what: &str) -> Told {
        let text = format!("{what}: {}", self.text);
        if self.trouble { Told::Trouble(text) } else { Told::News(text) }
    }
}

impl Session {
    /// Looks now and then, in the background, whether other programs changed the project's files; `at_once`: now, as
    /// when the window is come back to. Call it once a frame. Returns how long until it should be called again.
    pub fn look_outside(&mut self, at_once: bool) -> Duration {
        let watching = &self.watching;
        let pause = watching.last.map_or(PAUSE, |(_, took)| PAUSE.max(took * REST));
        let since = watching.last.map(|(at, _)| at.elapsed());
        let due = at_once || since.is_none_or(|since| since >= pause);
        if due && !watching.running && !self.saving.is_writing() && self.read_only().is_none() {
            self.watching.running = true;
            let (store, on_disk, project) = (self.store.clone(), self.saving.on_disk.clone(), self.project.clone());
            let saves = self.saving.saves;
            self.jobs.start_quietly(move |_| {
                let start = Instant::now();
                let outside = store.look(&on_disk);
                let strays = store.strays().unwrap_or_default().into_iter();
                let strays = strays.map(|path| (path.clone(), store.with_stray(&project, &path).map(Box::new)));
                let strays = strays.collect();
                Outcome::Looked(Box::new(Look { outside, strays, saves, took: start.elapsed() }))
            });
        }
        pause
    }

    /// Looks and takes in what is found, and waits for it.
    pub(super) fn look_now(&mut self) -> Vec<Told> {
        match self.store.look(&self.saving.on_disk) {
            Ok(Some(outside)) => self.take_outside(&outside),
            Ok(None) => Vec::new(),
            Err(error) => vec![Told::Trouble(error.to_string())],
        }
    }

    /// Takes in what a look found. Returns what the user should be told.
    pub(super) fn take_look(&mut self, look: Look) -> Vec<Told> {
        self.watching.running = false;
        self.watching.last = Some((Instant::now(), look.took));
        if look.saves != self.saving.saves || self.saving.is_writing() {
            // Our own save came between; the next look sees how things stand.
            self.watching.last = None;
            return Vec::new();
        }
        let mut told = Vec::new();
        match look.outside {
            Ok(None) => {}
            Ok(Some(outside)) => told.extend(self.take_outside(&outside)),
            Err(error) => told.push(Told::Trouble(error.to_string())),
        }
        told.extend(self.take_strays(look.strays));
        // The same finding, look after look, is told once.
        told.retain(|one| match one {
            Told::Trouble(text) => self.watching.told.insert(text.clone()),
            Told::News(_) => true,
        });
        self.put_away_copies();
        told
    }

    /// Takes in the conflicted copies that lie in the folder, now. Returns what came of each.
    pub fn take_copies(&mut self) -> Vec<Told> {
        let strays = self.store.strays().unwrap_or_default();
        let mut told = Vec::new();
        for path in strays {
            let with = self.store.with_stray(&self.project, &path).map(Box::new);
            told.extend(self.take_strays(vec![(path, with)]));
        }
        told
    }

    fn take_strays(&mut self, strays: Vec<(PathBuf, Result<Box<Project>, StoreError>)>) -> Vec<Told> {
        let mut told = Vec::new();
        for (path, with) in strays {
            if self.watching.taken.contains(&path) {
                continue;
            }
            let name = path.strip_prefix(self.root()).unwrap_or(&path).display().to_string();
            match with {
                Ok(with) => match self.take_in(&with, None, &format!("the copy {name}")) {
                    Ok(taken) => {
                        let nothing = Taken { text: "nothing in it was new".to_owned(), trouble: false };
                        let what = format!("A conflicted copy was found and taken in ({name})");
                        told.push(taken.unwrap_or(nothing).told(&what));
                        self.watching.taken.push(path);
                    }
                    Err(error) => {
                        told.push(Told::Trouble(format!("The conflicted copy {name} was left alone: {error}")));
                    }
                },
                Err(error) => told.push(Told::Trouble(format!("The conflicted copy {name} was left alone: {error}"))),
            }
        }
        told
    }

    fn take_outside(&mut self, outside: &Outside) -> Vec<Told> {
        let mut told: Vec<_> = outside.problems.iter().cloned().map(Told::Trouble).collect();
        for article in &outside.texts {
            let title = self.article(article).map(|a| a.display_title()).unwrap_or_default();
            told.push(Told::Trouble(format!(
                "Another program changed the text of “{title}”. Here it is still as it was coded; open the project again to find its codings in the new text."
            )));
        }
        let count = outside.paths().count();
        if count == 0 {
            return told;
        }
        let on_disk = self.saving.on_disk.clone();
        match self.take_in(&outside.project, Some(&on_disk), "the other program") {
            Ok(taken) => {
                self.store.accept(outside);
                self.saving.on_disk = outside.project.clone();
                // What is in memory and not in their files is to be written into them.
                let touched = difference(&outside.project, &self.project).touches();
                if !touched.is_empty() {
                    self.saving.note(touched, Instant::now());
                }
                self.saving.try_again();
                if let Some(taken) = taken {
                    let files = if count == 1 { "a file".to_owned() } else { format!("{count} files") };
                    told.push(taken.told(&format!("Another program changed {files} of this project")));
                }
            }
            Err(error) => told.push(Told::Trouble(format!(
                "Another program changed files of this project, and that could not be taken in: {error}"
            ))),
        }
        told
    }

    /// Merges another state of this project into the one in memory. Returns what came of it; `None`: nothing new.
    fn take_in(&mut self, theirs: &Project, base: Option<&Project>, name: &str) -> Result<Option<Taken>, SessionError> {
        let inputs = [Input { name: "here", project: &self.project }, Input { name, project: theirs }];
        let merged = merge(&inputs, base, &Choices::default());
        let edit = difference(&self.project, &merged.project);
        let report = merged.report;
        let something = edit != Edit::Batch(Vec::new());
        let came = report.inputs.get(1);
        let deleted = came.map_or(0, |came| came.deleted.len());
        let contested = !report.lost.is_empty() || !report.decisions.is_empty() || !report.orphaned.is_empty();
        if something {
            if deleted > 0 || contested {
                // Undo ends with the program; a backup does not.
                self.back_up("before-taking-in")?;
            }
            self.perform("Take in what another program did", edit, None)?;
        }
        let kept = "What was here before is in the newest backup";
        Ok(match (something, contested || deleted > 0) {
            (false, false) => None,
            (_, true) => Some(Taken { text: format!("{}{kept}", report.text()), trouble: true }),
            (true, false) => came.map(|came| Taken {
                text: format!("{} new and {} changed were taken in", came.new.len(), came.changed.len()),
                trouble: false,
            }),
        })
    }

    /// Moves copies away that were taken in, once what came of them is in the files.
    pub(super) fn put_away_copies(&mut self) {
        if self.watching.taken.is_empty() || !self.saving.is_idle() {
            return;
        }
        let taken = std::mem::take(&mut self.watching.taken);
        if self.store.put_away(&taken).is_err() {
            // They stay where they are; taking them in once more changes nothing.
            self.watching.taken = taken.into_iter().filter(|path| path.exists()).collect();
        }
    }
}
