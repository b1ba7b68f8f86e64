//! Undo and redo.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Edit, EditError, Touched};
use crate::model::{AnnotationId, Project};

/// Edits of one group that follow each other within this time are undone together.
const PAUSE: Duration = Duration::from_millis(1200);

/// What several small edits in a row have in common, so that they count as one: nudging an end, typing a memo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    Ends(AnnotationId),
    Memo(AnnotationId),
    Speaker(AnnotationId),
    Target(AnnotationId),
}

/// One thing that was done and can be undone.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is called in a menu: "Code “witch hunt”".
    pub label: String,
    forward: Edit,
    inverse: Edit,
    group: Option<Group>,
    at: Instant,
}

impl Step {
    /// Takes one more small edit into this step. Of edits of one slot only the last one forward and the first one back
    /// count, so that a long memo, typed letter by letter, is kept once.
    fn join(&mut self, edit: Edit, inverse: Edit) {
        let same_slot = match (&self.forward, &edit) {
            (Edit::Annotation { at, id, .. }, Edit::Annotation { at: at2, id: id2, .. }) => (at, id) == (at2, id2),
            _ => false,
        };
        if same_slot {
            self.forward = edit;
            return;
        }
        let mut forward = parts(&mut self.forward);
        forward.extend(parts_of(edit));
        self.forward = Edit::Batch(forward);
        let mut backward = parts_of(inverse);
        backward.extend(parts(&mut self.inverse));
        self.inverse = Edit::Batch(backward);
    }
}

/// Takes an edit out of its place as a row of edits.
fn parts(edit: &mut Edit) -> Vec<Edit> {
    parts_of(std::mem::replace(edit, Edit::Batch(Vec::new())))
}

fn parts_of(edit: Edit) -> Vec<Edit> {
    if let Edit::Batch(edits) = edit { edits } else { vec![edit] }
}

/// Everything done since the project was opened, and everything undone since the last new edit.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl History {
    /// Applies an edit and remembers how to undo it. Returns what it touched.
    ///
    /// # Errors
    /// As [`Edit::apply`]; nothing is remembered then.
    pub fn perform(
        &mut self,
        project: &mut Project,
        label: impl Into<String>,
        edit: Edit,
        group: Option<Group>,
    ) -> Result<BTreeSet<Touched>, EditError> {
        let inverse = edit.clone().apply(project)?;
        let touched = edit.touches();
        self.undone.clear();
        let now = Instant::now();
        match self.done.last_mut() {
            Some(last) if group.is_some() && last.group == group && now - last.at < PAUSE => {
                last.join(edit, inverse);
                last.at = now;
            }
            _ => self.done.push(Step { label: label.into(), forward: edit, inverse, group, at: now }),
        }
        Ok(touched)
    }

    /// Undoes the last step. `None` where there is nothing to undo; else the step's label and what it touched.
    ///
    /// # Errors
    /// Where the project was changed past the history; nothing is changed then.
    pub fn undo(&mut self, project: &mut Project) -> Result<Option<(String, BTreeSet<Touched>)>, EditError> {
        let Some(step) = self.done.last() else { return Ok(None) };
        step.inverse.clone().restore(project)?;
        Ok(self.done.pop().map(|step| {
            let told = (step.label.clone(), step.inverse.touches());
            self.undone.push(step);
            // Undoing ends a row of small edits: the next one begins a step of its own.
            if let Some(last) = self.done.last_mut() {
                last.group = None;
            }
            told
        }))
    }

    /// Does again what was undone last; else as [`undo`](Self::undo).
    ///
    /// # Errors
    /// As [`undo`](Self::undo).
    pub fn redo(&mut self, project: &mut Project) -> Result<Option<(String, BTreeSet<Touched>)>, EditError> {
        let Some(step) = self.undone.last() else { return Ok(None) };
        step.forward.clone().apply(project)?;
        Ok(self.undone.pop().map(|mut step| {
            let told = (step.label.clone(), step.forward.touches());
            // A step that was undone and redone is finished: nothing joins it any more.
            step.group = None;
            self.done.push(step);
            told
        }))
    }

    /// The edit that [`undo`](Self::undo) would do.
    pub fn undo_edit(&self) -> Option<&Edit> {
        self.done.last().map(|s| &s.inverse)
    }

    /// The edit that [`redo`](Self::redo) would do.
    pub fn redo_edit(&self) -> Option<&Edit> {
        self.undone.last().map(|s| &s.forward)
    }

    /// What [`undo`](Self::undo) would undo.
    pub fn next_undo(&self) -> Option<&str> {
        self.done.last().map(|s| s.label.as_str())
    }

    /// What [`redo`](Self::redo) would do again.
    pub fn next_redo(&self) -> Option<&str> {
        self.undone.last().map(|s| s.label.as_str())
    }
}
