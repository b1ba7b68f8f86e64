//! Bringing back what is only in the journals: what a crash left, or what somebody who has the project open has not
//! saved into the files yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::journal::{self, Did};
use super::read::list;
use super::{FORMAT, JOURNALS, LARGEST, StoreError, broken};
use crate::edit::merge::{Choices, Input, merge};
use crate::edit::{Edit, Slot, Touched, difference};
use crate::model::{Article, Project};

/// A project with what its journals hold.
#[derive(Debug)]
pub struct Recovered {
    pub project: Project,
    /// What differs from the files.
    pub touched: BTreeSet<Touched>,
    /// The journals that were read, to go once everything is in the files.
    pub journals: Vec<Left>,
    pub news: Vec<String>,
    /// Why nothing may be written.
    pub notices: Vec<String>,
}

/// A journal that a writer left behind.
#[derive(Debug)]
pub struct Left {
    pub path: PathBuf,
    /// It holds lines that could not be read: it is kept elsewhere and not removed.
    pub spoiled: bool,
}

impl Left {
    pub fn name(&self) -> &std::ffi::OsStr {
        self.path.file_name().unwrap_or_default()
    }
}

/// Replays every journal of the project at `root`. `after_crash`: nobody else has the project open, so what is in a
/// journal was left there.
///
/// # Errors
/// Where a journal cannot be read.
pub fn recover(root: &Path, project: Project, after_crash: bool) -> Result<Recovered, StoreError> {
    let mut out =
        Recovered { project, touched: BTreeSet::new(), journals: Vec::new(), news: Vec::new(), notices: Vec::new() };
    // They are named by the time they were begun. Whoever began a later one built on the earlier ones, and may have died
    // while saving all of it in the files: only together do they tell what a file of ours may hold.
    let mut row = Vec::new();
    for path in list(&root.join(JOURNALS), "journal")? {
        let about = fs::metadata(&path).map_err(StoreError::io("read", &path))?;
        if !about.is_file() || about.len() > 4 * LARGEST {
            return Err(broken(&path, "it is no journal, or longer than one can be"));
        }
        let bytes = fs::read(&path).map_err(StoreError::io("read", &path))?;
        let found = journal::read(&bytes);
        let shown = path.display();
        match &found.begun {
            Some(begun) if begun.project != out.project.id => {
                out.notices.push(format!(
                    "{shown} is the journal of another project. The project is open for reading only, so that none of it is lost."
                ));
                continue;
            }
            Some(begun) if begun.format > FORMAT => {
                out.notices.push(format!(
                    "{shown} was made by a newer Framelens (format {}). The project is open for reading only.",
                    begun.format
                ));
                continue;
            }
            _ => {}
        }
        if after_crash {
            tell(&found, &path, &mut out);
        }
        row.extend(found.edits);
        out.journals.push(Left { path, spoiled: found.spoiled > 0 });
    }
    replay(row, &mut out);
    Ok(out)
}

fn tell(found: &journal::Found, path: &Path, out: &mut Recovered) {
    match found.edits.len() {
        0 => {}
        1 => out
            .news
            .push("The program had ended without saving: one change was brought back from its journal.".to_owned()),
        n => out.news.push(format!(
            "The program had ended without saving: the last {n} changes were brought back from its journal."
        )),
    }
    if found.torn > 0 {
        out.news.push("It ended in the middle of writing down one more change; that one is lost.".to_owned());
    }
    if found.spoiled > 0 {
        out.news.push(format!(
            "{} is spoiled: {} of its lines cannot be read. What came before them was brought back; the file is kept in backups/broken.",
            path.display(),
            found.spoiled
        ));
    }
}

/// Brings back a row of edits. Each file of the project may be as it was before the row, after it, or anywhere within it;
/// what it holds besides was put there by another program and stays unless both changed the same thing.
fn replay(edits: Vec<Did>, out: &mut Recovered) {
    let mut pasts: BTreeMap<Slot, Vec<Edit>> = BTreeMap::new();
    for did in &edits {
        out.touched.extend(did.edit.touches());
        for edit in did.was.clone().flat().into_iter().chain(did.edit.clone().flat()) {
            if let Some(slot) = edit.slot() {
                pasts.entry(slot).or_default().push(edit);
            }
        }
    }
    let mut mine = out.project.clone();
    edits.into_iter().for_each(|did| did.edit.replay(&mut mine));
    // Where a file is as it was at any moment of the row, this program wrote it; else another one did.
    let (mut before, mut theirs) = (out.project.clone(), out.project.clone());
    let mut contested = false;
    for (slot, past) in pasts {
        let here = slot.in_project(&out.project);
        let own = here.is_none_or(|here| past.iter().any(|edit| same(edit, &here)));
        contested |= !own;
        if let Some(first) = past.into_iter().next() {
            if own {
                first.clone().replay(&mut theirs);
            }
            first.replay(&mut before);
        }
    }
    if !contested {
        out.project = mine;
        return;
    }
    let inputs = [Input { name: "the journal", project: &mine }, Input { name: "the other program", project: &theirs }];
    let merged = merge(&inputs, Some(&before), &Choices::default());
    out.touched.extend(difference(&out.project, &merged.project).touches());
    out.project = merged.project;
    out.news.push(format!("Another program had changed what the journal changes too. {}", merged.report.text()));
}

/// Whether two edits put the same into a slot. An article's metadata has a slot of its own.
fn same(a: &Edit, b: &Edit) -> bool {
    match (a, b) {
        (Edit::Article { to: Some(a), .. }, Edit::Article { to: Some(b), .. }) => {
            let text = |a: &Article| (a.text.clone(), a.parts.clone(), a.source.clone());
            text(a) == text(b)
        }
        _ => a == b,
    }
}
